import {
  CreateBucketCommand,
  DeleteObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  type ListObjectsCommandInput,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  ListObjectVersionsCommand,
  CreateMultipartUploadCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { s3ErrorOf, type S3Bench, startS3Bench } from '../../../testing/s3.ts';
import { escapeXml } from '../xml/render-xml.ts';
import { signRequest } from '../../../testing/sign-s3.ts';

let bench: S3Bench;
const buckets = new Map<string, string>();

beforeAll(async () => {
  bench = await startS3Bench();
});
afterAll(() => bench.stop());

/** A bucket with just these keys; the same keys give the same bucket. */
async function bucketOf(...keys: readonly string[]): Promise<string> {
  const id = keys.join('\u0000');
  const known = buckets.get(id);
  if (known !== undefined) return known;
  const name = `listing-${buckets.size}`;
  buckets.set(id, name);
  await bench.s3.send(new CreateBucketCommand({ Bucket: name }));
  for (const Key of keys) await bench.put(Key, Key, { Bucket: name });
  return name;
}

async function v1(Bucket: string, extra: Omit<ListObjectsCommandInput, 'Bucket'> = {}) {
  const { Contents = [], CommonPrefixes = [], ...rest } = await bench.s3.send(new ListObjectsCommand({ Bucket, ...extra }));
  return { keys: Contents.map(({ Key }) => Key), prefixes: CommonPrefixes.map(({ Prefix }) => Prefix), ...rest };
}

async function v2(Bucket: string, extra: Omit<ListObjectsV2CommandInput, 'Bucket'> = {}) {
  const { Contents = [], CommonPrefixes = [], ...rest } = await bench.s3.send(new ListObjectsV2Command({ Bucket, ...extra }));
  return { keys: Contents.map(({ Key }) => Key), prefixes: CommonPrefixes.map(({ Prefix }) => Prefix), contents: Contents, ...rest };
}

describe('delimiters', () => {
  const cases = [
    ['/', ['asdf', 'foo/bar', 'foo/bar/xyzzy', 'quux/thud'], ['asdf'], ['foo/', 'quux/']],
    ['a', ['bar', 'baz', 'cab', 'foo'], ['foo'], ['ba', 'ca']],
    ['%', ['b%ar', 'b%az', 'c%ab', 'foo'], ['foo'], ['b%', 'c%']],
    [' ', ['b ar', 'b az', 'c ab', 'foo'], ['foo'], ['b ', 'c ']],
    ['.', ['b.ar', 'b.az', 'c.ab', 'foo'], ['foo'], ['b.', 'c.']],
    ['\n', ['bar', 'baz', 'cab', 'foo'], ['bar', 'baz', 'cab', 'foo'], []],
    ['zz', ['azzb', 'azzc', 'b'], ['b'], ['azz']],
    ['ü', ['1üa', '1üb', '2'], ['2'], ['1ü']],
    ['😀', ['x😀1', 'x😀2', 'y'], ['y'], ['x😀']],
    ['', ['bar', 'baz'], ['bar', 'baz'], []],
    ['not there', ['bar', 'baz'], ['bar', 'baz'], []],
  ] as const;

  it.each(cases)('%j gather what has them in common', async (Delimiter, all, keys, prefixes) => {
    const bucket = await bucketOf(...all);
    const expected = { keys: [...keys], prefixes: [...prefixes], IsTruncated: false };
    expect(await v1(bucket, { Delimiter })).toMatchObject(expected);
    expect(await v2(bucket, { Delimiter })).toMatchObject({ ...expected, KeyCount: keys.length + prefixes.length });
    expect(await raw(bucket, { delimiter: Delimiter })).toContain(
      Delimiter === '' ? '<IsTruncated>' : `<Delimiter>${escapeXml(Delimiter)}<`,
    );
  });

  it('work together with prefixes', async () => {
    const bucket = await bucketOf('_obj1_', '_under1/bar', '_under1/baz/xyzzy', '_under2/thud', '_under2/bla');
    const list = (Prefix: string, Delimiter = '/') => v2(bucket, { Prefix, Delimiter });
    expect(await list('')).toMatchObject({ keys: ['_obj1_'], prefixes: ['_under1/', '_under2/'] });
    expect(await list('_under1/')).toMatchObject({ keys: ['_under1/bar'], prefixes: ['_under1/baz/'] });
    expect(await list('_under1')).toMatchObject({ keys: [], prefixes: ['_under1/'] });
    expect(await list('_under1/baz')).toMatchObject({ keys: [], prefixes: ['_under1/baz/'] });
    expect(await list('none')).toMatchObject({ keys: [], prefixes: [], KeyCount: 0 });
    expect(await list('_under1/', 'z')).toMatchObject({ keys: ['_under1/bar'], prefixes: ['_under1/baz'] });
  });

  it('count towards max-keys, and a page continues behind a prefix without repeating it', async () => {
    const bucket = await bucketOf('asdf', 'boo/bar', 'boo/baz/xyzzy', 'cquux/thud', 'cquux/bla');
    const pages = [];
    for (let marker: string | undefined = ''; marker !== undefined;) {
      const page: Awaited<ReturnType<typeof v1>> = await v1(bucket, { Delimiter: '/', MaxKeys: 1, Marker: marker });
      pages.push([...page.keys, ...page.prefixes].join());
      marker = page.NextMarker;
    }
    expect(pages).toEqual(['asdf', 'boo/', 'cquux/']);
    expect(await v1(bucket, { Delimiter: '/', MaxKeys: 2, Marker: 'boo/' })).toMatchObject({ prefixes: ['cquux/'], IsTruncated: false });
  });
});

describe('pages', () => {
  const keys = ['bar', 'baz', 'foo', 'quxx'];

  it('hold what max-keys says, from none to a thousand', async () => {
    const bucket = await bucketOf(...keys);
    expect(await v1(bucket, { MaxKeys: 0 })).toMatchObject({ keys: [], IsTruncated: false, MaxKeys: 0 });
    expect(await v2(bucket, { MaxKeys: 0 })).toMatchObject({ keys: [], IsTruncated: false, KeyCount: 0 });
    expect(await v1(bucket, { MaxKeys: 1 })).toMatchObject({ keys: ['bar'], IsTruncated: true });
    expect(await v2(bucket, { MaxKeys: 4 })).toMatchObject({ keys, IsTruncated: false });
    expect(await v1(bucket, { MaxKeys: 1001 })).toMatchObject({ keys, MaxKeys: 1000 });
    for (const value of ['blah', '-1', '1.5', '2147483648000']) {
      expect([value, await rawCode(bucket, { 'max-keys': value })]).toEqual([value, '400 InvalidArgument']);
    }
    expect(await rawCode(bucket, { 'max-keys': '' })).toBe('200');
  });

  it('begin behind their marker, whether there is such a key or not', async () => {
    const bucket = await bucketOf(...keys);
    for (const [marker, rest] of [
      ['', keys],
      ['baz', ['foo', 'quxx']],
      ['blah', ['foo', 'quxx']],
      ['zzz', []],
      ['aaa', keys],
      ['\n', keys],
    ] as const) {
      expect((await v1(bucket, { Marker: marker })).keys).toEqual(rest);
      expect((await v2(bucket, { StartAfter: marker })).keys).toEqual(rest);
    }
    expect((await v1(bucket, { Marker: 'baz' })).Marker).toBe('baz');
    expect((await v2(bucket, { StartAfter: 'baz' })).StartAfter).toBe('baz');
  });

  it('go on where they were, also when the key they ended with is gone or others came', async () => {
    const bucket = await bucketOf('a', 'b', 'c', 'd');
    const first = await v2(bucket, { MaxKeys: 2 });
    const firstV1 = await v1(bucket, { MaxKeys: 2 });
    await bench.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'b' }));
    await bench.put('b2', 'x', { Bucket: bucket });
    expect((await v2(bucket, { MaxKeys: 2, ContinuationToken: first.NextContinuationToken })).keys).toEqual(['b2', 'c']);
    expect((await v1(bucket, { MaxKeys: 2, Marker: firstV1.keys.at(-1) })).keys).toEqual(['b2', 'c']);
  });

  it('prefer the token to start-after, and take an empty token for none', async () => {
    const bucket = await bucketOf(...keys);
    const first = await v2(bucket, { StartAfter: 'bar', MaxKeys: 1 });
    const next = await v2(bucket, { StartAfter: 'bar', ContinuationToken: first.NextContinuationToken });
    expect([first.keys, next.keys, next.ContinuationToken]).toEqual([['baz'], ['foo', 'quxx'], first.NextContinuationToken]);
    expect(await v2(bucket, { ContinuationToken: '' })).toMatchObject({ keys, IsTruncated: false });
    expect(await s3ErrorOf(v2(bucket, { ContinuationToken: 'made up' }))).toBe('400 InvalidArgument');
  });

  it('name owners when asked to', async () => {
    const bucket = await bucketOf(...keys);
    expect((await v2(bucket)).contents[0]?.Owner).toBeUndefined();
    expect((await v2(bucket, { FetchOwner: true })).contents[0]?.Owner).toEqual({ ID: 'stub', DisplayName: 'stub' });
    const { Contents } = await bench.s3.send(new ListObjectsCommand({ Bucket: bucket }));
    expect(Contents?.[0]?.Owner?.ID).toBe('stub');
  });
});

