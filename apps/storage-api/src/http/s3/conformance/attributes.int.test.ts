import { randomBytes } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import {
  type ChecksumAlgorithm,
  DeleteObjectsCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { s3ErrorOf, type S3Bench, startS3Bench } from '../../../testing/s3.ts';
import { CHECKSUM_ALGORITHMS, createDigest } from '../body/checksums.ts';

let bench: S3Bench;
let s3: S3Bench['s3'];
beforeAll(async () => {
  bench = await startS3Bench();
  ({ s3 } = bench);
});
afterAll(() => bench.stop());

const Bucket = 'main';
const MIB = 1024 * 1024;

function digestOf(algorithm: ChecksumAlgorithm, text: string): string {
  const known = CHECKSUM_ALGORITHMS.find((each) => each === algorithm);
  if (known === undefined) throw new Error(`${algorithm} is not one of ours`);
  const digest = createDigest(known);
  digest.update(Buffer.from(text));
  return digest.digest().toString('base64');
}

const attributes = (Key: string, extra: object = {}) =>
  s3.send(
    new GetObjectAttributesCommand({
      Bucket,
      Key,
      ObjectAttributes: ['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'],
      ...extra,
    }),
  );

describe('checksums of whole objects', () => {
  it.each(CHECKSUM_ALGORITHMS)('%s is checked, kept, told when asked for, and wrong ones change nothing', async (algorithm) => {
    const Key = `sum-${algorithm}`;
    const name = `Checksum${algorithm}` as const;
    const right = digestOf(algorithm, 'good');
    const written = await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'good', [name]: right }));
    expect(written[name]).toBe(right);
    const wrong = new PutObjectCommand({ Bucket, Key, Body: 'evil', [name]: right });
    expect(await s3ErrorOf(s3.send(wrong))).toBe('400 BadDigest');
    const asked = await s3.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));
    expect([asked[name], asked.ChecksumType]).toEqual([right, 'FULL_OBJECT']);
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key })))[name]).toBeUndefined();
    expect(await bench.read(Key, { ChecksumMode: 'ENABLED' })).toBe('good');
    expect((await attributes(Key)).Checksum).toEqual({ [name]: right, ChecksumType: 'FULL_OBJECT' });
  });
});

describe('the attributes of an object', () => {
  it('are those that are asked for, of whole objects and of parts', async () => {
    await bench.put('whole', 'x'.repeat(100));
    expect(await attributes('whole')).toMatchObject({
      ETag: expect.stringMatching(/^[0-9a-f]{32}$/),
      StorageClass: 'STANDARD',
      ObjectSize: 100,
    });
    const one = await attributes('whole', { ObjectAttributes: ['ObjectSize'] });
    expect([one.ObjectSize, one.ETag, one.StorageClass]).toEqual([100, undefined, undefined]);
    const upload = new Upload({ client: s3, params: { Bucket, Key: 'parts', Body: randomBytes(11 * MIB) }, partSize: 5 * MIB });
    await upload.done();
    const parts = await attributes('parts');
    expect([parts.ObjectSize, parts.ObjectParts?.TotalPartsCount]).toEqual([11 * MIB, 3]);
    const page = await attributes('parts', { MaxParts: 1, PartNumberMarker: '1' });
    expect([page.ObjectParts?.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size]), page.ObjectParts?.IsTruncated]).toEqual([
      [[2, 5 * MIB]],
      true,
    ]);
    expect(await s3ErrorOf(attributes('none'))).toBe('404 NoSuchKey');
    expect(await s3ErrorOf(attributes('whole', { ObjectAttributes: ['Colour'] }))).toBe('400 InvalidArgument');
  });
});

const remove = (...Objects: { Key: string; ETag?: string; VersionId?: string }[]) =>
  s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));

describe('deleting many under conditions', () => {
  it('deletes what is as the request says, and tells of each that is not', async () => {
    const { ETag = '' } = await bench.put('if-1', 'one');
    for (const key of ['if-2', 'if-3', 'if-4']) await bench.put(key, 'two');
    const { Deleted = [], Errors = [] } = await remove(
      { Key: 'if-1', ETag },
      { Key: 'if-2', ETag },
      { Key: 'if-3', ETag: '*' },
      { Key: 'if-4' },
      { Key: 'if-none', ETag: '*' },
    );
    expect(Deleted.map(({ Key }) => Key)).toEqual(['if-1', 'if-3', 'if-4']);
    expect(Errors.map(({ Key, Code }) => [Key, Code])).toEqual([
      ['if-2', 'PreconditionFailed'],
      ['if-none', 'NoSuchKey'],
    ]);
    expect(await bench.read('if-2')).toBe('two');
    expect(await s3ErrorOf(bench.read('if-1'))).toBe('404 NoSuchKey');
    expect(await s3ErrorOf(remove({ Key: 'if-2', ETag, VersionId: 'null' }))).toBe('501 NotImplemented');
    const elsewhere = new DeleteObjectsCommand({ Bucket: 'none', Delete: { Objects: [{ Key: 'x', ETag: '*' }] } });
    expect(await s3ErrorOf(s3.send(elsewhere))).toBe('404 NoSuchBucket');
  });
});

describe('the uploads of lib-storage', () => {
  it('are single or in parts, of any kind of body, and tell how far they are', async () => {
    const bytes = randomBytes(12 * MIB);
    const through = new PassThrough();
    const bodies = {
      buffer: bytes,
      stream: Readable.from([bytes.subarray(0, 7 * MIB), bytes.subarray(7 * MIB)]),
      pipe: through,
      small: bytes.subarray(0, 10),
    };
    through.end(bytes);
    for (const [name, Body] of Object.entries(bodies)) {
      const seen: number[] = [];
      const params = { Bucket, Key: `lib/${name}`, Body, ContentType: 'text/x', Metadata: { a: '1' }, Tagging: 'a=1' };
      const upload = new Upload({ client: s3, params, queueSize: 2, partSize: 5 * MIB });
      upload.on('httpUploadProgress', ({ loaded = 0 }) => seen.push(loaded));
      const { Location, ETag } = await upload.done();
      expect(Location).toContain(`lib/${name}`);
      expect(ETag).toMatch(name === 'small' ? /^"[0-9a-f]{32}"$/ : /-3"$/);
      const got = await s3.send(new GetObjectCommand({ Bucket, Key: `lib/${name}` }));
      const expected = name === 'small' ? bytes.subarray(0, 10) : bytes;
      expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(expected)).toBe(true);
      expect([got.ContentType, got.Metadata, got.TagCount, Math.max(...seen)]).toEqual(['text/x', { a: '1' }, 1, expected.length]);
    }
  });

  it('leave nothing when they are aborted, unless they are told to', async () => {
    const slow = new PassThrough();
    slow.write(randomBytes(6 * MIB));
    const upload = new Upload({ client: s3, params: { Bucket, Key: 'lib/aborted', Body: slow }, partSize: 5 * MIB, queueSize: 1 });
    const done = upload.done();
    const uploads = async () => (await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: 'lib/aborted' }))).Uploads?.length ?? 0;
    await expect.poll(uploads, { timeout: 20_000 }).toBe(1);
    await upload.abort();
    await expect(done).rejects.toMatchObject({ name: 'AbortError' });
    slow.destroy();
    await expect.poll(uploads, { timeout: 20_000 }).toBe(0);
    expect(await s3ErrorOf(bench.read('lib/aborted'))).toBe('404 NoSuchKey');
  });
});
