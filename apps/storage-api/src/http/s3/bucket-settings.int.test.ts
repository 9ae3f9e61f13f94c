import { request } from 'node:http';
import {
  type CORSRule,
  DeleteBucketCorsCommand,
  DeleteBucketTaggingCommand,
  GetBucketAclCommand,
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLoggingCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetBucketReplicationCommand,
  GetBucketRequestPaymentCommand,
  GetBucketTaggingCommand,
  GetBucketWebsiteCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  GetPublicAccessBlockCommand,
  ListObjectsV2Command,
  PutBucketAclCommand,
  PutBucketCorsCommand,
  PutBucketTaggingCommand,
  PutObjectAclCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { s3Client, s3ErrorOf, s3SessionClient, type S3Bench, startS3Bench } from '../../testing/s3.ts';
import { signToken } from '../../testing/server.ts';

let server: S3Bench['server'];
let s3: S3Bench['s3'];
let put: S3Bench['put'];
let read: S3Bench['read'];
let stop: S3Bench['stop'];
const Bucket = 'main';

beforeAll(async () => {
  ({ server, s3, put, read, stop } = await startS3Bench());
  await put('k', 'precious');
});

afterAll(() => stop());

const tag = (count: number) => Array.from({ length: count }, (_, at) => ({ Key: `k${at}`, Value: 'ü' }));
async function preflight(origin: string, method: string, wanted = ''): Promise<readonly unknown[]> {
  const headers = { origin, 'access-control-request-method': method, 'access-control-request-headers': wanted };
  const response = await fetch(`${server.url}/s3/main/k`, { method: 'OPTIONS', headers });
  const text = await response.text();
  const code = /<Code>(\w+)</.exec(text)?.[1] ?? response.headers.get('access-control-allow-methods');
  return [response.status, code, response.headers.get('access-control-max-age')];
}

const setRules = (...CORSRules: CORSRule[]) => s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }));

describe('CORS rules', () => {
  const rule = {
    ID: 'app',
    AllowedOrigins: ['https://app.example.org', 'https://*.test'],
    AllowedMethods: ['GET', 'PUT'],
    AllowedHeaders: ['x-amz-*', 'content-type'],
    ExposeHeaders: ['ETag'],
    MaxAgeSeconds: 60,
  };

  it('are kept, told and deleted', async () => {
    expect(await s3ErrorOf(s3.send(new GetBucketCorsCommand({ Bucket })))).toBe('404 NoSuchCORSConfiguration');
    await setRules(rule, { AllowedOrigins: ['*'], AllowedMethods: ['HEAD'] });
    const { CORSRules } = await s3.send(new GetBucketCorsCommand({ Bucket }));
    expect(CORSRules).toEqual([rule, { AllowedOrigins: ['*'], AllowedMethods: ['HEAD'] }]);
    await s3.send(new DeleteBucketCorsCommand({ Bucket }));
    await s3.send(new DeleteBucketCorsCommand({ Bucket }));
    expect(await s3ErrorOf(s3.send(new GetBucketCorsCommand({ Bucket })))).toBe('404 NoSuchCORSConfiguration');
    expect(await s3ErrorOf(s3.send(new GetBucketCorsCommand({ Bucket: 'none' })))).toBe('404 NoSuchBucket');
  });

  it('that cannot be are refused, and the old ones stay', async () => {
    await setRules(rule);
    expect(await s3ErrorOf(setRules({ ...rule, AllowedMethods: ['PATCH'] }))).toBe('400 InvalidRequest');
    expect(await s3ErrorOf(setRules({ ...rule, AllowedOrigins: ['https://*.*'] }))).toBe('400 InvalidRequest');
    expect(await s3ErrorOf(setRules({ ...rule, AllowedOrigins: [] }))).toBe('400 MalformedXML');
    expect(await s3ErrorOf(setRules(...Array.from({ length: 101 }, () => rule)))).toBe('400 MalformedXML');
    expect((await s3.send(new GetBucketCorsCommand({ Bucket }))).CORSRules).toEqual([rule]);
  });

  it('decide what browsers may do', async () => {
    await setRules(rule);
    const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'k' }));
    const get = async (origin: string) => {
      const { status, headers } = await fetch(url, { headers: { origin } });
      return [status, headers.get('access-control-allow-origin'), headers.get('access-control-expose-headers')];
    };
    await expect.poll(() => get('https://app.example.org'), { timeout: 15_000 }).toEqual([200, 'https://app.example.org', 'ETag']);
    expect(await get('https://a.b.test')).toEqual([200, 'https://a.b.test', 'ETag']);
    expect(await get('https://evil.example.org')).toEqual([200, null, null]);
    expect(await preflight('https://app.example.org', 'PUT', 'X-Amz-Date,Content-Type')).toEqual([200, 'GET, PUT', '60']);
    const refused = [403, 'AccessForbidden', null];
    expect(await preflight('https://app.example.org', 'PUT', 'authorization')).toEqual(refused);
    expect(await preflight('https://app.example.org', 'DELETE')).toEqual(refused);
    expect(await preflight('https://evil.example.org', 'GET')).toEqual(refused);
    expect(await preflight('https://app.example.org', 'nonsense')).toEqual(refused);
  });

  it('without any, browsers of every origin are let in', async () => {
    await s3.send(new DeleteBucketCorsCommand({ Bucket }));
    const headers = { origin: 'https://any.example.org', 'access-control-request-method': 'PUT', 'access-control-request-headers': 'x' };
    const ask = async () =>
      (await fetch(`${server.url}/s3/main/k`, { method: 'OPTIONS', headers })).headers.get('access-control-allow-origin');
    await expect.poll(ask, { timeout: 15_000 }).toBe('*');
  });
});

