import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { s3ErrorOf, type S3Bench, startS3Bench } from '../../../testing/s3.ts';
import { type SignInput, signRequest } from '../../../testing/sign-s3.ts';

let s3: S3Bench['s3'];
let put: S3Bench['put'];
let read: S3Bench['read'];
let bench: S3Bench;
const Bucket = 'main';

beforeAll(async () => {
  bench = await startS3Bench();
  ({ s3, put, read } = bench);
});
afterAll(() => bench.stop());

const head = (Key: string, extra = {}) => s3.send(new HeadObjectCommand({ Bucket, Key, ...extra }));

const readWhen = (extra: object) => s3ErrorOf(read('cond', extra));
const deleteIf = (Key: string, IfMatch: string) => s3ErrorOf(s3.send(new DeleteObjectCommand({ Bucket, Key, IfMatch })));
const objects = (count: number) => Array.from({ length: count }, (_, at) => ({ Key: `many/${at}` }));
const remove = (Objects: { Key: string }[], Quiet = false) => s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet } }));
const post = (body: string, headers: Record<string, string> = {}) =>
  ask({ method: 'POST', path: '/s3/main', query: { delete: '' }, body, headers });
const tag = (count: number, keyLength = 1, valueLength = 1) =>
  Array.from({ length: count }, (_, at) => ({ Key: `${at}`.padEnd(keyLength, 'k'), Value: 'v'.repeat(valueLength) }));
const set = (TagSet: { Key: string; Value: string }[]) =>
  s3ErrorOf(s3.send(new PutObjectTaggingCommand({ Bucket, Key: 'tagged', Tagging: { TagSet } })));

interface Raw {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** `"404 NoSuchKey"`, or the status alone. */
  readonly code: string;
}

async function ask(input: Partial<SignInput> & { readonly method: string }): Promise<Raw> {
  const { url, method, headers, body } = signRequest(bench.server.url, { path: '/s3/main/o', ...input });
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    code: `${response.status} ${/<Code>(\w+)</.exec(text)?.[1] ?? ''}`.trim(),
  };
}

