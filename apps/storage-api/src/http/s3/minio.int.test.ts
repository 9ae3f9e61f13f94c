import { randomBytes } from 'node:crypto';
import { buffer, text } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { Client, CopyConditions } from 'minio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../testing/server.ts';
import { KEY_PAIR, TEST_S3 } from '../../testing/s3.ts';

let server: TestServer;
let client: Client;

beforeAll(async () => {
  server = await startTestServer({ s3: TEST_S3 });
  client = connectTo(server);
  await client.makeBucket('minio', 'us-east-1');
});

afterAll(() => server.stop());

function connectTo({ s3RootUrl }: TestServer, extra: { partSize?: number } = {}): Client {
  const { hostname, port } = new URL(s3RootUrl ?? '');
  const { accessKeyId: accessKey, secret: secretKey } = KEY_PAIR;
  return new Client({ endPoint: hostname, port: Number(port), useSSL: false, accessKey, secretKey, ...extra });
}

async function namesIn(prefix: string, recursive: boolean): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const item of client.listObjectsV2('minio', prefix, recursive)) names.push(item.name ?? item.prefix);
  return names;
}

describe('the minio client', () => {
  it('manages buckets', async () => {
    expect(await client.bucketExists('minio')).toBe(true);
    expect(await client.bucketExists('nowhere')).toBe(false);
    expect((await client.listBuckets()).map(({ name }) => name)).toEqual(['minio']);
    await expect(client.makeBucket('minio')).rejects.toThrow();
    await client.makeBucket('short-lived');
    await client.removeBucket('short-lived');
  });

  it('writes, reads, describes, lists, copies and deletes', async () => {
    const bytes = randomBytes(70_000);
    await client.putObject('minio', 'dir/ü 1%.bin', bytes, bytes.length, { 'x-amz-meta-a': '1', 'content-type': 'text/css' });
    expect((await buffer(await client.getObject('minio', 'dir/ü 1%.bin'))).equals(bytes)).toBe(true);
    const piece = await buffer(await client.getPartialObject('minio', 'dir/ü 1%.bin', 10, 100));
    expect(piece.equals(bytes.subarray(10, 110))).toBe(true);
    const stat = await client.statObject('minio', 'dir/ü 1%.bin');
    expect([stat.size, stat.metaData]).toEqual([bytes.length, expect.objectContaining({ a: '1', 'content-type': 'text/css' })]);
    await client.putObject('minio', 'dir/sub/2', 'two');
    expect(await namesIn('dir/', false)).toEqual(['dir/ü 1%.bin', 'dir/sub/']);
    expect(await namesIn('', true)).toEqual(['dir/sub/2', 'dir/ü 1%.bin']);
    await client.copyObject('minio', 'copied', '/minio/dir/sub/2', new CopyConditions());
    expect(await text(await client.getObject('minio', 'copied'))).toBe('two');
    await client.removeObjects('minio', ['dir/sub/2', 'copied']);
    await client.removeObject('minio', 'dir/ü 1%.bin');
    expect(await namesIn('', true)).toEqual([]);
  });

  it('uploads streams in parts and lists what is unfinished', async () => {
    const bytes = randomBytes(11 * 1024 * 1024);
    const small = connectTo(server, { partSize: 5 * 1024 * 1024 });
    await small.putObject('minio', 'streamed', Readable.from([bytes.subarray(0, 6_000_000), bytes.subarray(6_000_000)]));
    expect((await buffer(await client.getObject('minio', 'streamed'))).equals(bytes)).toBe(true);
    expect((await client.statObject('minio', 'streamed')).etag).toMatch(/-\d$/);
    await client.initiateNewMultipartUpload('minio', 'unfinished', {});
    const keys: string[] = [];
    for await (const item of client.listIncompleteUploads('minio', '', true)) keys.push(item.key);
    expect(keys).toEqual(['unfinished']);
    await client.removeIncompleteUpload('minio', 'unfinished');
  });

  it('tags objects', async () => {
    await client.putObject('minio', 'tagged', 'x');
    await client.setObjectTagging('minio', 'tagged', { a: '1' });
    expect(await client.getObjectTagging('minio', 'tagged')).toEqual([{ Key: 'a', Value: 1 }]);
    await client.removeObjectTagging('minio', 'tagged', { versionId: 'null' });
  });

  it('presigns reads, writes and forms', async () => {
    const put = await client.presignedPutObject('minio', 'by-url', 60);
    expect((await fetch(put, { method: 'PUT', body: 'by url' })).status).toBe(200);
    expect(await (await fetch(await client.presignedGetObject('minio', 'by-url', 60))).text()).toBe('by url');
    const policy = client.newPostPolicy();
    policy.setBucket('minio');
    policy.setKey('by-form');
    policy.setExpires(new Date(Date.now() + 60_000));
    policy.setContentLengthRange(1, 100);
    const { postURL, formData } = await client.presignedPostPolicy(policy);
    const form = new FormData();
    for (const [name, value] of Object.entries(formData)) form.set(name, String(value));
    form.set('file', new Blob(['by form']), 'x');
    expect((await fetch(postURL, { method: 'POST', body: form })).status).toBe(204);
    expect(await text(await client.getObject('minio', 'by-form'))).toBe('by form');
  });

  it('hears why something failed', async () => {
    await expect(client.getObject('minio', 'missing')).rejects.toMatchObject({ code: 'NoSuchKey' });
    await expect(client.removeBucket('minio')).rejects.toMatchObject({ code: 'BucketNotEmpty' });
    await expect(client.getBucketPolicy('minio')).rejects.toMatchObject({ code: 'NoSuchBucketPolicy' });
  });
});
