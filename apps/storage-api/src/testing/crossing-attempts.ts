import type { RawRequest } from '@supastor/testkit/fuzz/raw-http';
import type { SignInput } from './sign-s3.ts';
import type { S3Identity, Stage } from './stage.ts';
import { PART_TYPE, tusMetadata } from './tus.ts';

/** Things of one person, or names that are like them and were never given. */
export interface Belongings {
  /** Folder in the bucket `priv`, without a slash. */
  readonly folder: string;
  readonly key: string;
  readonly picture: string;
  readonly version: string;
  /** Resumable upload. */
  readonly upload: string;
  /** Upload in parts over S3, and its key. */
  readonly parts: string;
  readonly partsKey: string;
  /** A bucket that nobody but the service may see. */
  readonly bucket: string;
}

/** Who tries: tokens, keys, and what is their own. */
export interface Intruder {
  readonly token: string;
  /** Session mode, and a key that may do everything in the own folder and acts as service_role. */
  readonly session: S3Identity;
  readonly accessKey: S3Identity;
  readonly own: Belongings;
  /** Links to the intruder's own object: to read it, to see it as a picture, to replace it. */
  readonly links: { readonly read: string; readonly picture: string; readonly write: string };
}

/** A request of an intruder that names things of another. */
export type Attempt = (stage: Stage, by: Intruder, theirs: Belongings) => RawRequest;

const TUS = { 'tus-resumable': '1.0.0' };
const auth = ({ token }: Intruder) => ({ authorization: `Bearer ${token}` });
const rest =
  (method: string, path: (theirs: Belongings, by: Intruder) => string, body?: (theirs: Belongings, by: Intruder) => unknown): Attempt =>
  (_stage, by, theirs) => ({
    method,
    path: path(theirs, by),
    headers: { ...auth(by), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body(theirs, by)) }),
  });
const write =
  (method: string, path: (theirs: Belongings, by: Intruder) => string, headers: Readonly<Record<string, string>> = {}): Attempt =>
  (_stage, by, theirs) => ({
    method,
    path: path(theirs, by),
    headers: { ...auth(by), 'content-type': 'text/plain', ...headers },
    body: 'intruded',
  });

const REST: Readonly<Record<string, Attempt>> = {
  read: rest('GET', ({ key }) => `/object/authenticated/priv/${key}`),
  head: rest('HEAD', ({ key }) => `/object/authenticated/priv/${key}`),
  'read without a door': rest('GET', ({ key }) => `/object/priv/${key}`),
  'read as public': rest('GET', ({ key }) => `/object/public/priv/${key}`),
  'read a version': rest('GET', ({ key, version }) => `/object/authenticated/priv/${key}?versionId=${version}`),
  'read a version of the own key': rest('GET', ({ version }, { own }) => `/object/authenticated/priv/${own.key}?versionId=${version}`),
  info: rest('GET', ({ key }) => `/object/info/authenticated/priv/${key}`),
  picture: rest('GET', ({ picture }) => `/render/image/authenticated/priv/${picture}?width=4`),
  'picture as public': rest('GET', ({ picture }) => `/render/image/public/priv/${picture}?width=4`),
  'make a link': rest(
    'POST',
    ({ key }) => `/object/sign/priv/${key}`,
    () => ({ expiresIn: 60 }),
  ),
  'make links': rest(
    'POST',
    () => '/object/sign/priv',
    ({ key }) => ({ expiresIn: 60, paths: [key] }),
  ),
  'make a link to upload': rest('POST', ({ key }) => `/object/upload/sign/priv/${key}`),
  'read with the own link': rest('GET', ({ key }, { links }) => `/object/sign/priv/${key}?token=${links.read}`),
  'see with the own link': rest('GET', ({ picture }, { links }) => `/render/image/sign/priv/${picture}?token=${links.picture}`),
  'replace with the own link': write('PUT', ({ key }, { links }) => `/object/upload/sign/priv/${key}?token=${links.write}`),
  'read with a link to upload': rest('GET', ({ key }, { links }) => `/object/sign/priv/${key}?token=${links.write}`),
  upload: write('POST', ({ key }) => `/object/priv/${key}`),
  'upload with upsert': write('POST', ({ key }) => `/object/priv/${key}`, { 'x-upsert': 'true' }),
  replace: write('PUT', ({ key }) => `/object/priv/${key}`),
  delete: rest('DELETE', ({ key }) => `/object/priv/${key}`),
  'delete a version': rest('DELETE', ({ key, version }) => `/object/priv/${key}?versionId=${version}`),
  'delete many': rest(
    'DELETE',
    () => '/object/priv',
    ({ key }) => ({ prefixes: [key] }),
  ),
  'delete many versions': rest(
    'DELETE',
    () => '/object/priv',
    ({ key, version }) => ({ prefixes: [{ path: key, versionId: version }] }),
  ),
  'copy from': rest(
    'POST',
    () => '/object/copy',
    ({ key }, { own }) => ({ bucketId: 'priv', sourceKey: key, destinationKey: `${own.folder}/got` }),
  ),
  'copy to': rest(
    'POST',
    () => '/object/copy',
    ({ key }, { own }) => ({ bucketId: 'priv', sourceKey: own.key, destinationKey: key }),
  ),
  'move from': rest(
    'POST',
    () => '/object/move',
    ({ key }, { own }) => ({ bucketId: 'priv', sourceKey: key, destinationKey: `${own.folder}/got` }),
  ),
  'move to': rest(
    'POST',
    () => '/object/move',
    ({ key }, { own }) => ({ bucketId: 'priv', sourceKey: own.key, destinationKey: key }),
  ),
  'list a folder': rest(
    'POST',
    () => '/object/list/priv',
    ({ folder }) => ({ prefix: folder }),
  ),
  'list a prefix': rest(
    'POST',
    () => '/object/list-v2/priv',
    ({ folder }) => ({ prefix: `${folder}/` }),
  ),
  'list versions': rest(
    'POST',
    () => '/object/list-v2/priv',
    ({ key }) => ({ prefix: key, noncurrentVersions: 'include', exactMatch: true }),
  ),
};

