import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { s3ErrorOf, type S3Bench, startS3Bench } from '../../../testing/s3.ts';

let bench: S3Bench;
let s3: S3Bench['s3'];
beforeAll(async () => {
  bench = await startS3Bench();
  ({ s3 } = bench);
});
afterAll(() => bench.stop());

const Bucket = 'main';
const MIB = 1024 * 1024;
const SIZES = [1, 4, 8];

/** A body that runs `between` when half of it has been taken. */
function interrupted(char: string, sizeBytes: number, between: () => Promise<unknown>): Readable {
  async function* pieces(): AsyncGenerator<Buffer> {
    yield Buffer.alloc(sizeBytes / 2, char);
    await between();
    yield Buffer.alloc(sizeBytes / 2, char);
  }
  return Readable.from(pieces());
}

const putSlowly = (Key: string, char: string, sizeBytes: number, between: () => Promise<unknown>) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body: interrupted(char, sizeBytes, between), ContentLength: sizeBytes }));

/** Which one character an object is made of. */
async function charOf(Key: string, sizeBytes: number): Promise<string> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
  const char = bytes.subarray(0, 1).toString();
  return bytes.equals(Buffer.alloc(sizeBytes, char)) ? char : 'a mixture';
}

describe.each(SIZES)('an object of %i MiB', (size) => {
  const sizeBytes = size * MIB;

  it('is read as it was when the read began, though it is overwritten meanwhile', async () => {
    await bench.put('read', Buffer.alloc(sizeBytes, 'A'));
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'read' }));
    await bench.put('read', Buffer.alloc(sizeBytes, 'B'));
    const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
    expect(bytes.equals(Buffer.alloc(sizeBytes, 'A'))).toBe(true);
    expect(await charOf('read', sizeBytes)).toBe('B');
  });

  it('keeps its old bytes until the new ones are all there', async () => {
    await bench.put('write', Buffer.alloc(sizeBytes, 'A'));
    await putSlowly('write', 'B', sizeBytes, async () => expect(await charOf('write', sizeBytes)).toBe('A'));
    expect(await charOf('write', sizeBytes)).toBe('B');
  });

  it('written by two at once is one of both, never a mixture', async () => {
    await putSlowly('dual', 'A', sizeBytes, () => bench.put('dual', Buffer.alloc(sizeBytes, 'B')));
    expect(await charOf('dual', sizeBytes)).toMatch(/^[AB]$/);
  });
});

describe('a write', () => {
  it('of a key that is deleted meanwhile is whole', async () => {
    await bench.put('gone', 'old');
    await putSlowly('gone', 'B', MIB, () => s3.send(new DeleteObjectCommand({ Bucket, Key: 'gone' })));
    expect(await charOf('gone', MIB)).toBe('B');
  });

  it('to a bucket that is deleted meanwhile is refused', async () => {
    await s3.send(new CreateBucketCommand({ Bucket: 'vanishing' }));
    const Body = interrupted('A', MIB, () => s3.send(new DeleteBucketCommand({ Bucket: 'vanishing' })));
    const write = new PutObjectCommand({ Bucket: 'vanishing', Key: 'k', Body, ContentLength: MIB });
    expect(await s3ErrorOf(s3.send(write))).toBe('404 NoSuchBucket');
  });

  it('in parts that is aborted leaves what was there', async () => {
    await bench.put('parts', 'old');
    const target = { Bucket, Key: 'parts' };
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(target));
    await s3.send(new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: 'new' }));
    expect(await bench.read('parts')).toBe('old');
    await s3.send(new AbortMultipartUploadCommand({ ...target, UploadId }));
    expect(await bench.read('parts')).toBe('old');
  });

  it('of a part that ends after another of its number is the part', async () => {
    const target = { Bucket, Key: 'resent' };
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(target));
    const part = { ...target, UploadId, PartNumber: 1 };
    const Body = interrupted('A', MIB, () => s3.send(new UploadPartCommand({ ...part, Body: 'B' })));
    const { ETag } = await s3.send(new UploadPartCommand({ ...part, Body, ContentLength: MIB }));
    await s3.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } }));
    expect(await charOf('resent', MIB)).toBe('A');
  });

  it('with a condition meets what is there when it commits, not when it began', async () => {
    const race = s3.send(
      new PutObjectCommand({
        Bucket,
        Key: 'race',
        IfNoneMatch: '*',
        ContentLength: MIB,
        Body: interrupted('A', MIB, () => bench.put('race', 'first')),
      }),
    );
    expect(await s3ErrorOf(race)).toMatch(/^4(?:12 PreconditionFailed|09 ConditionalRequestConflict)$/);
    expect(await bench.read('race')).toBe('first');
  });
});

describe('ranges of a large object', () => {
  it('are exactly its bytes, wherever they begin and end', async () => {
    const data = randomBytes(8 * MIB);
    await bench.put('ranges', data);
    for (const [start, end] of [
      [0, 0],
      [3_145_728, 5_242_880],
      [1, 8 * MIB - 1],
      [8 * MIB - 1, 8 * MIB - 1],
      [65_535, 65_536],
      [MIB - 1, 2 * MIB],
    ] as const) {
      const { Body, ContentRange } = await s3.send(new GetObjectCommand({ Bucket, Key: 'ranges', Range: `bytes=${start}-${end}` }));
      const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
      expect([ContentRange, bytes.equals(data.subarray(start, end + 1))]).toEqual([`bytes ${start}-${end}/${8 * MIB}`, true]);
    }
  });
});
