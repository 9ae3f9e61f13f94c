import {
  CreateBucketCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { s3ErrorOf as errorOf, type S3Bench, startS3Bench } from '../../testing/s3.ts';

let s3: S3Bench['s3'];
let stop: S3Bench['stop'];

beforeAll(async () => {
  ({ s3, stop } = await startS3Bench());
});

afterAll(() => stop());

const texts = (page: {
  Contents?: { Key?: string | undefined }[] | undefined;
  CommonPrefixes?: { Prefix?: string | undefined }[] | undefined;
}) => [page.Contents?.map(({ Key }) => Key) ?? [], page.CommonPrefixes?.map(({ Prefix }) => Prefix) ?? []];

async function list(input: object) {
  return texts(await s3.send(new ListObjectsV2Command({ Bucket: 'lists', ...input })));
}

function listError(input: object): Promise<string> {
  return errorOf(s3.send(new ListObjectsV2Command({ Bucket: 'lists', ...input })));
}

describe('listings', () => {
  const keys = ['a', 'a/1', 'a/2', 'a0', 'b/x/1', 'b/x/2', 'b/y', 'b|1|x', 'b|1|y', 'ü'];

  beforeAll(async () => {
    await s3.send(new CreateBucketCommand({ Bucket: 'lists' }));
    await Promise.all(keys.map((Key) => s3.send(new PutObjectCommand({ Bucket: 'lists', Key, Body: Key }))));
  });

  it('gather common prefixes behind any delimiter', async () => {
    expect(await list({})).toEqual([keys, []]);
    expect(await list({ Delimiter: '/' })).toEqual([
      ['a', 'a0', 'b|1|x', 'b|1|y', 'ü'],
      ['a/', 'b/'],
    ]);
    expect(await list({ Delimiter: '/', Prefix: 'b/' })).toEqual([['b/y'], ['b/x/']]);
    expect(await list({ Delimiter: '|1|' })).toEqual([['a', 'a/1', 'a/2', 'a0', 'b/x/1', 'b/x/2', 'b/y', 'ü'], ['b|1|']]);
    expect(await list({ Prefix: 'a/' })).toEqual([['a/1', 'a/2'], []]);
    expect(await list({ StartAfter: 'b/x/1', Prefix: 'b/' })).toEqual([['b/x/2', 'b/y'], []]);
  });

  it('page through everything exactly once in both versions', async () => {
    for (const MaxKeys of [1, 2, 3]) {
      const seen: string[] = [];
      let token: string | undefined;
      do {
        const page = await s3.send(new ListObjectsV2Command({ Bucket: 'lists', Delimiter: '/', MaxKeys, ContinuationToken: token }));
        expect((page.KeyCount ?? 0) <= MaxKeys).toBe(true);
        seen.push(...texts(page).flat().map(String));
        token = page.NextContinuationToken;
      } while (token !== undefined);
      expect(seen.toSorted()).toEqual(['a', 'a/', 'a0', 'b/', 'b|1|x', 'b|1|y', 'ü']);
      const old: string[] = [];
      let marker: string | undefined;
      do {
        const page = await s3.send(new ListObjectsCommand({ Bucket: 'lists', Delimiter: '/', MaxKeys, Marker: marker }));
        old.push(...texts(page).flat().map(String));
        marker = page.IsTruncated ? page.NextMarker : undefined;
      } while (marker !== undefined);
      expect(old.toSorted()).toEqual(seen.toSorted());
    }
  });

  it('name every object as its only version', async () => {
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket: 'lists', Delimiter: '/', MaxKeys: 2 }));
    expect(page.Versions?.map(({ Key, VersionId, IsLatest }) => [Key, VersionId, IsLatest])).toEqual([['a', 'null', true]]);
    expect([page.CommonPrefixes, page.IsTruncated, page.NextKeyMarker]).toEqual([[{ Prefix: 'a/' }], true, 'a/']);
    const next = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    const rest = await s3.send(new ListObjectVersionsCommand({ Bucket: 'lists', Delimiter: '/', ...next }));
    expect(rest.Versions?.map(({ Key }) => Key)).toEqual(['a0', 'b|1|x', 'b|1|y', 'ü']);
  });

  it('refuse nonsense', async () => {
    expect(await listError({ MaxKeys: -1 })).toBe('400 InvalidArgument');
    expect(await listError({ ContinuationToken: 'nonsense' })).toBe('400 InvalidArgument');
    expect(await listError({ MaxKeys: 0 })).toBe('no error');
  });
});