describe('bucket tags', () => {
  it('are kept, replaced and deleted, fifty at most', async () => {
    expect(await s3ErrorOf(s3.send(new GetBucketTaggingCommand({ Bucket })))).toBe('404 NoSuchTagSet');
    const set = (count: number) => s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: tag(count) } }));
    await set(50);
    expect((await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet).toHaveLength(50);
    expect(await s3ErrorOf(set(51))).toBe('400 InvalidTag');
    await set(1);
    expect((await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet).toEqual(tag(1));
    await s3.send(new DeleteBucketTaggingCommand({ Bucket }));
    expect(await s3ErrorOf(s3.send(new GetBucketTaggingCommand({ Bucket })))).toBe('404 NoSuchTagSet');
  });
});

describe('what tools ask of a bucket before they work', () => {
  it('is answered as S3 answers for a bucket without settings', async () => {
    const outcomes = await Promise.all([
      s3ErrorOf(s3.send(new GetBucketPolicyCommand({ Bucket }))),
      s3ErrorOf(s3.send(new GetBucketEncryptionCommand({ Bucket }))),
      s3ErrorOf(s3.send(new GetBucketWebsiteCommand({ Bucket }))),
      s3ErrorOf(s3.send(new GetBucketReplicationCommand({ Bucket }))),
      s3ErrorOf(s3.send(new GetObjectLockConfigurationCommand({ Bucket }))),
      s3ErrorOf(s3.send(new GetPublicAccessBlockCommand({ Bucket }))),
      s3ErrorOf(s3.send(new GetBucketPolicyCommand({ Bucket: 'none' }))),
    ]);
    expect(outcomes).toEqual([
      '404 NoSuchBucketPolicy',
      '404 ServerSideEncryptionConfigurationNotFoundError',
      '404 NoSuchWebsiteConfiguration',
      '404 ReplicationConfigurationNotFoundError',
      '404 ObjectLockConfigurationNotFoundError',
      '404 NoSuchPublicAccessBlockConfiguration',
      '404 NoSuchBucket',
    ]);
    expect((await s3.send(new GetBucketPolicyStatusCommand({ Bucket }))).PolicyStatus?.IsPublic).toBe(false);
    expect((await s3.send(new GetBucketRequestPaymentCommand({ Bucket }))).Payer).toBe('BucketOwner');
    const { OwnershipControls } = await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }));
    expect(OwnershipControls?.Rules).toEqual([{ ObjectOwnership: 'BucketOwnerEnforced' }]);
    expect((await s3.send(new GetBucketLoggingCommand({ Bucket }))).LoggingEnabled).toBeUndefined();
    expect((await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }))).TopicConfigurations).toBeUndefined();
  });

  it('access control lists may be set to what they are, and to nothing else', async () => {
    const bucketAcl = (ACL: 'private' | 'public-read') => s3ErrorOf(s3.send(new PutBucketAclCommand({ Bucket, ACL })));
    const objectAcl = (ACL: 'private' | 'public-read') => s3ErrorOf(s3.send(new PutObjectAclCommand({ Bucket, Key: 'k', ACL })));
    expect([await bucketAcl('private'), await objectAcl('private')]).toEqual(['no error', 'no error']);
    expect([await bucketAcl('public-read'), await objectAcl('public-read')]).toEqual(['501 NotImplemented', '501 NotImplemented']);
    const { Grants, Owner } = await s3.send(new GetBucketAclCommand({ Bucket }));
    expect(await s3ErrorOf(s3.send(new PutBucketAclCommand({ Bucket, AccessControlPolicy: { Grants, Owner } })))).toBe('no error');
    const everyone = [
      { Grantee: { Type: 'Group' as const, URI: 'http://acs.amazonaws.com/groups/global/AllUsers' }, Permission: 'READ' as const },
    ];
    const open = { Bucket, Key: 'k', AccessControlPolicy: { Grants: everyone, Owner } };
    expect(await s3ErrorOf(s3.send(new PutObjectAclCommand(open)))).toBe('501 NotImplemented');
    expect(await s3ErrorOf(s3.send(new PutObjectAclCommand({ Bucket, Key: 'none', ACL: 'private' })))).toBe('404 NoSuchKey');
    expect(await read('k')).toBe('precious');
  });

  it('settings are for those whom policies let change the bucket', async () => {
    await server.sql(`create policy see on storage.buckets for select to authenticated using (true)`);
    const user = s3SessionClient(`${server.url}/s3`, signToken({ role: 'authenticated', sub: '11111111-1111-4111-8111-111111111111' }));
    const CORSConfiguration = { CORSRules: [{ AllowedOrigins: ['*'], AllowedMethods: ['GET'] }] };
    expect(await s3ErrorOf(user.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration })))).toBe('403 AccessDenied');
    expect(await s3ErrorOf(user.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [] } })))).toBe('403 AccessDenied');
    expect(await s3ErrorOf(user.send(new GetBucketCorsCommand({ Bucket })))).toBe('404 NoSuchCORSConfiguration');
    user.destroy();
  });
});

