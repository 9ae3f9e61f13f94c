import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditStore, CLEAN } from '../../testing/audit.ts';
import { s3Client, type S3Bench, startS3Bench } from '../../testing/s3.ts';

let server: S3Bench['server'];
let s3: S3Bench['s3'];
let put: S3Bench['put'];
let read: S3Bench['read'];
let stop: S3Bench['stop'];

beforeAll(async () => {
  ({ server, s3, put, read, stop } = await startS3Bench());
});

afterAll(() => stop());

describe('presigned URLs and forms', () => {
  it('read and write without other credentials', async () => {
    const target = { Bucket: 'main', Key: 'presigned/ü' };
    const putUrl = await getSignedUrl(s3, new PutObjectCommand({ ...target, Metadata: { via: 'url' } }), { expiresIn: 60 });
    expect((await fetch(putUrl, { method: 'PUT', body: 'by url' })).status).toBe(200);
    const getUrl = await getSignedUrl(s3, new GetObjectCommand({ ...target, ResponseContentDisposition: 'attachment; filename="x y"' }));
    const got = await fetch(getUrl);
    expect([got.status, await got.text(), got.headers.get('content-disposition')]).toEqual([200, 'by url', 'attachment; filename="x y"']);
    expect(got.headers.get('x-amz-meta-via')).toBe('url');
    expect((await fetch(getUrl, { method: 'DELETE' })).status).toBe(403);
    expect((await fetch(getUrl.replace('presigned/', 'presignee/'))).status).toBe(403);
  });

  it('cannot be turned into a copy by an unsigned header', async () => {
    await put('secret', 'secret');
    const url = await getSignedUrl(s3, new PutObjectCommand({ Bucket: 'main', Key: 'presigned/copy' }));
    const response = await fetch(url, { method: 'PUT', headers: { 'x-amz-copy-source': '/main/secret' } });
    expect([response.status, await response.text()]).toEqual([403, expect.stringContaining('<Code>AccessDenied</Code>')]);
  });

  it('of a form upload what its policy allows and nothing else', async () => {
    const { url, fields } = await createPresignedPost(s3, {
      Bucket: 'main',
      Key: 'forms/${filename}',
      Conditions: [
        ['content-length-range', 1, 10],
        ['starts-with', '$Content-Type', 'text/'],
      ],
      Fields: { success_action_status: '201' },
    });
    const send = async (file: string, extra: Record<string, string> = {}) => {
      const form = new FormData();
      for (const [name, value] of Object.entries({ ...fields, 'Content-Type': 'text/plain', ...extra })) form.set(name, value);
      form.set('file', new Blob([file]), 'up.txt');
      const response = await fetch(url, { method: 'POST', body: form });
      return `${response.status} ${/<(?:Code|Key)>(.*?)</.exec(await response.text())?.[1]}`;
    };
    expect(await send('hello')).toBe('201 forms/up.txt');
    expect(await read('forms/up.txt')).toBe('hello');
    expect(await send('')).toBe('400 EntityTooSmall');
    expect(await send('12345678901')).toMatch(/^400 EntityTooLarge/);
    expect(await send('x', { key: 'elsewhere' })).toBe('403 AccessDenied');
    expect(await send('x', { 'Content-Type': 'image/png' })).toBe('403 AccessDenied');
    expect(await send('x', { 'x-amz-meta-extra': '1' })).toBe('403 AccessDenied');
    expect(await send('x', { 'X-Amz-Signature': '0'.repeat(64) })).toBe('403 SignatureDoesNotMatch');
    expect(await read('forms/up.txt')).toBe('hello');
  });
});

describe('the root listener', () => {
  it('speaks S3 without a path', async () => {
    await put('at-root', 'root');
    const root = s3Client(server.s3RootUrl ?? '');
    const { Body } = await root.send(new GetObjectCommand({ Bucket: 'main', Key: 'at-root' }));
    expect(await Body?.transformToString()).toBe('root');
    root.destroy();
  });
});

describe('afterwards', () => {
  it('rows and bytes agree', async () => {
    const pool = { query: async (text: string) => ({ rows: await server.sql(text) }) };
    expect(await auditStore(pool, server.storePath, 1)).toEqual(CLEAN);
  });
});