describe('an object', () => {
  it('keeps the headers it was written with', async () => {
    const Expires = new Date('2030-01-02T03:04:05Z');
    const described = {
      CacheControl: 'public, max-age=14400',
      ContentDisposition: 'attachment; filename="a b.txt"',
      ContentEncoding: 'gzip',
      ContentLanguage: 'de, en',
      ContentType: 'text/x-special; charset=utf-8',
    };
    await put('headers', 'x', { ...described, Expires });
    expect(await head('headers')).toMatchObject({ ...described, ExpiresString: Expires.toUTCString() });
    await put('headers', 'x');
    const plain = await head('headers');
    expect([plain.ContentEncoding, plain.ContentDisposition, plain.ContentLanguage, plain.ExpiresString]).toEqual(Array(4).fill(undefined));
    expect(plain.ContentType).toBe('application/octet-stream');
  });

  it('keeps metadata of any text, also none, and all of it is replaced by the next write', async () => {
    for (const value of [
      'mymeta',
      '',
      ' spaces within ',
      'Hello Wörld',
      `=?UTF-8?B?${Buffer.from('日本語').toString('base64')}?=`,
      'a=?b',
      '=?utf-8?b?eA==?=',
      '100%',
    ]) {
      await put('meta', 'x', { Metadata: { meta1: value.trim() } });
      const { Metadata } = await head('meta');
      expect(decodeWords(Metadata?.['meta1'] ?? 'none')).toBe(decodeWords(value.trim()));
    }
    await put('meta', 'x', { Metadata: { a: '1', b: '2' } });
    await put('meta', 'x', { Metadata: { c: '3' } });
    expect((await head('meta')).Metadata).toEqual({ c: '3' });
    await put('meta', 'x');
    expect((await head('meta')).Metadata).toEqual({});
    expect(await s3ErrorOf(put('meta', 'x', { Metadata: { big: 'x'.repeat(2100) } }))).toBe('400 MetadataTooLarge');
  });

  it('has the entity tag of its bytes, and tells its size on HEAD', async () => {
    expect((await put('tag', 'bar')).ETag).toBe('"37b51d194a7513e45b56f6524f2d51f2"');
    expect(await head('tag')).toMatchObject({ ContentLength: 3, ETag: '"37b51d194a7513e45b56f6524f2d51f2"' });
    await put('tag', '');
    expect(await head('tag')).toMatchObject({ ContentLength: 0, ETag: '"d41d8cd98f00b204e9800998ecf8427e"' });
  });

  it('is sent by range as HTTP defines it', async () => {
    await put('range', 'testcontent');
    const ranged = async (Range: string) => {
      const { ContentRange, ContentLength } = await s3.send(new GetObjectCommand({ Bucket, Key: 'range', Range }));
      return `${await read('range', { Range })} ${ContentRange} ${ContentLength}`;
    };
    expect(await ranged('bytes=4-7')).toBe('cont bytes 4-7/11 4');
    expect(await ranged('bytes=4-')).toBe('content bytes 4-10/11 7');
    expect(await ranged('bytes=-7')).toBe('content bytes 4-10/11 7');
    expect(await ranged('bytes=-100')).toBe('testcontent bytes 0-10/11 11');
    expect(await ranged('bytes=10-99')).toBe('t bytes 10-10/11 1');
    for (const range of ['bytes=40-50', 'bytes=11-', 'bytes=-0']) {
      expect([range, await s3ErrorOf(read('range', { Range: range }))]).toEqual([range, '416 InvalidRange']);
    }
    await put('empty', '');
    expect(await s3ErrorOf(read('empty', { Range: 'bytes=40-50' }))).toBe('416 InvalidRange');
  });

  it('answers with the headers a signed request overrides', async () => {
    await put('over', 'x', { ContentType: 'text/plain' });
    const answer = await s3.send(
      new GetObjectCommand({
        Bucket,
        Key: 'over',
        ResponseCacheControl: 'no-cache',
        ResponseContentDisposition: 'bla',
        ResponseContentEncoding: 'aaa',
        ResponseContentLanguage: 'esperanto',
        ResponseContentType: 'foo/bar',
        ResponseExpires: new Date(123_000),
      }),
    );
    expect(answer).toMatchObject({
      CacheControl: 'no-cache',
      ContentDisposition: 'bla',
      ContentEncoding: 'aaa',
      ContentLanguage: 'esperanto',
      ContentType: 'foo/bar',
      ExpiresString: 'Thu, 01 Jan 1970 00:02:03 GMT',
    });
    await answer.Body?.transformToString();
    expect((await head('over')).ContentType).toBe('text/plain');
  });

  it('is read under every condition of HTTP', async () => {
    const { ETag = '' } = await put('cond', 'bar');
    const [past, future] = [new Date(0), new Date(Date.now() + 3_600_000)];
    expect(await readWhen({ IfMatch: ETag })).toBe('no error');
    expect(await readWhen({ IfMatch: '"ABCORZ"' })).toBe('412 PreconditionFailed');
    expect(await readWhen({ IfMatch: '*' })).toBe('no error');
    expect(await readWhen({ IfNoneMatch: '"ABCORZ"' })).toBe('no error');
    expect(await statusOf({ 'if-none-match': ETag })).toBe(304);
    expect(await statusOf({ 'if-none-match': '*' })).toBe(304);
    expect(await readWhen({ IfModifiedSince: past })).toBe('no error');
    expect(await statusOf({ 'if-modified-since': new Date(Date.now() + 1000).toUTCString() })).toBe(304);
    expect(await readWhen({ IfUnmodifiedSince: past })).toBe('412 PreconditionFailed');
    expect(await readWhen({ IfUnmodifiedSince: future })).toBe('no error');
    // An entity tag decides over a date.
    expect(await readWhen({ IfMatch: ETag, IfUnmodifiedSince: past })).toBe('no error');
    expect(await statusOf({ 'if-none-match': ETag, 'if-modified-since': past.toUTCString() })).toBe(304);
  });
});