describe('buckets named by the host', () => {
  it('are served to the official client, listed and read by link', async () => {
    const { port } = new URL(server.s3RootUrl ?? '');
    const client = s3Client(`http://s3.localhost:${port}`, { forcePathStyle: false });
    const url = await getSignedUrl(client, new GetObjectCommand({ Bucket, Key: 'k' }));
    expect(new URL(url).host).toBe(`main.s3.localhost:${port}`);
    expect(await getFrom(port, url)).toEqual({ status: 200, text: 'precious' });
    const list = await getSignedUrl(client, new ListObjectsV2Command({ Bucket }));
    expect(await getFrom(port, list)).toEqual({ status: 200, text: expect.stringContaining('<Key>k</Key>') });
    client.destroy();
  });

  it('cannot be swapped for another by changing the host or the path', async () => {
    const { port } = new URL(server.s3RootUrl ?? '');
    const client = s3Client(`http://s3.localhost:${port}`, { forcePathStyle: false });
    const url = await getSignedUrl(client, new GetObjectCommand({ Bucket, Key: 'k' }));
    const other = await getFrom(port, url.replace('//main.', '//other.'));
    expect(other).toEqual({ status: 403, text: expect.stringContaining('SignatureDoesNotMatch') });
    const inPath = await getFrom(port, url.replace(`//main.s3.localhost:${port}/`, `//s3.localhost:${port}/main/`));
    expect(inPath.status).toBe(403);
    const forwarded = await getFrom(port, url, { 'x-forwarded-host': `other.s3.localhost:${port}` });
    expect(forwarded).toEqual({ status: 200, text: 'precious' });
    client.destroy();
  });
});

/** GET at 127.0.0.1 with the host of the URL, as a resolver for `*.s3.localhost` would. */
function getFrom(port: string, url: string, headers: Record<string, string> = {}): Promise<{ status: number | undefined; text: string }> {
  const { host, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path: `${pathname}${search}`, headers: { host, ...headers } };
    request(options, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += String(chunk)));
      response.on('end', () => resolve({ status: response.statusCode, text }));
    })
      .on('error', reject)
      .end();
  });
}
