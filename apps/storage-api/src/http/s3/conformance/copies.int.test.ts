import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  CreateBucketCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { s3ErrorOf, type S3Bench, startS3Bench } from '../../../testing/s3.ts';

let s3: S3Bench['s3'];
let put: S3Bench['put'];
let read: S3Bench['read'];
let stop: S3Bench['stop'];
const Bucket = 'main';

beforeAll(async () => {
  ({ s3, put, read, stop } = await startS3Bench());
  await s3.send(new CreateBucketCommand({ Bucket: 'second' }));
});
afterAll(() => stop());

const copy = (CopySource: string, Key: string, extra: Partial<CopyObjectCommandInput> = {}) =>
  s3.send(new CopyObjectCommand({ Bucket, CopySource, Key, ...extra }));
const tagsOf = async (Key: string) => (await s3.send(new GetObjectTaggingCommand({ Bucket, Key }))).TagSet;
const copyWhen = (extra: Partial<CopyObjectCommandInput>) => s3ErrorOf(copy('main/when', 'then', extra));
const head = (Key: string) => s3.send(new HeadObjectCommand({ Bucket, Key }));

describe('a copy', () => {
  it('has the bytes, also none and many, within and across buckets', async () => {
    const big = 'ü'.repeat(3_000_000);
    for (const body of ['', 'foo', big]) {
      await put('src', body);
      const { CopyObjectResult } = await copy('main/src', 'dst');
      expect([CopyObjectResult?.ETag, (await read('dst')) === body]).toEqual([(await head('src')).ETag, true]);
    }
    await copy('/main/src', 'dst', { Bucket: 'second' });
    expect((await read('dst', { Bucket: 'second' })) === big).toBe(true);
  });

  it('finds its source however it is encoded', async () => {
    for (const key of ['a b', 'ü/é', '?versionId', 'a+b', '100%', '#&=']) {
      await put(key, key);
      await copy(`main/${key.split('/').map(encodeURIComponent).join('/')}`, 'found');
      expect(await read('found')).toBe(key);
      await copy(encodeURIComponent(`main/${key}`), 'found2');
      expect(await read('found2')).toBe(key);
    }
  });

  it('keeps headers, metadata and tags, or takes those of the request', async () => {
    await put('rich', 'x', { ContentType: 'audio/ogg', CacheControl: 'no-store', Metadata: { a: '1' }, Tagging: 't=1' });
    await copy('main/rich', 'kept');
    expect(await head('kept')).toMatchObject({ ContentType: 'audio/ogg', CacheControl: 'no-store', Metadata: { a: '1' } });
    expect(await tagsOf('kept')).toEqual([{ Key: 't', Value: '1' }]);
    await copy('main/rich', 'new', { MetadataDirective: 'REPLACE', ContentType: 'audio/mpeg', Metadata: { b: '2' } });
    expect(await head('new')).toMatchObject({ ContentType: 'audio/mpeg', Metadata: { b: '2' } });
    expect(await tagsOf('new')).toEqual([{ Key: 't', Value: '1' }]);
    await copy('main/rich', 'retagged', { TaggingDirective: 'REPLACE', Tagging: 'u=2' });
    expect(await tagsOf('retagged')).toEqual([{ Key: 'u', Value: '2' }]);
  });

  it('onto itself must change something', async () => {
    await put('self', 'x', { Metadata: { a: '1' } });
    expect(await s3ErrorOf(copy('main/self', 'self'))).toBe('400 InvalidRequest');
    expect(await s3ErrorOf(copy('main/self', 'self', { MetadataDirective: 'REPLACE', Metadata: { b: '2' } }))).toBe('no error');
    expect((await head('self')).Metadata).toEqual({ b: '2' });
    expect(await read('self')).toBe('x');
  });

  it('is made only while its source is as the request says', async () => {
    const { ETag = '' } = await put('when', 'x');
    const [past, future] = [new Date(0), new Date(Date.now() + 3_600_000)];
    expect(await copyWhen({ CopySourceIfMatch: ETag })).toBe('no error');
    expect(await copyWhen({ CopySourceIfMatch: '"ABCORZ"' })).toBe('412 PreconditionFailed');
    expect(await copyWhen({ CopySourceIfNoneMatch: '"ABCORZ"' })).toBe('no error');
    expect(await copyWhen({ CopySourceIfNoneMatch: ETag })).toBe('412 PreconditionFailed');
    expect(await copyWhen({ CopySourceIfModifiedSince: past })).toBe('no error');
    expect(await copyWhen({ CopySourceIfModifiedSince: future })).toBe('412 PreconditionFailed');
    expect(await copyWhen({ CopySourceIfUnmodifiedSince: past })).toBe('412 PreconditionFailed');
    expect(await copyWhen({ CopySourceIfMatch: ETag, CopySourceIfUnmodifiedSince: past })).toBe('no error');
    expect(await copyWhen({ CopySourceIfNoneMatch: ETag, CopySourceIfModifiedSince: past })).toBe('412 PreconditionFailed');
  });

  it('may be conditional on its target', async () => {
    await put('onto', 'old');
    await put('from', 'new');
    expect(await s3ErrorOf(copy('main/from', 'onto', { IfNoneMatch: '*' }))).toBe('412 PreconditionFailed');
    expect(await read('onto')).toBe('old');
    expect(await s3ErrorOf(copy('main/from', 'fresh', { IfNoneMatch: '*' }))).toBe('no error');
  });

  it('of what is not there, or is named wrongly, is refused', async () => {
    await put('there', 'x');
    for (const [source, outcome] of [
      ['main/none', '404 NoSuchKey'],
      ['none/there', '404 NoSuchBucket'],
      ['main', '400 InvalidArgument'],
      ['main/', '400 InvalidArgument'],
      ['/', '400 InvalidArgument'],
      ['main/there?versionId=', '400 InvalidArgument'],
      ['main/there?acl', '400 InvalidArgument'],
      ['main/%zz', '400 InvalidURI'],
    ] as const) {
      const given = await s3ErrorOf(copy(source, 'target'));
      expect([source, given]).toEqual([
        source,
        source.endsWith('versionId=') ? expect.stringMatching(/^(?:400 |404 NoSuchVersion|no error)/) : outcome,
      ]);
    }
    expect(await s3ErrorOf(copy('main/there', 'target', { Bucket: 'none' }))).toBe('404 NoSuchBucket');
  });
});
