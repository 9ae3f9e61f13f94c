import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { ListMultipartUploadsCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chunksOf, describeBlobStore } from '../../testing/blob-store-contract.ts';
import { PART_BYTES, type S3Backend, startS3Backend } from '../../testing/s3-backend.ts';
import { startS3StoreBench, type S3StoreBench } from '../../testing/s3-store-bench.ts';
import { s3Client } from '../../testing/s3.ts';
import { createVersionId } from '../version-id.ts';

const SIZES = [0, 1, 65_537, 262_144, 262_145, PART_BYTES, PART_BYTES + 1, 3 * PART_BYTES];

let backend: S3Backend;
let s3: S3Client;

beforeAll(async () => {
  backend = await startS3Backend();
  s3 = s3Client(`${backend.server.url}/s3`);
});
afterAll(async () => {
  s3.destroy();
  await backend.stop();
});

describeBlobStore('a bucket of a server of ours', async () => startS3StoreBench({ ...backend.settings, prefix: 'contract/' }), SIZES);

async function keysUnder(prefix: string): Promise<readonly string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'bytes', Prefix: prefix }));
  return Contents.map(({ Key = '' }) => Key);
}

async function uploadsUnder(prefix: string): Promise<number> {
  const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: 'bytes', Prefix: prefix }));
  return Uploads.length;
}

describe('a bucket', () => {
  let bench: S3StoreBench;

  beforeAll(async () => {
    bench = await startS3StoreBench({ ...backend.settings, prefix: 'keys/' });
  });
  afterAll(() => bench.stop());

  test('holds keys of version ids under the prefix, and nothing on the local disk', async () => {
    const version = createVersionId();
    const body = randomBytes(2 * PART_BYTES + 5);
    const staged = await bench.store.stage(version, chunksOf(body), { maxBytes: body.length });
    expect(await uploadsUnder('keys/')).toBe(1);
    await staged.publish();
    expect(await uploadsUnder('keys/')).toBe(0);
    expect(await keysUnder('keys/blobs/')).toEqual([`keys/blobs/${version.slice(-2)}/${version}`]);
    expect(await readdir(backend.settings.spoolDirectory)).toEqual([]);
  });

  test('of another database is refused', async () => {
    await expect(startS3StoreBench({ ...backend.settings, prefix: 'keys/' })).rejects.toThrow('of another database');
  });

  test('that does not exist, or keys that are wrong, are named', async () => {
    const wrongKey = { accessKeyId: 'NOBODY', secretAccessKey: 'x'.repeat(40), sessionToken: undefined };
    await expect(startS3StoreBench({ ...backend.settings, bucket: 'missing' })).rejects.toThrow(/"missing".*NoSuchBucket/);
    await expect(startS3StoreBench({ ...backend.settings, credentials: wrongKey })).rejects.toThrow('InvalidAccessKeyId');
  });
});