describe('names', () => {
  it('come in the order of their bytes, whatever their script', async () => {
    const names = ['Z', 'a', 'z', 'é', 'ß', '中', '\uFF21', '😀', 'a/', 'a b', 'a+b', 'a%b', 'a-', 'a0'];
    const bucket = await bucketOf(...names);
    const sorted = names.toSorted((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
    expect((await v2(bucket)).keys).toEqual(sorted);
    expect((await v1(bucket)).keys).toEqual(sorted);
    const versions = await bench.s3.send(new ListObjectVersionsCommand({ Bucket: bucket }));
    expect(versions.Versions?.map(({ Key }) => Key)).toEqual(sorted);
  });

  it('are percent-encoded with encoding-type=url, in every field that holds one', async () => {
    const bucket = await bucketOf('foo+1/bar', 'foo/bar/xyzzy', 'quux ab/thud', 'asdf+b', 'ü/\u00a0');
    const xml = await raw(bucket, { 'encoding-type': 'url', delimiter: '/', 'max-keys': '4', marker: 'a b', prefix: '' });
    for (const part of [
      '<EncodingType>url</EncodingType>',
      '<Key>asdf%2Bb</Key>',
      '<Prefix>foo%2B1/</Prefix>',
      '<Prefix>quux%20ab/</Prefix>',
      '<Marker>a%20b</Marker>',
      '<Delimiter>/</Delimiter>',
    ]) {
      expect(xml).toContain(part);
    }
    const second = await raw(bucket, { 'list-type': '2', 'encoding-type': 'url', prefix: 'ü/', 'start-after': 'ü' });
    expect(second).toContain('<Prefix>%C3%BC/</Prefix>');
    expect(second).toContain('<StartAfter>%C3%BC</StartAfter>');
    expect(second).toContain('<Key>%C3%BC/%C2%A0</Key>');
    expect(await rawCode(bucket, { 'encoding-type': 'base64' })).toBe('400 InvalidArgument');
  });

  it('of unfinished uploads page by key and id', async () => {
    const bucket = await bucketOf('uploads here');
    const ids: (string | undefined)[] = [];
    for (const Key of ['b', 'a', 'b', 'c/1', 'c/2']) {
      ids.push((await bench.s3.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key }))).UploadId);
    }
    const seen: string[] = [];
    let markers: { KeyMarker?: string; UploadIdMarker?: string } = {};
    for (let more = true; more;) {
      const page = await bench.s3.send(new ListMultipartUploadsCommand({ Bucket: bucket, MaxUploads: 2, ...markers }));
      seen.push(...(page.Uploads ?? []).map(({ Key, UploadId }) => `${Key} ${UploadId}`));
      markers = { KeyMarker: page.NextKeyMarker ?? '', UploadIdMarker: page.NextUploadIdMarker ?? '' };
      more = page.IsTruncated ?? false;
    }
    expect(seen.map((entry) => entry.split(' ')[0])).toEqual(['a', 'b', 'b', 'c/1', 'c/2']);
    expect(new Set(seen.map((entry) => entry.split(' ')[1]))).toEqual(new Set(ids));
    const grouped = await bench.s3.send(new ListMultipartUploadsCommand({ Bucket: bucket, Delimiter: '/' }));
    expect(grouped.CommonPrefixes).toEqual([{ Prefix: 'c/' }]);
    expect(grouped.Uploads?.map(({ Key }) => Key)).toEqual(['a', 'b', 'b']);
    expect(await rawCode(bucket, { uploads: '', 'max-uploads': 'x' })).toBe('400 InvalidArgument');
  });
});

