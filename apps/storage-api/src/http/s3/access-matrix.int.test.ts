import { CreateMultipartUploadCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { S3_KEY_VERBS, type S3KeyCreate } from '@supastor/contract/wire/s3-key';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type S3Bench, startS3Bench } from '../../testing/s3.ts';
import { createKey, s3KeyClient } from '../../testing/s3-keys.ts';
import { type SignInput, signRequest } from '../../testing/sign-s3.ts';
import { S3_ROUTES } from './route.ts';

/** Each kind of scope a key may have, seen from the object `in/k` of the bucket `main`. */
const SCOPES: Readonly<Record<string, Partial<S3KeyCreate>>> = {
  everything: {},
  list: { verbs: ['list'] },
  read: { verbs: ['read'] },
  write: { verbs: ['write'] },
  delete: { verbs: ['delete'] },
  manage: { verbs: ['manage'] },
  bucket: { buckets: ['ma*'] },
  inside: { verbs: ['list', 'read', 'write', 'delete'], prefixes: ['in/', 'x/'] },
  outside: { verbs: ['list', 'read', 'write', 'delete'], prefixes: ['out/'] },
  elsewhere: { buckets: ['other', 'mai', 'main2'] },
};
type ScopeName = keyof typeof SCOPES;

const MAIN = ['everything', 'bucket'];
const ANY = [...MAIN, 'list', 'read', 'write', 'delete', 'manage', 'inside', 'outside'];
const key = (verb: string) => [...MAIN, verb, 'inside'];
const READ = key('read');
const WRITE = key('write');

interface Row {
  readonly request: (uploadId: string) => SignInput;
  /** Scopes that let it through; all others are refused. */
  readonly allowed: readonly ScopeName[];
}

const object = (method: string, query: Record<string, string> = {}, extra: Partial<SignInput> = {}): SignInput => ({
  method,
  path: '/s3/main/in/k',
  query,
  ...extra,
});
const bucket = (method: string, query: Record<string, string> = {}, extra: Partial<SignInput> = {}): SignInput => ({
  method,
  path: '/s3/main',
  query,
  ...extra,
});
const row = (allowed: readonly ScopeName[], request: Row['request']): Row => ({ allowed, request });
const lifecycle =
  '<LifecycleConfiguration><Rule><Status>Disabled</Status><Filter/><Expiration><Days>9</Days></Expiration></Rule></LifecycleConfiguration>';
const cors =
  '<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>';
const tags = '<Tagging><TagSet/></Tagging>';
const complete = '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>';

