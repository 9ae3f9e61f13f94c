import { type Props, FIXED } from './access-rows.ts';
import type { SignInput } from './sign-s3.ts';
import { OWNER_ID } from './stage.ts';

type S3Row = (props: Props) => SignInput | Promise<SignInput>;

const bucket = (method: string, query: Record<string, string> = {}, extra: Partial<SignInput> = {}): SignInput => ({
  method,
  path: '/s3/priv',
  query,
  ...extra,
});
const object = (method: string, query: Record<string, string> = {}, extra: Partial<SignInput> = {}): SignInput => ({
  method,
  path: `/s3/priv/${FIXED.text}`,
  query,
  ...extra,
});
const tags = '<Tagging><TagSet/></Tagging>';
const cors =
  '<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>';
const lifecycle =
  '<LifecycleConfiguration><Rule><Status>Disabled</Status><Filter/><Expiration><Days>9</Days></Expiration></Rule></LifecycleConfiguration>';
const versioning = '<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>';
const inFolder = { prefix: `${OWNER_ID}/` };

const ofNewBucket = async (props: Props, method: string, query: Record<string, string> = {}, body?: string): Promise<SignInput> => ({
  method,
  path: `/s3/${await props.bucket()}`,
  query,
  ...(body === undefined ? {} : { body }),
});
const ofNewObject = async (props: Props, method: string, query: Record<string, string> = {}, body?: string): Promise<SignInput> => ({
  method,
  path: `/s3/priv/${await props.object()}`,
  query,
  ...(body === undefined ? {} : { body }),
});

async function ofNewParts(props: Props, method: string, query: Record<string, string> = {}, body?: string): Promise<SignInput> {
  const path = `/s3/priv/${OWNER_ID}/${props.name()}`;
  const uploadId = await props.beginParts(path);
  return { method, path, query: { ...query, uploadId }, ...(body === undefined ? {} : { body }) };
}

async function complete(props: Props): Promise<SignInput> {
  const asked = await ofNewParts(props, 'POST');
  const etag = await props.sendPart(asked.path, asked.query?.['uploadId'] ?? '');
  const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${etag}</ETag></Part></CompleteMultipartUpload>`;
  return { ...asked, body };
}

/** What tools ask of a bucket before they work, and never change. */
const SETTINGS = {
  GetBucketLocation: 'location',
  GetBucketVersioning: 'versioning',
  GetBucketAcl: 'acl',
  GetBucketCors: 'cors',
  GetBucketLifecycle: 'lifecycle',
  GetBucketTagging: 'tagging',
  GetBucketPolicyStatus: 'policyStatus',
  GetBucketOwnershipControls: 'ownershipControls',
  GetBucketRequestPayment: 'requestPayment',
  GetBucketLogging: 'logging',
  GetBucketNotificationConfiguration: 'notification',
  GetBucketAccelerateConfiguration: 'accelerate',
  GetBucketPolicy: 'policy',
  GetBucketEncryption: 'encryption',
  GetBucketWebsite: 'website',
  GetBucketReplication: 'replication',
  GetObjectLockConfiguration: 'object-lock',
  GetPublicAccessBlock: 'publicAccessBlock',
} as const;

/** One request for each operation of the S3 door but PostObject, whose signature is in its form. */
export const ACCESS_S3_ROWS: Readonly<Record<string, S3Row>> = {
  ListBuckets: () => ({ method: 'GET', path: '/s3' }),
  CreateBucket: (props) => ({ method: 'PUT', path: `/s3/b-${props.name()}` }),
  HeadBucket: () => bucket('HEAD'),
  DeleteBucket: (props) => ofNewBucket(props, 'DELETE'),
  ...Object.fromEntries(Object.entries(SETTINGS).map(([name, selector]) => [name, () => bucket('GET', { [selector]: '' })])),
  PutBucketVersioning: (props) => ofNewBucket(props, 'PUT', { versioning: '' }, versioning.replace('Suspended', 'Enabled')),
  PutBucketAcl: () => bucket('PUT', { acl: '' }, { headers: { 'x-amz-acl': 'private' } }),
  PutBucketCors: (props) => ofNewBucket(props, 'PUT', { cors: '' }, cors),
  DeleteBucketCors: (props) => ofNewBucket(props, 'DELETE', { cors: '' }),
  PutBucketLifecycle: (props) => ofNewBucket(props, 'PUT', { lifecycle: '' }, lifecycle),
  DeleteBucketLifecycle: (props) => ofNewBucket(props, 'DELETE', { lifecycle: '' }),
  PutBucketTagging: (props) => ofNewBucket(props, 'PUT', { tagging: '' }, tags),
  DeleteBucketTagging: (props) => ofNewBucket(props, 'DELETE', { tagging: '' }),
  ListObjects: () => bucket('GET', inFolder),
  ListObjectsV2: () => bucket('GET', { 'list-type': '2', ...inFolder }),
  ListObjectVersions: () => bucket('GET', { versions: '', ...inFolder }),
  ListMultipartUploads: async (props) => {
    await ofNewParts(props, 'POST');
    return bucket('GET', { uploads: '', ...inFolder });
  },
  DeleteObjects: async (props) =>
    bucket('POST', { delete: '' }, { body: `<Delete><Object><Key>${await props.object()}</Key></Object></Delete>` }),
  GetObject: () => object('GET'),
  HeadObject: () => object('HEAD'),
  PutObject: (props) => ofNewObject(props, 'PUT', {}, 'x'),
  'PutObject (copy)': async (props) => ({
    ...(await ofNewObject(props, 'PUT')),
    headers: { 'x-amz-copy-source': `/priv/${FIXED.text}` },
  }),
  DeleteObject: (props) => ofNewObject(props, 'DELETE'),
  GetObjectAcl: () => object('GET', { acl: '' }),
  PutObjectAcl: () => object('PUT', { acl: '' }, { headers: { 'x-amz-acl': 'private' } }),
  GetObjectAttributes: () => object('GET', { attributes: '' }, { headers: { 'x-amz-object-attributes': 'ETag' } }),
  GetObjectTagging: () => object('GET', { tagging: '' }),
  PutObjectTagging: (props) => ofNewObject(props, 'PUT', { tagging: '' }, tags),
  DeleteObjectTagging: (props) => ofNewObject(props, 'DELETE', { tagging: '' }),
  CreateMultipartUpload: (props) => ofNewObject(props, 'POST', { uploads: '' }),
  UploadPart: (props) => ofNewParts(props, 'PUT', { partNumber: '1' }, 'x'),
  ListParts: (props) => ofNewParts(props, 'GET'),
  CompleteMultipartUpload: complete,
  AbortMultipartUpload: (props) => ofNewParts(props, 'DELETE'),
};
