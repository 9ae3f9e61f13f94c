import { createHash, randomBytes } from 'node:crypto';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startStorageApi, type StorageApi } from './start.ts';
import { s3Client, TEST_S3 } from './testing/s3.ts';
import { PART_BYTES, type S3Backend, startS3Backend } from './testing/s3-backend.ts';
import { SERVICE_TOKEN, startTestServer, type TestServer } from './testing/server.ts';

const WAIT = { timeout: 30_000, interval: 100 };
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

let backend: S3Backend;
let first: TestServer;
let second: StorageApi;
let disk: TempDir;
let clients: S3Client[];

/** Two servers with one Postgres and one bucket, and no directory in common. */
beforeAll(async () => {
  backend = await startS3Backend();
  disk = await createTempDir('replica');
  first = await startTestServer({ s3: TEST_S3, s3Store: backend.settings, retiredGraceSeconds: 0 });
  const s3Store = { ...backend.settings, spoolDirectory: `${disk.path}/spool` };
  second = await startStorageApi({ ...first.options, storePath: `${disk.path}/store`, s3Store });
  clients = [s3Client(`${first.url}/s3`), s3Client(`${second.url}/s3`)];
  await first.client().createBucket('box');
});
afterAll(async () => {
  for (const client of clients) client.destroy();
  await second.stop();
  await first.stop();
  await disk.remove();
  await backend.stop();
});

const replica = (index: number) => (index % 2 === 0 ? first.url : second.url);
const client = (index: number): S3Client => clients[index % 2] ?? s3Client(first.url);
const authorization = { authorization: `Bearer ${SERVICE_TOKEN}` };

async function readFrom(url: string, key: string): Promise<string> {
  return hash(new Uint8Array(await (await fetch(`${url}/object/box/${key}`, { headers: authorization })).arrayBuffer()));
}

async function stored(): Promise<number> {
  return (await backend.keysUnder('project/blobs/')).length;
}

test('what one writes the other reads, lists, replaces and removes', async () => {
  const [before, after] = [randomBytes(300_000), randomBytes(10)];
  const write = (url: string, body: Buffer) =>
    fetch(`${url}/object/box/shared`, { method: 'POST', headers: { ...authorization, 'x-upsert': 'true' }, body: new Uint8Array(body) });
  expect((await write(first.url, before)).status).toBe(200);
  expect(await readFrom(second.url, 'shared')).toBe(hash(before));
  expect((await write(second.url, after)).status).toBe(200);
  expect(await readFrom(first.url, 'shared')).toBe(hash(after));
  const copied = await fetch(`${second.url}/object/copy`, {
    method: 'POST',
    headers: { ...authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ bucketId: 'box', sourceKey: 'shared', destinationKey: 'copy' }),
  });
  expect(copied.status).toBe(200);
  await first.client().from('box').remove(['shared']);
  expect(await readFrom(first.url, 'copy')).toBe(hash(after));
  await expect.poll(async () => (await second.collect(), stored()), WAIT).toBe(1);
});

test('a resumable upload goes on at whichever server its parts arrive, and is whole', async () => {
  const body = randomBytes(3 * PART_BYTES + 12_345);
  const part = 2_000_000;
  const metadata = Object.entries({ bucketName: 'box', objectName: 'resumed', contentType: 'application/x-test' });
  const created = await fetch(`${first.url}/upload/resumable`, {
    method: 'POST',
    headers: {
      ...authorization,
      'tus-resumable': '1.0.0',
      'upload-length': String(body.length),
      'upload-metadata': metadata.map(([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`).join(','),
    },
  });
  const path = new URL(created.headers.get('location') ?? '').pathname;
  let offset = 0;
  for (let index = 0; offset < body.length; index += 1) {
    const answer = await fetch(`${replica(index)}${path}`, {
      method: 'PATCH',
      headers: {
        ...authorization,
        'tus-resumable': '1.0.0',
        'content-type': 'application/offset+octet-stream',
        'upload-offset': String(offset),
      },
      body: new Uint8Array(body.subarray(offset, offset + part)),
    });
    expect(answer.status).toBe(204);
    const head = await fetch(`${replica(index + 1)}${path}`, { method: 'HEAD', headers: { ...authorization, 'tus-resumable': '1.0.0' } });
    offset = Number(answer.headers.get('upload-offset'));
    expect(head.headers.get('upload-offset')).toBe(String(offset));
  }
  expect(await readFrom(first.url, 'resumed')).toBe(hash(body));
  expect(await readFrom(second.url, 'resumed')).toBe(hash(body));
  // The parts are garbage now.
  await expect.poll(async () => (await first.collect(), stored()), WAIT).toBe(2);
});

test('a multipart upload takes its parts at whichever server they arrive, and is whole', async () => {
  const parts = [randomBytes(PART_BYTES), randomBytes(PART_BYTES + 7), randomBytes(100)];
  const { UploadId } = await client(0).send(new CreateMultipartUploadCommand({ Bucket: 'box', Key: 'multipart' }));
  const sent = parts.map(async (body, index) => {
    const upload = { Bucket: 'box', Key: 'multipart', UploadId, PartNumber: index + 1, Body: body };
    return { PartNumber: index + 1, ETag: (await client(index + 1).send(new UploadPartCommand(upload))).ETag };
  });
  const MultipartUpload = { Parts: await Promise.all(sent) };
  await client(1).send(new CompleteMultipartUploadCommand({ Bucket: 'box', Key: 'multipart', UploadId, MultipartUpload }));
  const whole = Buffer.concat(parts);
  expect(await readFrom(first.url, 'multipart')).toBe(hash(whole));
  const { Body } = await client(0).send(new GetObjectCommand({ Bucket: 'box', Key: 'multipart', Range: 'bytes=5242870-5242890' }));
  expect(Buffer.from((await Body?.transformToByteArray()) ?? [])).toEqual(whole.subarray(5_242_870, 5_242_891));
  await expect.poll(async () => (await second.collect(), stored()), WAIT).toBe(3);
});

test('an expired resumable upload leaves no bytes', async () => {
  const before = await stored();
  const created = await fetch(`${first.url}/upload/resumable`, {
    method: 'POST',
    headers: {
      ...authorization,
      'tus-resumable': '1.0.0',
      'upload-length': '10000000',
      'upload-metadata': `bucketName ${Buffer.from('box').toString('base64')},objectName ${Buffer.from('never').toString('base64')}`,
      'content-type': 'application/offset+octet-stream',
    },
    body: new Uint8Array(randomBytes(1_000_000)),
  });
  expect(created.headers.get('upload-offset')).toBe('1000000');
  expect(await stored()).toBe(before + 1);
  await first.sql(`update storage.resumable_uploads set created_at = now() - interval '1 year' where completed_at is null`);
  await expect.poll(async () => (await second.collect(), stored()), WAIT).toBe(before);
});
