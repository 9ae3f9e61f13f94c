import { createHash, randomBytes } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  type ChecksumAlgorithm,
  type ChecksumType,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListPartsCommand,
  UploadPartCommand,
  type UploadPartCommandInput,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { s3ErrorOf, type S3Bench, startS3Bench } from '../../../testing/s3.ts';

let s3: S3Bench['s3'];
let put: S3Bench['put'];
let read: S3Bench['read'];
let stop: S3Bench['stop'];
const Bucket = 'main';
const MIB = 1024 * 1024;
const FIVE = randomBytes(5 * MIB);

beforeAll(async () => {
  ({ s3, put, read, stop } = await startS3Bench());
});
afterAll(() => stop());

async function create(Key: string, extra: object = {}): Promise<string> {
  return (await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...extra }))).UploadId ?? '';
}

const part = (Key: string, UploadId: string, PartNumber: number, Body: string | Buffer, extra: Partial<UploadPartCommandInput> = {}) =>
  s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body, ...extra }));

type Parts = NonNullable<NonNullable<CompleteMultipartUploadCommandInput['MultipartUpload']>['Parts']>;
const complete = (Key: string, UploadId: string, Parts: Parts, extra: object = {}) =>
  s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...extra }));
const md5 = (data: string | Buffer) => createHash('md5').update(data).digest();
const abort = (Key: string, UploadId: string) => s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));

describe('completing', () => {
  it('needs parts, in order, that are there, with their entity tags and sizes', async () => {
    const id = await create('strict');
    expect(await s3ErrorOf(complete('strict', id, []))).toBe('400 MalformedXML');
    const { ETag: small } = await part('strict', id, 1, 'small');
    const { ETag: five } = await part('strict', id, 2, FIVE);
    const outcome = (...parts: Parts) => s3ErrorOf(complete('strict', id, parts));
    expect(await outcome({ PartNumber: 9999, ETag: small })).toBe('400 InvalidPart');
    expect(await outcome({ PartNumber: 1, ETag: '"ffffffffffffffffffffffffffffffff"' })).toBe('400 InvalidPart');
    expect(await outcome({ PartNumber: 1, ETag: small }, { PartNumber: 2, ETag: five })).toBe('400 EntityTooSmall');
    expect(await outcome({ PartNumber: 2, ETag: five }, { PartNumber: 1, ETag: small })).toBe('400 InvalidPartOrder');
    expect(await outcome({ PartNumber: 1, ETag: small }, { PartNumber: 1, ETag: small })).toBe('400 InvalidPartOrder');
    expect(await outcome({ PartNumber: 0, ETag: small })).toBe('400 InvalidArgument');
    expect(await outcome({ PartNumber: 10_001, ETag: small })).toBe('400 InvalidArgument');
    expect(await s3ErrorOf(read('strict'))).toBe('404 NoSuchKey');
    // Parts that are not named are left out.
    expect(await outcome({ PartNumber: 1, ETag: small })).toBe('no error');
    expect(await read('strict')).toBe('small');
  });

  it('takes numbers up to 10,000 with gaps, and the last sending of each part', async () => {
    const id = await create('numbers');
    await part('numbers', id, 7, randomBytes(5 * MIB));
    const { ETag: first } = await part('numbers', id, 7, FIVE);
    const { ETag: last } = await part('numbers', id, 10_000, 'end');
    const { ETag } = await complete('numbers', id, [
      { PartNumber: 7, ETag: first },
      { PartNumber: 10_000, ETag: last },
    ]);
    expect(ETag).toBe(`"${md5(Buffer.concat([md5(FIVE), md5('end')])).toString('hex')}-2"`);
    const { Body, ContentLength } = await s3.send(new GetObjectCommand({ Bucket, Key: 'numbers' }));
    expect(ContentLength).toBe(5 * MIB + 3);
    expect(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(Buffer.concat([FIVE, Buffer.from('end')]))).toBe(true);
    for (const number of [0, -1, 10_001])
      expect(await s3ErrorOf(part('numbers', await create('numbers'), number, 'x'))).toBe('400 InvalidArgument');
  });

  it('twice answers the same; to overwrite is what it does while others write', async () => {
    await put('race', 'old');
    const id = await create('race', { Metadata: { of: 'parts' }, ContentType: 'text/x' });
    const { ETag } = await part('race', id, 1, 'joined');
    await put('race', 'meanwhile');
    const parts = [{ PartNumber: 1, ETag }];
    const first = await complete('race', id, parts);
    const again = await complete('race', id, parts);
    expect([await read('race'), again.ETag]).toEqual(['joined', first.ETag]);
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key: 'race' }))).toMatchObject({
      Metadata: { of: 'parts' },
      ContentType: 'text/x',
    });
  });

  it('is refused for the size a client insists on', async () => {
    const id = await create('sized');
    const { ETag } = await part('sized', id, 1, 'four');
    const parts = [{ PartNumber: 1, ETag }];
    expect(await s3ErrorOf(complete('sized', id, parts, { MpuObjectSize: 5 }))).toBe('400 InvalidRequest');
    expect(await s3ErrorOf(complete('sized', id, parts, { MpuObjectSize: 4 }))).toBe('no error');
  });

  it('honours conditions', async () => {
    await put('cond', 'old');
    const id = await create('cond');
    const { ETag } = await part('cond', id, 1, 'new');
    const parts = [{ PartNumber: 1, ETag }];
    expect(await s3ErrorOf(complete('cond', id, parts, { IfNoneMatch: '*' }))).toBe('412 PreconditionFailed');
    expect(await s3ErrorOf(complete('cond', id, parts, { IfMatch: '"other"' }))).toBe('412 PreconditionFailed');
    expect(await s3ErrorOf(complete('cond', id, parts, { IfMatch: '*' }))).toBe('no error');
    expect(await read('cond')).toBe('new');
  });
});

