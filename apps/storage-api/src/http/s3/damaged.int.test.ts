import { randomBytes } from 'node:crypto';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { blobPath, flipBit } from '../../testing/damage.ts';
import { type S3Bench, s3Client, s3ErrorOf, startS3Bench } from '../../testing/s3.ts';

const PART_BYTES = 5 * 1024 * 1024;
const Bucket = 'main';

let bench: S3Bench;
let s3: S3Client;

beforeAll(async () => {
  bench = await startS3Bench();
  s3 = bench.s3;
});
afterAll(() => bench.server.stop());

async function pathOf(key: string): Promise<string> {
  const [row] = await bench.server.sql('select version from storage.objects where name = $1', [key]);
  return blobPath(bench.server.storePath, String(row?.['version']));
}

async function begin(Key: string, parts: readonly Buffer[]) {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const Parts = [];
  for (const [index, Body] of parts.entries()) {
    const PartNumber = index + 1;
    const { ETag } = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
    Parts.push({ PartNumber, ETag });
  }
  return { Bucket, Key, UploadId, MultipartUpload: { Parts } };
}

test('a changed object is an error, small or large', async () => {
  await bench.put('small', randomBytes(3000));
  await bench.put('large', randomBytes(2_000_000));
  for (const key of ['small', 'large']) await flipBit(await pathOf(key), 10);
  expect(await s3ErrorOf(s3.send(new GetObjectCommand({ Bucket, Key: 'small' })))).toBe('500 InternalError');
  // Without the client's own check it is the server that must end the answer early.
  const trusting = s3Client(`${bench.server.url}/storage/v1/s3`, { responseChecksumValidation: 'WHEN_REQUIRED' });
  const large = trusting.send(new GetObjectCommand({ Bucket, Key: 'large' })).then(({ Body }) => Body?.transformToByteArray());
  await expect(large).rejects.toThrow('aborted');
  trusting.destroy();
});

test('a changed part does not become part of an object', async () => {
  const upload = await begin('joined', [randomBytes(PART_BYTES), randomBytes(1000)]);
  const [part] = await bench.server.sql('select version from storage.s3_multipart_uploads_parts where part_number = 1');
  await flipBit(blobPath(bench.server.storePath, String(part?.['version'])), 1_000_000);
  await expect(s3.send(new CompleteMultipartUploadCommand(upload))).rejects.toThrow();
  expect(await bench.server.sql(`select from storage.objects where name = 'joined'`)).toEqual([]);
});

test('a changed object does not become a part', async () => {
  await bench.put('source', randomBytes(2_000_000));
  await flipBit(await pathOf('source'), 1_999_999);
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'partly' }));
  const copy = new UploadPartCopyCommand({ Bucket, Key: 'partly', UploadId, PartNumber: 1, CopySource: `${Bucket}/source` });
  await expect(s3.send(copy)).rejects.toThrow();
});

test('objects and parts carry their checksum however they were written', async () => {
  await bench.put('single', randomBytes(1000));
  const upload = await begin('assembled', [randomBytes(PART_BYTES), randomBytes(1000)]);
  const bare = 'select from storage.s3_multipart_uploads_parts where crc32 is null';
  expect(await bench.server.sql(bare)).toEqual([]);
  await s3.send(new CompleteMultipartUploadCommand(upload));
  const sound = `select name from storage.objects where name in ('single', 'assembled') and crc32 is not null`;
  expect(await bench.server.sql(sound)).toHaveLength(2);
});