async function statusOf(headers: Record<string, string>): Promise<number> {
  return (await ask({ method: 'GET', path: '/s3/main/cond', headers })).status;
}

/** The SDK shows RFC 2047 words as they came. */
function decodeWords(text: string): string {
  return text.replaceAll(/=\?utf-8\?b\?([A-Za-z0-9+/=]*)\?=/gi, (_, base64: string) => Buffer.from(base64, 'base64').toString('utf8'));
}

describe('a conditional write', () => {
  it('happens when the object is as it says, and only then', async () => {
    const { ETag = '' } = await put('cw', 'one');
    const outcome = (Key: string, extra: object) => s3ErrorOf(put(Key, 'two', extra));
    expect(await outcome('cw', { IfNoneMatch: '*' })).toBe('412 PreconditionFailed');
    expect(await outcome('cw', { IfMatch: '"ABCORZ"' })).toBe('412 PreconditionFailed');
    expect(await read('cw')).toBe('one');
    expect(await outcome('cw', { IfMatch: ETag })).toBe('no error');
    expect(await outcome('cw', { IfMatch: '*' })).toBe('no error');
    expect(await outcome('cw-none', { IfMatch: '*' })).toBe('404 NoSuchKey');
    expect(await outcome('cw-none', { IfMatch: ETag })).toBe('404 NoSuchKey');
    expect(await outcome('cw-none', { IfNoneMatch: '*' })).toBe('no error');
    expect(await outcome('cw', { IfNoneMatch: '"ABCORZ"' })).toBe('501 NotImplemented');
  });

  it('deletes likewise', async () => {
    const { ETag = '' } = await put('cd', 'one');
    expect(await deleteIf('cd', '"ABCORZ"')).toBe('412 PreconditionFailed');
    expect(await read('cd')).toBe('one');
    expect(await deleteIf('cd', ETag)).toBe('no error');
    expect(await deleteIf('cd', '*')).toBe('404 NoSuchKey');
  });
});

describe('deleting many', () => {
  it('says what is gone, or with Quiet only what is not', async () => {
    for (const { Key } of objects(3)) await put(Key, 'x');
    const told = await remove([...objects(3), { Key: 'many/missing' }]);
    expect([told.Deleted?.map(({ Key }) => Key), told.Errors]).toEqual([['many/0', 'many/1', 'many/2', 'many/missing'], undefined]);
    const quiet = await remove(objects(3), true);
    expect([quiet.Deleted, quiet.Errors]).toEqual([undefined, undefined]);
  });

  it('takes a thousand keys and not one more', async () => {
    expect((await remove(objects(1000))).Deleted).toHaveLength(1000);
    expect(await s3ErrorOf(remove(objects(1001)))).toBe('400 MalformedXML');
  });

  it('needs a document with an entity tag, checksum and form that are right', async () => {
    const good = '<Delete><Object><Key>many/x</Key></Object></Delete>';
    expect((await post(good)).code).toBe('200');
    expect((await post(good, { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' })).code).toBe('400 BadDigest');
    expect((await post(good, { 'x-amz-checksum-crc32': 'AAAAAA==' })).code).toBe('400 BadDigest');
    for (const body of [
      '',
      '<Delete/>',
      '<Delete><Object/></Delete>',
      good.slice(0, -1),
      '{}',
      '<Delete><Object><Key></Key></Object></Delete>',
    ]) {
      expect([body, (await post(body)).code]).toEqual([body, '400 MalformedXML']);
    }
  });
});

describe('tags', () => {
  it('keep to the limits of S3', async () => {
    await put('tagged', 'x');
    expect(await set(tag(10, 128, 256))).toBe('no error');
    expect((await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'tagged' }))).TagSet).toHaveLength(10);
    expect(await set(tag(11))).toBe('400 InvalidTag');
    expect(await set(tag(1, 129))).toBe('400 InvalidTag');
    expect(await set(tag(1, 1, 257))).toBe('400 InvalidTag');
    expect(await set([...tag(1), ...tag(1)])).toBe('400 InvalidTag');
    expect((await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'tagged' }))).TagSet).toHaveLength(10);
  });

  it('come with a write too, encoded like a query, and go with the next one', async () => {
    await put('tagged', 'x', { Tagging: 'foo=bar&empty=&sp%20ace=%C3%BC%2B' });
    expect((await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'tagged' }))).TagSet).toEqual([
      { Key: 'foo', Value: 'bar' },
      { Key: 'empty', Value: '' },
      { Key: 'sp ace', Value: 'ü+' },
    ]);
    expect(
      await s3ErrorOf(
        put('tagged', 'y', {
          Tagging: tag(11)
            .map(({ Key, Value }) => `${Key}=${Value}`)
            .join('&'),
        }),
      ),
    ).toBe('400 InvalidTag');
    expect(await read('tagged')).toBe('x');
    await put('tagged', 'y');
    expect((await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'tagged' }))).TagSet).toEqual([]);
    expect(await s3ErrorOf(s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'none' })))).toBe('404 NoSuchKey');
  });
});