describe('uploads that are not there', () => {
  it('are NoSuchUpload for everything, also once aborted', async () => {
    const id = await create('gone');
    await part('gone', id, 1, 'x');
    await abort('gone', id);
    const outcomes = await Promise.all([
      s3ErrorOf(abort('gone', id)),
      s3ErrorOf(part('gone', id, 1, 'x')),
      s3ErrorOf(s3.send(new ListPartsCommand({ Bucket, Key: 'gone', UploadId: id }))),
      s3ErrorOf(complete('gone', id, [{ PartNumber: 1, ETag: '"x"' }])),
      s3ErrorOf(abort('gone', '56788')),
      s3ErrorOf(abort('other', await create('gone'))),
    ]);
    expect(new Set(outcomes)).toEqual(new Set(['404 NoSuchUpload']));
  });
});

describe('listing parts', () => {
  it('pages by number', async () => {
    const id = await create('paged');
    for (const number of [1, 2, 3, 10, 20]) await part('paged', id, number, `${number}`);
    const list = (extra: object) => s3.send(new ListPartsCommand({ Bucket, Key: 'paged', UploadId: id, ...extra }));
    const first = await list({ MaxParts: 2 });
    expect([first.Parts?.map((entry) => entry.PartNumber), first.IsTruncated, first.NextPartNumberMarker]).toEqual([[1, 2], true, '2']);
    const rest = await list({ PartNumberMarker: '2' });
    expect([rest.Parts?.map((entry) => [entry.PartNumber, entry.Size]), rest.IsTruncated]).toEqual([
      [
        [3, 1],
        [10, 2],
        [20, 2],
      ],
      false,
    ]);
    expect((await list({ MaxParts: 0 })).IsTruncated).toBe(false);
    expect((await list({ PartNumberMarker: '20' })).Parts).toBeUndefined();
  });
});

describe('copied parts', () => {
  it('take a range that is one, inside the source', async () => {
    await put('source', '0123456789');
    const id = await create('copied');
    const copied = (CopySourceRange?: string) =>
      s3.send(
        new UploadPartCopyCommand({ Bucket, Key: 'copied', UploadId: id, PartNumber: 1, CopySource: 'main/source', CopySourceRange }),
      );
    for (const range of ['bytes=0', 'bytes=-0', 'bytes=hello-world', 'bytes=0-bar', 'bytes=hello-', 'bytes=0-2,3-5', '0-2', 'bytes=5-2']) {
      expect([range, await s3ErrorOf(copied(range))]).toEqual([range, '400 InvalidArgument']);
    }
    expect(await s3ErrorOf(copied('bytes=0-21'))).toMatch(/^4(?:00|16) Invalid/);
    const { CopyPartResult } = await copied('bytes=3-5');
    await complete('copied', id, [{ PartNumber: 1, ETag: CopyPartResult?.ETag }]);
    expect(await read('copied')).toBe('345');
  });
});