const BUCKETS: Readonly<Record<string, Attempt>> = {
  'get a bucket': rest('GET', ({ bucket }) => `/bucket/${bucket}`),
  'change a bucket': rest(
    'PUT',
    ({ bucket }) => `/bucket/${bucket}`,
    () => ({ public: true }),
  ),
  'empty a bucket': rest(
    'POST',
    ({ bucket }) => `/bucket/${bucket}/empty`,
    () => ({}),
  ),
  'delete a bucket': rest('DELETE', ({ bucket }) => `/bucket/${bucket}`),
  'make a bucket of that name': rest(
    'POST',
    () => '/bucket',
    ({ bucket }) => ({ name: bucket }),
  ),
  'get rules': rest('GET', ({ bucket }) => `/bucket/${bucket}/lifecycle`),
  'remove rules': rest('DELETE', ({ bucket }) => `/bucket/${bucket}/lifecycle`),
  'list a bucket': rest(
    'POST',
    ({ bucket }) => `/object/list/${bucket}`,
    () => ({ prefix: '' }),
  ),
  'read from a bucket': rest('GET', ({ bucket }) => `/object/authenticated/${bucket}/a.txt`),
  'upload into a bucket': write('POST', ({ bucket }) => `/object/${bucket}/x`),
  'copy into a bucket': rest(
    'POST',
    () => '/object/copy',
    ({ bucket }, { own }) => ({
      bucketId: 'priv',
      sourceKey: own.key,
      destinationBucket: bucket,
      destinationKey: 'x',
    }),
  ),
};

const tus =
  (method: string, headers: Readonly<Record<string, string>>, body?: string): Attempt =>
  (_stage, by, { upload }) => ({
    method,
    path: `/upload/resumable/${upload}`,
    headers: { ...auth(by), ...TUS, ...headers },
    ...(body === undefined ? {} : { body }),
  });
const part = { 'content-type': PART_TYPE, 'upload-offset': '0' };

const RESUMABLE: Readonly<Record<string, Attempt>> = {
  'continue an upload': tus('PATCH', part, 'intruded'),
  'continue an upload with a link': (_stage, { links }, { upload }) => ({
    method: 'PATCH',
    path: `/upload/resumable/sign/${upload}`,
    headers: { ...TUS, ...part, 'x-signature': links.write },
    body: 'intruded',
  }),
  'continue an upload over POST': tus('POST', { ...part, 'x-http-method-override': 'PATCH' }, 'intruded'),
  'end an upload': tus('DELETE', {}),
  'begin an upload': (_stage, by, { key }) => ({
    method: 'POST',
    path: '/upload/resumable',
    headers: {
      ...auth(by),
      ...TUS,
      'upload-length': '5',
      'upload-metadata': tusMetadata({ bucketName: 'priv', objectName: key }),
      'x-upsert': 'true',
    },
  }),
};

type S3Input = (theirs: Belongings, by: Intruder) => SignInput;
const tags = '<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>';
const complete = '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"x"</ETag></Part></CompleteMultipartUpload>';
const at = (key: string) => `/s3/priv/${key}`;

