import {
  CreateBucketCommand,
  DeleteObjectsCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  type ListObjectsCommandInput,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type S3Bench, startS3Bench } from '../../../testing/s3.ts';

let bench: S3Bench;
let s3: S3Bench['s3'];
let count = 0;
beforeAll(async () => {
  bench = await startS3Bench();
  ({ s3 } = bench);
});
afterAll(() => bench.stop());

async function bucketOf(keys: readonly string[]): Promise<string> {
  count += 1;
  const Bucket = `edges-${count}`;
  await s3.send(new CreateBucketCommand({ Bucket }));
  await Promise.all(
    Array.from({ length: 8 }, (_, lane) =>
      putAll(
        Bucket,
        keys.filter((_key, at) => at % 8 === lane),
      ),
    ),
  );
  return Bucket;
}

async function putAll(Bucket: string, keys: readonly string[]): Promise<void> {
  for (const Key of keys) await bench.put(Key, 'x', { Bucket });
}

async function v1(Bucket: string, extra: Omit<ListObjectsCommandInput, 'Bucket'> = {}) {
  const { Contents = [], CommonPrefixes = [], ...rest } = await s3.send(new ListObjectsCommand({ Bucket, ...extra }));
  return { keys: Contents.map(({ Key }) => Key), prefixes: CommonPrefixes.map(({ Prefix }) => Prefix), ...rest };
}

async function v2(Bucket: string, extra: Omit<ListObjectsV2CommandInput, 'Bucket'> = {}) {
  const { Contents = [], CommonPrefixes = [], ...rest } = await s3.send(new ListObjectsV2Command({ Bucket, ...extra }));
  return { keys: Contents.map(({ Key }) => Key), prefixes: CommonPrefixes.map(({ Prefix }) => Prefix), ...rest };
}

describe('a listing', () => {
  it('is empty for an empty bucket, and no bucket shows what is in another', async () => {
    const [empty, full] = [await bucketOf([]), await bucketOf(['asdf'])];
    expect(await v1(empty)).toMatchObject({ keys: [], prefixes: [], IsTruncated: false, Marker: '', MaxKeys: 1000 });
    expect(await v2(empty)).toMatchObject({ keys: [], KeyCount: 0, IsTruncated: false, Name: empty });
    expect((await v1(full)).keys).toEqual(['asdf']);
  });

  it('gathers a thousand keys below one prefix and still shows what sorts around it', async () => {
    const below = Array.from({ length: 999 }, (_, at) => `0/${1000 + at}`);
    const around = ['1999', '1999#', '1999+', '2000'];
    const bucket = await bucketOf(['0/', ...below, ...around]);
    const expected = { keys: around, prefixes: ['0/'], IsTruncated: false };
    expect(await v1(bucket, { Delimiter: '/' })).toMatchObject(expected);
    expect(await v2(bucket, { Delimiter: '/' })).toMatchObject({ ...expected, KeyCount: 5 });
    const pages = [];
    for (let token: string | undefined, first = true; first || token !== undefined; first = false) {
      const page: Awaited<ReturnType<typeof v2>> = await v2(bucket, { MaxKeys: 500, ContinuationToken: token });
      pages.push(page.keys.length);
      token = page.NextContinuationToken;
    }
    expect(pages).toEqual([500, 500, 4]);
    const Objects = below.slice(0, 500).map((Key) => ({ Key }));
    expect((await s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }))).Deleted).toHaveLength(500);
    expect((await v2(bucket, { Prefix: '0/' })).KeyCount).toBe(500);
  });

  it('takes a key that ends in the delimiter for a key when it is the prefix', async () => {
    const bucket = await bucketOf(['asdf/', 'asdf/x']);
    expect(await v1(bucket, { Prefix: 'asdf/', Delimiter: '/' })).toMatchObject({ keys: ['asdf/', 'asdf/x'], prefixes: [] });
    expect(await v1(bucket, { Delimiter: '/' })).toMatchObject({ keys: [], prefixes: ['asdf/'] });
  });

  it('repeats what it was asked', async () => {
    const bucket = await bucketOf(['bar', 'baz', 'foo', 'quxx']);
    const first = await v2(bucket, { MaxKeys: 1, StartAfter: 'bar', Prefix: '' });
    const token = first.NextContinuationToken;
    expect(await v2(bucket, { ContinuationToken: token, StartAfter: 'bar' })).toMatchObject({
      ContinuationToken: token,
      StartAfter: 'bar',
      keys: ['foo', 'quxx'],
    });
    expect((await v2(bucket, { ContinuationToken: '' })).ContinuationToken).toBe('');
    const encoded = { EncodingType: 'url' as const };
    expect(await v1(bucket, { ...encoded, Prefix: '\n', Delimiter: '\n', Marker: '\n' })).toMatchObject({
      keys: [],
      Prefix: '%0A',
      Delimiter: '%0A',
      Marker: '%0A',
    });
    expect(await v2(bucket, { ...encoded, Prefix: '\n', StartAfter: '\n' })).toMatchObject({ keys: [], Prefix: '%0A', StartAfter: '%0A' });
    expect((await v1(bucket, { MaxKeys: 2 })).NextMarker).toBeUndefined();
    expect((await v1(bucket, { MaxKeys: 2, Delimiter: '/' })).NextMarker).toBe('baz');
  });

  it('says of each object what HEAD says', async () => {
    const bucket = await bucketOf(['a', 'b/c']);
    const { Contents = [] } = await s3.send(new ListObjectsCommand({ Bucket: bucket }));
    for (const { Key, ETag, Size, LastModified, StorageClass } of Contents) {
      const head = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key }));
      expect([head.ETag, head.ContentLength, StorageClass]).toEqual([ETag, Size, 'STANDARD']);
      expect(Math.floor((LastModified?.getTime() ?? 0) / 1000)).toBe(Math.floor((head.LastModified?.getTime() ?? 1) / 1000));
    }
    expect(Contents).toHaveLength(2);
  });
});

describe('a list of buckets', () => {
  it('pages to its end, whatever the page', async () => {
    const seen: (string | undefined)[] = [];
    for (let token: string | undefined, first = true; first || token !== undefined; first = false) {
      const page: { Buckets?: { Name?: string | undefined }[] | undefined; ContinuationToken?: string | undefined } = await s3.send(
        new ListBucketsCommand({ MaxBuckets: 2, ContinuationToken: token }),
      );
      expect(page.Buckets?.length ?? 0).toBeLessThanOrEqual(2);
      seen.push(...(page.Buckets ?? []).map(({ Name }) => Name));
      token = page.ContinuationToken;
    }
    const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
    expect(seen).toEqual(Buckets.map(({ Name }) => Name));
    expect(seen.length).toBeGreaterThan(2);
  });
});