describe('part numbers on reading', () => {
  it('give the part, its place and how many there are', async () => {
    const id = await create('parts');
    const { ETag: one } = await part('parts', id, 1, FIVE);
    const { ETag: two } = await part('parts', id, 2, 'tail');
    await complete('parts', id, [
      { PartNumber: 1, ETag: one },
      { PartNumber: 2, ETag: two },
    ]);
    const second = await s3.send(new GetObjectCommand({ Bucket, Key: 'parts', PartNumber: 2 }));
    expect([second.PartsCount, second.ContentRange, await second.Body?.transformToString()]).toEqual([
      2,
      `bytes ${5 * MIB}-${5 * MIB + 3}/${5 * MIB + 4}`,
      'tail',
    ]);
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'parts', PartNumber: 1 }))).ContentLength).toBe(5 * MIB);
    expect(await s3ErrorOf(read('parts', { PartNumber: 3 }))).toBe('416 InvalidPartNumber');
    await put('single', 'x');
    expect(await read('single', { PartNumber: 1 })).toBe('x');
    expect(await s3ErrorOf(read('single', { PartNumber: 2 }))).toBe('416 InvalidPartNumber');
  });
});

describe('checksums over parts', () => {
  const kinds: readonly (readonly [ChecksumAlgorithm, ChecksumType, string])[] = [
    ['CRC32', 'COMPOSITE', '-2'],
    ['CRC32', 'FULL_OBJECT', ''],
    ['CRC32C', 'COMPOSITE', '-2'],
    ['CRC32C', 'FULL_OBJECT', ''],
    ['CRC64NVME', 'FULL_OBJECT', ''],
    ['SHA1', 'COMPOSITE', '-2'],
    ['SHA256', 'COMPOSITE', '-2'],
  ];

  it.each(kinds)('%s %s is verified, kept and told', async (ChecksumAlgorithm, ChecksumType, suffix) => {
    const Key = `sum-${ChecksumAlgorithm}-${ChecksumType}`;
    const name = `Checksum${ChecksumAlgorithm}` as const;
    const id = await create(Key, { ChecksumAlgorithm, ChecksumType });
    const one = await part(Key, id, 1, FIVE, { ChecksumAlgorithm });
    const two = await part(Key, id, 2, 'tail', { ChecksumAlgorithm });
    const parts = [one, two].map((sent, at) => ({ PartNumber: at + 1, ETag: sent.ETag, [name]: sent[name] }));
    const wrong = parts.map((entry) => ({ ...entry, [name]: two[name] }));
    expect(await s3ErrorOf(complete(Key, id, wrong))).toBe('400 InvalidPart');
    const done = await complete(Key, id, parts);
    expect(done[name]?.endsWith(suffix)).toBe(true);
    const { ChecksumType: told, ...head } = await s3.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));
    expect([head[name], told]).toEqual([done[name], ChecksumType]);
    const { Checksum } = await s3.send(new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes: ['Checksum', 'ObjectParts'] }));
    expect(Checksum?.ChecksumType).toBe(ChecksumType);
  });

  it('that S3 does not define are refused', async () => {
    expect(await s3ErrorOf(create('x', { ChecksumAlgorithm: 'CRC64NVME', ChecksumType: 'COMPOSITE' }))).toBe('400 InvalidRequest');
    expect(await s3ErrorOf(create('x', { ChecksumAlgorithm: 'SHA256', ChecksumType: 'FULL_OBJECT' }))).toBe('400 InvalidRequest');
    expect(await s3ErrorOf(create('x', { ChecksumAlgorithm: 'CRC9' }))).toBe('400 InvalidRequest');
    const id = await create('x', { ChecksumAlgorithm: 'SHA256' });
    expect(await s3ErrorOf(part('x', id, 1, 'x', { ChecksumAlgorithm: 'CRC32' }))).toBe('400 InvalidRequest');
  });
});