/** What every operation needs. An operation that is missing here fails the first test. */
const MATRIX: Readonly<Record<string, Row>> = {
  ListBuckets: row(Object.keys(SCOPES), () => ({ method: 'GET', path: '/s3' })),
  CreateBucket: row([...MAIN, 'manage'], () => bucket('PUT')),
  HeadBucket: row(ANY, () => bucket('HEAD')),
  DeleteBucket: row([...MAIN, 'manage'], () => bucket('DELETE')),
  GetBucketLocation: row(ANY, () => bucket('GET', { location: '' })),
  GetBucketVersioning: row(ANY, () => bucket('GET', { versioning: '' })),
  GetBucketAcl: row(ANY, () => bucket('GET', { acl: '' })),
  PutBucketVersioning: row([...MAIN, 'manage'], () =>
    bucket('PUT', { versioning: '' }, { body: '<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>' }),
  ),
  PutBucketAcl: row([...MAIN, 'manage'], () => bucket('PUT', { acl: '' }, { headers: { 'x-amz-acl': 'private' } })),
  GetBucketCors: row(ANY, () => bucket('GET', { cors: '' })),
  PutBucketCors: row([...MAIN, 'manage'], () => bucket('PUT', { cors: '' }, { body: cors })),
  DeleteBucketCors: row([...MAIN, 'manage'], () => bucket('DELETE', { cors: '' })),
  GetBucketLifecycle: row(ANY, () => bucket('GET', { lifecycle: '' })),
  PutBucketLifecycle: row(MAIN, () => bucket('PUT', { lifecycle: '' }, { body: lifecycle })),
  DeleteBucketLifecycle: row([...MAIN, 'manage'], () => bucket('DELETE', { lifecycle: '' })),
  GetBucketTagging: row(ANY, () => bucket('GET', { tagging: '' })),
  PutBucketTagging: row([...MAIN, 'manage'], () => bucket('PUT', { tagging: '' }, { body: tags })),
  DeleteBucketTagging: row([...MAIN, 'manage'], () => bucket('DELETE', { tagging: '' })),
  GetBucketPolicyStatus: row(ANY, () => bucket('GET', { policyStatus: '' })),
  GetBucketOwnershipControls: row(ANY, () => bucket('GET', { ownershipControls: '' })),
  GetBucketRequestPayment: row(ANY, () => bucket('GET', { requestPayment: '' })),
  GetBucketLogging: row(ANY, () => bucket('GET', { logging: '' })),
  GetBucketNotificationConfiguration: row(ANY, () => bucket('GET', { notification: '' })),
  GetBucketAccelerateConfiguration: row(ANY, () => bucket('GET', { accelerate: '' })),
  GetBucketPolicy: row(ANY, () => bucket('GET', { policy: '' })),
  GetBucketEncryption: row(ANY, () => bucket('GET', { encryption: '' })),
  GetBucketWebsite: row(ANY, () => bucket('GET', { website: '' })),
  GetBucketReplication: row(ANY, () => bucket('GET', { replication: '' })),
  GetObjectLockConfiguration: row(ANY, () => bucket('GET', { 'object-lock': '' })),
  GetPublicAccessBlock: row(ANY, () => bucket('GET', { publicAccessBlock: '' })),
  ListObjects: row(key('list'), () => bucket('GET', { prefix: 'in/' })),
  ListObjectsV2: row(key('list'), () => bucket('GET', { 'list-type': '2', prefix: 'in/' })),
  ListObjectVersions: row(key('list'), () => bucket('GET', { versions: '', prefix: 'in/' })),
  ListMultipartUploads: row(key('list'), () => bucket('GET', { uploads: '', prefix: 'in/' })),
  DeleteObjects: row(key('delete'), () => bucket('POST', { delete: '' }, { body: '<Delete><Object><Key>in/gone</Key></Object></Delete>' })),
  GetObject: row(READ, () => object('GET')),
  HeadObject: row(READ, () => object('HEAD')),
  PutObject: row(WRITE, () => object('PUT', {}, { body: 'x' })),
  DeleteObject: row(key('delete'), () => object('DELETE', {}, { path: '/s3/main/in/gone' })),
  GetObjectAcl: row(READ, () => object('GET', { acl: '' })),
  PutObjectAcl: row(WRITE, () => object('PUT', { acl: '' }, { headers: { 'x-amz-acl': 'private' } })),
  GetObjectAttributes: row(READ, () => object('GET', { attributes: '' }, { headers: { 'x-amz-object-attributes': 'ETag' } })),
  GetObjectTagging: row(READ, () => object('GET', { tagging: '' })),
  PutObjectTagging: row(WRITE, () => object('PUT', { tagging: '' }, { body: tags })),
  DeleteObjectTagging: row(WRITE, () => object('DELETE', { tagging: '' })),
  CreateMultipartUpload: row(WRITE, () => object('POST', { uploads: '' })),
  UploadPart: row(WRITE, (uploadId) => object('PUT', { partNumber: '1', uploadId }, { body: 'x' })),
  ListParts: row(WRITE, (uploadId) => object('GET', { uploadId })),
  CompleteMultipartUpload: row(WRITE, (uploadId) => object('POST', { uploadId }, { body: complete })),
  AbortMultipartUpload: row(WRITE, () => object('DELETE', { uploadId: '00000000-0000-4000-8000-000000000000' })),
};

let bench: S3Bench;
let uploadId: string;
const keys = new Map<ScopeName, Awaited<ReturnType<typeof createKey>>>();

beforeAll(async () => {
  bench = await startS3Bench();
  await bench.put('in/k', 'x');
  const created = await bench.s3.send(new CreateMultipartUploadCommand({ Bucket: 'main', Key: 'in/k' }));
  uploadId = created.UploadId ?? '';
  for (const [name, wanted] of Object.entries(SCOPES)) keys.set(name, await createKey(bench.server, { name, ...wanted }));
});

afterAll(() => bench.stop());

function keyOf(name: ScopeName) {
  const found = keys.get(name);
  if (found === undefined) throw new Error(`no key ${name}`);
  return found;
}

/** Whether the door let it through; what became of it then does not matter here. */
async function isAllowed(name: ScopeName, input: SignInput): Promise<boolean> {
  const { key: described, secretAccessKey: secret } = keyOf(name);
  const { url, method, headers, body } = signRequest(bench.server.url, { ...input, accessKeyId: described.accessKeyId, secret });
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
  const text = await response.text();
  expect([501, 500, 503]).not.toContain(response.status);
  return response.status !== 403 && !text.includes('<Code>AccessDenied</Code>');
}

async function allowedOf(request: SignInput): Promise<readonly string[]> {
  const names = Object.keys(SCOPES);
  const outcomes = await Promise.all(names.map((name) => isAllowed(name, request)));
  return names.filter((_, at) => outcomes[at]);
}

async function bucketsShownTo(name: ScopeName): Promise<readonly (string | undefined)[]> {
  const { key: described, secretAccessKey: secret } = keyOf(name);
  const { url, headers } = signRequest(bench.server.url, {
    method: 'GET',
    path: '/s3',
    accessKeyId: described.accessKeyId,
    secret,
  });
  return [...(await (await fetch(url, { headers })).text()).matchAll(/<Name>(.*?)</g)].map((match) => match[1]);
}