describe('buckets', () => {
  it('are listed in pages and by prefix', async () => {
    for (const name of ['page-a', 'page-b', 'page-c']) await bench.s3.send(new CreateBucketCommand({ Bucket: name }));
    const first = await bench.s3.send(new ListBucketsCommand({ Prefix: 'page-', MaxBuckets: 2 }));
    expect(first.Buckets?.map(({ Name }) => Name)).toEqual(['page-a', 'page-b']);
    const rest = await bench.s3.send(new ListBucketsCommand({ Prefix: 'page-', ContinuationToken: first.ContinuationToken }));
    expect(rest.Buckets?.map(({ Name }) => Name)).toEqual(['page-c']);
    expect(rest.ContinuationToken).toBeUndefined();
  });
});

async function raw(bucket: string, query: Record<string, string>): Promise<string> {
  const { url, headers } = signRequest(bench.server.url, { method: 'GET', path: `/s3/${bucket}`, query });
  return (await fetch(url, { headers })).text();
}

async function rawCode(bucket: string, query: Record<string, string>): Promise<string> {
  const { url, headers } = signRequest(bench.server.url, { method: 'GET', path: `/s3/${bucket}`, query });
  const response = await fetch(url, { headers });
  return `${response.status} ${/<Code>(\w+)</.exec(await response.text())?.[1] ?? ''}`.trim();
}