const S3: Readonly<Record<string, S3Input>> = {
  GetObject: ({ key }) => ({ method: 'GET', path: at(key) }),
  HeadObject: ({ key }) => ({ method: 'HEAD', path: at(key) }),
  'GetObject of a version': ({ key, version }) => ({ method: 'GET', path: at(key), query: { versionId: version } }),
  'GetObject of a version of the own key': ({ version }, { own }) => ({ method: 'GET', path: at(own.key), query: { versionId: version } }),
  GetObjectAttributes: ({ key }) => ({
    method: 'GET',
    path: at(key),
    query: { attributes: '' },
    headers: { 'x-amz-object-attributes': 'ETag' },
  }),
  GetObjectTagging: ({ key }) => ({ method: 'GET', path: at(key), query: { tagging: '' } }),
  PutObjectTagging: ({ key }) => ({ method: 'PUT', path: at(key), query: { tagging: '' }, body: tags }),
  DeleteObjectTagging: ({ key }) => ({ method: 'DELETE', path: at(key), query: { tagging: '' } }),
  GetObjectAcl: ({ key }) => ({ method: 'GET', path: at(key), query: { acl: '' } }),
  PutObject: ({ key }) => ({ method: 'PUT', path: at(key), body: 'intruded' }),
  'PutObject if there is none': ({ key }) => ({ method: 'PUT', path: at(key), body: 'intruded', headers: { 'if-none-match': '*' } }),
  DeleteObject: ({ key }) => ({ method: 'DELETE', path: at(key) }),
  'DeleteObject of a version': ({ key, version }) => ({ method: 'DELETE', path: at(key), query: { versionId: version } }),
  DeleteObjects: ({ key }) => ({
    method: 'POST',
    path: '/s3/priv',
    query: { delete: '' },
    body: `<Delete><Object><Key>${key}</Key></Object></Delete>`,
  }),
  'CopyObject from': ({ key }, { own }) => ({
    method: 'PUT',
    path: at(`${own.folder}/got`),
    headers: { 'x-amz-copy-source': `/priv/${key}` },
  }),
  'CopyObject to': ({ key }, { own }) => ({ method: 'PUT', path: at(key), headers: { 'x-amz-copy-source': `/priv/${own.key}` } }),
  ListObjectsV2: ({ folder }) => ({ method: 'GET', path: '/s3/priv', query: { 'list-type': '2', prefix: `${folder}/` } }),
  ListObjectVersions: ({ folder }) => ({ method: 'GET', path: '/s3/priv', query: { versions: '', prefix: `${folder}/` } }),
  ListMultipartUploads: ({ folder }) => ({ method: 'GET', path: '/s3/priv', query: { uploads: '', prefix: `${folder}/` } }),
  CreateMultipartUpload: ({ key }) => ({ method: 'POST', path: at(key), query: { uploads: '' } }),
  UploadPart: ({ parts, partsKey }) => ({
    method: 'PUT',
    path: at(partsKey),
    query: { partNumber: '1', uploadId: parts },
    body: 'intruded',
  }),
  'UploadPart under the own key': ({ parts }, { own }) => ({
    method: 'PUT',
    path: at(own.key),
    query: { partNumber: '1', uploadId: parts },
    body: 'intruded',
  }),
  UploadPartCopy: ({ key }, { own }) => ({
    method: 'PUT',
    path: at(own.partsKey),
    query: { partNumber: '2', uploadId: own.parts },
    headers: { 'x-amz-copy-source': `/priv/${key}` },
  }),
  ListParts: ({ parts, partsKey }) => ({ method: 'GET', path: at(partsKey), query: { uploadId: parts } }),
  'ListParts under the own key': ({ parts }, { own }) => ({ method: 'GET', path: at(own.key), query: { uploadId: parts } }),
  CompleteMultipartUpload: ({ parts, partsKey }) => ({ method: 'POST', path: at(partsKey), query: { uploadId: parts }, body: complete }),
  AbortMultipartUpload: ({ parts, partsKey }) => ({ method: 'DELETE', path: at(partsKey), query: { uploadId: parts } }),
  HeadBucket: ({ bucket }) => ({ method: 'HEAD', path: `/s3/${bucket}` }),
  DeleteBucket: ({ bucket }) => ({ method: 'DELETE', path: `/s3/${bucket}` }),
  CreateBucket: ({ bucket }) => ({ method: 'PUT', path: `/s3/${bucket}` }),
  GetBucketLocation: ({ bucket }) => ({ method: 'GET', path: `/s3/${bucket}`, query: { location: '' } }),
  GetBucketTagging: ({ bucket }) => ({ method: 'GET', path: `/s3/${bucket}`, query: { tagging: '' } }),
  GetBucketCors: ({ bucket }) => ({ method: 'GET', path: `/s3/${bucket}`, query: { cors: '' } }),
  PutBucketVersioning: ({ bucket }) => ({
    method: 'PUT',
    path: `/s3/${bucket}`,
    query: { versioning: '' },
    body: '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>',
  }),
  'ListObjects of a bucket': ({ bucket }) => ({ method: 'GET', path: `/s3/${bucket}` }),
  'GetObject of a bucket': ({ bucket }) => ({ method: 'GET', path: `/s3/${bucket}/a.txt` }),
};

const signedBy = (who: 'session' | 'accessKey') =>
  Object.entries(S3).map(([name, make]): [string, Attempt] => [
    `${name} (${who})`,
    (stage, by, theirs) => stage.sign(make(theirs, by), by[who]),
  ]);

/** Everything a person may try with names that belong to another. */
export const ATTEMPTS: readonly (readonly [string, Attempt])[] = [
  ...Object.entries({ ...REST, ...BUCKETS, ...RESUMABLE }),
  ...signedBy('session'),
  ...signedBy('accessKey'),
];