const inOrder = (names: readonly string[]) => Object.keys(SCOPES).filter((name) => names.includes(name));

describe('access keys and operations', () => {
  it('each operation of the routing table has a row here, and none is made up', () => {
    const routed = S3_ROUTES.map(({ operation }) => operation).filter((operation) => operation !== 'PostObject');
    expect(Object.keys(MATRIX).toSorted()).toEqual([...new Set(routed)].toSorted());
    expect(S3_KEY_VERBS).toEqual(['list', 'read', 'write', 'delete', 'manage']);
  });

  it.each(Object.entries(MATRIX))('%s is let through for exactly the scopes that hold it', async (_, { request, allowed }) => {
    expect(await allowedOf(request(uploadId))).toEqual(inOrder(allowed));
  });

  it('form uploads need what PutObject needs', async () => {
    const outcomes = await Promise.all(
      Object.keys(SCOPES).map(async (name) => {
        const client = s3KeyClient(`${bench.server.url}/s3`, keyOf(name));
        const { url, fields } = await createPresignedPost(client, { Bucket: 'main', Key: 'in/form' });
        client.destroy();
        const form = new FormData();
        for (const [field, value] of Object.entries(fields)) form.set(field, value);
        form.set('file', new Blob(['x']));
        return { name, status: (await fetch(url, { method: 'POST', body: form })).status };
      }),
    );
    expect(outcomes.filter(({ status }) => status === 204).map(({ name }) => name)).toEqual(inOrder(WRITE));
    expect(outcomes.filter(({ status }) => status !== 204).every(({ status }) => status === 403)).toBe(true);
  });

  it('copies need to read their source, whatever may be written', async () => {
    const source = { 'x-amz-copy-source': '/main/in/k' };
    const copied = (path: string, query = {}) => allowedOf({ method: 'PUT', path, query, headers: source });
    expect(await copied('/s3/main/in/copy')).toEqual(inOrder([...MAIN, 'inside']));
    expect(await copied('/s3/main/out/copy')).toEqual(inOrder(MAIN));
    expect(await copied('/s3/main/in/k', { partNumber: '2', uploadId })).toEqual(inOrder([...MAIN, 'inside']));
    const hidden = { method: 'PUT', path: '/s3/main/in/copy', headers: { 'x-amz-copy-source': 'main%2Fin%2Fk' } };
    expect(await allowedOf(hidden)).toEqual(inOrder([...MAIN, 'inside']));
  });

  it('listings must stay inside the prefix, at whatever marker they begin', async () => {
    const queries: readonly Record<string, string>[] = [
      {},
      { prefix: '' },
      { prefix: 'i' },
      { prefix: 'in' },
      { marker: 'in/' },
      { prefix: 'out/' },
    ];
    for (const query of queries) {
      expect(await isAllowed('inside', bucket('GET', query))).toBe(false);
    }
    expect(await isAllowed('inside', bucket('GET', { prefix: 'in/', delimiter: '/', marker: 'a' }))).toBe(true);
  });

  it('deleting many keys removes those inside and names those outside', async () => {
    const { put, read } = bench;
    await put('in/d', 'x');
    await put('out/d', 'stays');
    const body = '<Delete><Object><Key>in/d</Key></Object><Object><Key>out/d</Key></Object></Delete>';
    const { key: described, secretAccessKey: secret } = keyOf('inside');
    const input = bucket('POST', { delete: '' }, { body, accessKeyId: described.accessKeyId, secret });
    const { url, method, headers } = signRequest(bench.server.url, input);
    const answer = await (await fetch(url, { method, headers, body })).text();
    expect(answer).toMatch(/<Deleted><Key>in\/d<\/Key>.*<\/Deleted><Error><Key>out\/d<\/Key><Code>AccessDenied<\/Code>/);
    expect(await read('out/d')).toBe('stays');
    await expect(read('in/d')).rejects.toThrow();
  });

  it('ListBuckets shows a key the buckets it reaches', async () => {
    expect(await bucketsShownTo('bucket')).toEqual(['main']);
    expect(await bucketsShownTo('elsewhere')).toEqual([]);
  });

  it('presigned URLs are bound to the key that signed them', async () => {
    const statuses = await Promise.all(
      Object.keys(SCOPES).map(async (name) => {
        const client = s3KeyClient(`${bench.server.url}/s3`, keyOf(name));
        const url = await getSignedUrl(client, new PutObjectCommand({ Bucket: 'main', Key: 'in/presigned' }));
        client.destroy();
        return { name, status: (await fetch(url, { method: 'PUT', body: 'x' })).status };
      }),
    );
    expect(statuses.filter(({ status }) => status === 200).map(({ name }) => name)).toEqual(inOrder(WRITE));
    expect(new Set(statuses.map(({ status }) => status))).toEqual(new Set([200, 403]));
  });
});