describe('requests out of the ordinary', () => {
  it('name themselves in their errors', async () => {
    const { headers, text, code } = await ask({ method: 'GET', path: '/s3/main/none' });
    expect(code).toBe('404 NoSuchKey');
    expect(/<RequestId>(.*?)</.exec(text)?.[1]).toBe(headers.get('x-amz-request-id'));
    expect(headers.get('content-type')).toBe('application/xml');
  });

  it('are refused as S3 refuses them', async () => {
    const md5 = (value: string) => ask({ method: 'PUT', body: 'x', headers: { 'content-md5': value } });
    expect((await md5('YWJyYWNhZGFicmE=')).code).toBe('400 InvalidDigest');
    expect((await md5('')).code).toBe('400 InvalidDigest');
    expect((await md5('rL0Y20zC+Fzt72VPzMSk2A==')).code).toBe('400 BadDigest');
    expect((await ask({ method: 'PUT', body: 'x', headers: { 'x-amz-storage-class': 'GLACIER' } })).code).toBe('400 InvalidStorageClass');
    expect((await ask({ method: 'PUT', body: 'x', headers: { 'x-amz-website-redirect-location': '/a' } })).code).toBe('501 NotImplemented');
    expect((await ask({ method: 'PUT', path: '/s3/nowhere/o', body: 'x' })).code).toBe('404 NoSuchBucket');
    expect((await ask({ method: 'GET', path: '/s3/nowhere/o' })).code).toBe('404 NoSuchBucket');
    expect((await ask({ method: 'PUT', path: `/s3/main/${'k'.repeat(1025)}`, body: 'x' })).code).toBe('400 KeyTooLongError');
    expect((await ask({ method: 'PUT', path: `/s3/main/${'k'.repeat(1024)}`, body: 'x' })).code).toBe('200');
    expect((await ask({ method: 'POST', path: '/s3/main/o' })).code).toBe('501 NotImplemented');
  });

  it('to names in every script and with every mark reach the object they name', async () => {
    for (const Key of [
      ' ',
      '_',
      '__',
      '?versionId',
      'a//b',
      '/lead',
      'trail/',
      '#',
      '%25',
      '+',
      'a&b=c',
      "it's",
      '"',
      '\u00e9',
      'e\u0301',
      '🙂',
      '\\',
      '<&>',
    ]) {
      await put(Key, Key);
      expect(await read(Key)).toBe(Key);
    }
    expect(await s3ErrorOf(s3.send(new PutObjectCommand({ Bucket, Key: 'a/../b', Body: 'x' })))).toMatch(/^40[03] /);
  });
});
