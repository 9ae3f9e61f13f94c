import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  GetBucketAclCommand,
  GetBucketLocationCommand,
  GetObjectAclCommand,
  GetObjectAttributesCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditStore, CLEAN } from '../../testing/audit.ts';
import { s3Client, s3ErrorOf as errorOf, type S3Bench, startS3Bench } from '../../testing/s3.ts';

let server: S3Bench['server'];
let s3: S3Bench['s3'];
let put: S3Bench['put'];
let read: S3Bench['read'];
let stop: S3Bench['stop'];

beforeAll(async () => {
  ({ server, s3, put, read, stop } = await startS3Bench());
});

afterAll(() => stop());

describe('buckets', () => {
  it('are created, listed, described and deleted', async () => {
    const Bucket = 'second';
    await s3.send(new CreateBucketCommand({ Bucket }));
    expect(await errorOf(s3.send(new CreateBucketCommand({ Bucket })))).toBe('409 BucketAlreadyOwnedByYou');
    const { Buckets, Owner } = await s3.send(new ListBucketsCommand({}));
    expect(Buckets?.map(({ Name }) => Name)).toEqual(['main', 'second']);
    expect(Owner?.ID).toBe('stub');
    await s3.send(new HeadBucketCommand({ Bucket }));
    expect((await s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBeUndefined();
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBeUndefined();
    await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }));
    expect(await errorOf(s3.send(new DeleteBucketCommand({ Bucket })))).toBe('409 BucketNotEmpty');
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
    await s3.send(new DeleteBucketCommand({ Bucket }));
    expect(await errorOf(s3.send(new DeleteBucketCommand({ Bucket })))).toBe('404 NoSuchBucket');
    expect(await errorOf(s3.send(new HeadBucketCommand({ Bucket })))).toBe('404 NotFound');
  });

  it('that do not exist give NoSuchBucket', async () => {
    const missing = { Bucket: 'missing' };
    expect(await errorOf(s3.send(new ListObjectsV2Command(missing)))).toBe('404 NoSuchBucket');
    expect(await errorOf(s3.send(new GetObjectCommand({ ...missing, Key: 'k' })))).toBe('404 NoSuchBucket');
    expect(await errorOf(s3.send(new PutObjectCommand({ ...missing, Key: 'k', Body: 'x' })))).toBe('404 NoSuchBucket');
    expect(await errorOf(s3.send(new DeleteObjectCommand({ ...missing, Key: 'k' })))).toBe('404 NoSuchBucket');
    expect(await errorOf(s3.send(new CreateMultipartUploadCommand({ ...missing, Key: 'k' })))).toBe('404 NoSuchBucket');
  });
});

describe('objects', () => {
  it('keep bytes, entity tag, headers and metadata', async () => {
    const Body = randomBytes(100_000);
    const result = await put('dir/full.bin', Body, {
      ContentType: 'text/plain',
      CacheControl: 'max-age=60',
      ContentDisposition: 'attachment; filename="a.bin"',
      ContentLanguage: 'de',
      ContentEncoding: 'gzip',
      Metadata: { color: 'blue', city: 'Köln' },
      Tagging: 'a=1&b=2',
    });
    const etag = `"${createHash('md5').update(Body).digest('hex')}"`;
    expect(result.ETag).toBe(etag);
    const head = await s3.send(new HeadObjectCommand({ Bucket: 'main', Key: 'dir/full.bin', ChecksumMode: 'ENABLED' }));
    expect(head).toMatchObject({
      ETag: etag,
      ContentLength: 100_000,
      ContentType: 'text/plain',
      CacheControl: 'max-age=60',
      ContentDisposition: 'attachment; filename="a.bin"',
      ContentLanguage: 'de',
      ContentEncoding: 'gzip',
      TagCount: 2,
      ChecksumType: 'FULL_OBJECT',
    });
    expect(head.Metadata?.['color']).toBe('blue');
    expect(head.ChecksumCRC32).toMatch(/^.{6}==$/);
    const got = await s3.send(new GetObjectCommand({ Bucket: 'main', Key: 'dir/full.bin' }));
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(Body)).toBe(true);
  });

  it('may be empty, and named by any Unicode', async () => {
    const keys = ['ü/日本語 #1?.txt', 'a+b c%20d', "q!*'();:@&=$,~", 'folder/', 'a//b', '%', '..hidden', 'x'.repeat(1024)];
    for (const key of keys) {
      await put(key, '');
      await put(key, key);
      expect(await read(key)).toBe(key);
    }
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: 'main' }));
    expect(Contents?.map(({ Key }) => Key)).toEqual(expect.arrayContaining(keys));
    const urlEncoded = await s3.send(new ListObjectsV2Command({ Bucket: 'main', EncodingType: 'url' }));
    expect(urlEncoded.Contents?.map(({ Key }) => decodeURIComponent(Key ?? ''))).toEqual(expect.arrayContaining(keys));
    expect(await errorOf(put('x'.repeat(1025), ''))).toBe('400 KeyTooLongError');
    expect(await errorOf(put('a\nb', ''))).toBe('400 InvalidArgument');
  });

  it('are sent by range and with overridden headers', async () => {
    await put('range', '0123456789');
    expect(await read('range', { Range: 'bytes=2-4' })).toBe('234');
    expect(await read('range', { Range: 'bytes=-3' })).toBe('789');
    expect(await read('range', { Range: 'bytes=7-' })).toBe('789');
    expect(await errorOf(read('range', { Range: 'bytes=10-' }))).toBe('416 InvalidRange');
    const overridden = await s3.send(
      new GetObjectCommand({ Bucket: 'main', Key: 'range', ResponseContentType: 'text/css', ResponseCacheControl: 'no-store' }),
    );
    expect([overridden.ContentType, overridden.CacheControl, await overridden.Body?.transformToString()]).toEqual([
      'text/css',
      'no-store',
      '0123456789',
    ]);
    await put('empty', '');
    expect(await read('empty')).toBe('');
  });

  it('are read conditionally', async () => {
    const { ETag = '' } = await put('conditional', 'x');
    expect(await errorOf(read('conditional', { IfMatch: '"other"' }))).toBe('412 PreconditionFailed');
    expect(await read('conditional', { IfMatch: ETag })).toBe('x');
    expect(await errorOf(read('conditional', { IfNoneMatch: ETag }))).toMatch(/^304 /);
    expect(await read('conditional', { IfNoneMatch: '"other"' })).toBe('x');
  });

  it('are written conditionally', async () => {
    await put('create-once', 'first', { IfNoneMatch: '*' });
    expect(await errorOf(put('create-once', 'second', { IfNoneMatch: '*' }))).toBe('412 PreconditionFailed');
    expect(await errorOf(put('create-once', 'second', { IfMatch: '"0"' }))).toBe('412 PreconditionFailed');
    expect(await errorOf(put('never-made', 'x', { IfMatch: '"0"' }))).toBe('404 NoSuchKey');
    const { ETag = '' } = await s3.send(new HeadObjectCommand({ Bucket: 'main', Key: 'create-once' }));
    await put('create-once', 'second', { IfMatch: ETag });
    expect(await read('create-once')).toBe('second');
  });

  it('let exactly one of many racing conditional writers win', async () => {
    const attempts = Array.from({ length: 8 }, (_, index) => errorOf(put('race', `writer ${index}`, { IfNoneMatch: '*' })));
    expect((await Promise.all(attempts)).filter((outcome) => outcome === 'no error')).toHaveLength(1);
    const { ETag = '' } = await s3.send(new HeadObjectCommand({ Bucket: 'main', Key: 'race' }));
    const again = Array.from({ length: 8 }, (_, index) => errorOf(put('race', `again ${index}`, { IfMatch: ETag })));
    expect((await Promise.all(again)).filter((outcome) => outcome === 'no error')).toHaveLength(1);
  });

  it('are deleted one and many, missing ones too', async () => {
    await Promise.all(['del/1', 'del/2', 'del/3'].map((key) => put(key, 'x')));
    await s3.send(new DeleteObjectCommand({ Bucket: 'main', Key: 'del/1' }));
    await s3.send(new DeleteObjectCommand({ Bucket: 'main', Key: 'del/1' }));
    const Objects = ['del/2', 'del/3', 'del/missing'].map((Key) => ({ Key }));
    const result = await s3.send(new DeleteObjectsCommand({ Bucket: 'main', Delete: { Objects } }));
    expect(result.Deleted?.map(({ Key }) => Key)).toEqual(['del/2', 'del/3', 'del/missing']);
    expect((await s3.send(new ListObjectsV2Command({ Bucket: 'main', Prefix: 'del/' }))).KeyCount).toBe(0);
    expect(await errorOf(read('del/1'))).toBe('404 NoSuchKey');
    expect(await errorOf(s3.send(new HeadObjectCommand({ Bucket: 'main', Key: 'del/1' })))).toBe('404 NotFound');
  });

  it('carry tags that can be replaced and removed without touching the bytes', async () => {
    const target = { Bucket: 'main', Key: 'tagged' };
    const { ETag } = await put('tagged', 'bytes', { Tagging: 'a=1' });
    const before = await s3.send(new HeadObjectCommand(target));
    await s3.send(new PutObjectTaggingCommand({ ...target, Tagging: { TagSet: [{ Key: 'b', Value: 'x y&<' }] } }));
    expect((await s3.send(new GetObjectTaggingCommand(target))).TagSet).toEqual([{ Key: 'b', Value: 'x y&<' }]);
    await s3.send(new DeleteObjectTaggingCommand(target));
    expect((await s3.send(new GetObjectTaggingCommand(target))).TagSet).toEqual([]);
    const after = await s3.send(new HeadObjectCommand(target));
    expect([after.ETag, after.LastModified, await read('tagged')]).toEqual([ETag, before.LastModified, 'bytes']);
    expect(await errorOf(s3.send(new GetObjectTaggingCommand({ ...target, Key: 'missing' })))).toBe('404 NoSuchKey');
  });
});

describe('descriptions', () => {
  it('name the owner, and the attributes asked for', async () => {
    await put('described', 'bytes', { ChecksumAlgorithm: 'SHA256' });
    const target = { Bucket: 'main', Key: 'described' };
    const acl = await s3.send(new GetObjectAclCommand(target));
    expect([acl.Owner?.ID, acl.Grants?.map(({ Permission }) => Permission)]).toEqual(['stub', ['FULL_CONTROL']]);
    expect((await s3.send(new GetBucketAclCommand({ Bucket: 'main' }))).Owner?.ID).toBe('stub');
    const attributes = await s3.send(new GetObjectAttributesCommand({ ...target, ObjectAttributes: ['ETag', 'Checksum', 'ObjectSize'] }));
    const sha256 = createHash('sha256').update('bytes').digest('base64');
    expect([attributes.ObjectSize, attributes.Checksum?.ChecksumSHA256, attributes.StorageClass]).toEqual([5, sha256, undefined]);
    expect(attributes.ETag).toBe(createHash('md5').update('bytes').digest('hex'));
  });
});

describe('copies', () => {
  it('keep or replace metadata as directed', async () => {
    await put('copy/ü source', 'bytes', { Metadata: { a: '1' }, ContentType: 'text/css', Tagging: 't=1' });
    const CopySource = `/main/${encodeURIComponent('copy/ü source')}`;
    const target = { Bucket: 'main', Key: 'copy/target' };
    const copied = await s3.send(new CopyObjectCommand({ ...target, CopySource }));
    expect(copied.CopyObjectResult?.ETag).toBe(`"${createHash('md5').update('bytes').digest('hex')}"`);
    expect(await s3.send(new HeadObjectCommand(target))).toMatchObject({ Metadata: { a: '1' }, ContentType: 'text/css', TagCount: 1 });
    await s3.send(
      new CopyObjectCommand({ ...target, CopySource, MetadataDirective: 'REPLACE', Metadata: { b: '2' }, TaggingDirective: 'REPLACE' }),
    );
    const replaced = await s3.send(new HeadObjectCommand(target));
    expect([replaced.Metadata, replaced.ContentType, replaced.TagCount]).toEqual([{ b: '2' }, 'binary/octet-stream', undefined]);
    expect(await read('copy/target')).toBe('bytes');
    await put('copy/ü source', 'changed');
    expect(await read('copy/target')).toBe('bytes');
  });

  it('are refused when illegal, missing or against their condition', async () => {
    await put('copy/self', 'x');
    const target = { Bucket: 'main', Key: 'copy/self' };
    const copy = (CopySource: string, extra: object = {}) => errorOf(s3.send(new CopyObjectCommand({ ...target, CopySource, ...extra })));
    expect(await copy('main/copy/self')).toBe('400 InvalidRequest');
    expect(await copy('main/copy/self', { MetadataDirective: 'REPLACE', Metadata: { x: '1' } })).toBe('no error');
    expect(await copy('main/copy/none')).toBe('404 NoSuchKey');
    expect(await copy('nowhere/none')).toBe('404 NoSuchBucket');
    expect(await copy('nokey')).toBe('400 InvalidArgument');
    expect(await copy('main/copy/target', { CopySourceIfMatch: '"0"' })).toBe('412 PreconditionFailed');
    expect(await copy('main/copy/target', { IfNoneMatch: '*' })).toBe('412 PreconditionFailed');
  });
});

describe('checksums', () => {
  it('of every algorithm are verified, stored and given back', async () => {
    for (const ChecksumAlgorithm of ['CRC32', 'CRC32C', 'SHA1', 'SHA256'] as const) {
      const name = `sum/${ChecksumAlgorithm}`;
      await put(name, 'some bytes', { ChecksumAlgorithm });
      const head = await s3.send(new HeadObjectCommand({ Bucket: 'main', Key: name, ChecksumMode: 'ENABLED' }));
      expect(head[`Checksum${ChecksumAlgorithm}`]).toBeTypeOf('string');
      expect(await read(name, { ChecksumMode: 'ENABLED' })).toBe('some bytes');
    }
  });

  it('work in both modes of the SDK, with streams of known length', async () => {
    const relaxed = s3Client(`${server.url}/s3`, {
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
    const bytes = randomBytes(300_000);
    for (const [index, client] of [s3, relaxed].entries()) {
      const target = { Bucket: 'main', Key: `stream/${index}` };
      const Body = Readable.from([bytes.subarray(0, 1000), bytes.subarray(1000)]);
      await client.send(new PutObjectCommand({ ...target, Body, ContentLength: bytes.length }));
      const { Body: back } = await client.send(new GetObjectCommand(target));
      expect(Buffer.from((await back?.transformToByteArray()) ?? []).equals(bytes)).toBe(true);
      const { ContentEncoding } = await client.send(new HeadObjectCommand(target));
      expect(ContentEncoding).toBeUndefined();
    }
    relaxed.destroy();
  });

  it('that are wrong leave the old object as it was', async () => {
    await put('digest', 'good');
    const wrong: Partial<PutObjectCommand['input']>[] = [
      { ContentMD5: createHash('md5').update('other').digest('base64') },
      { ChecksumCRC32: 'AAAAAA==' },
      { ChecksumCRC32C: 'AAAAAA==' },
      { ChecksumCRC64NVME: 'AAAAAAAAAAA=' },
      { ChecksumSHA1: createHash('sha1').update('other').digest('base64') },
      { ChecksumSHA256: createHash('sha256').update('other').digest('base64') },
    ];
    for (const extra of wrong) expect([extra, await errorOf(put('digest', 'evil', extra))]).toEqual([extra, '400 BadDigest']);
    expect(await errorOf(put('digest', 'evil', { ContentMD5: 'nonsense' }))).toBe('400 InvalidDigest');
    expect(await errorOf(put('digest', 'evil', { ChecksumCRC32: 'short' }))).toBe('400 InvalidRequest');
    expect(await read('digest')).toBe('good');
  });
});

describe('afterwards', () => {
  it('rows and bytes agree', async () => {
    const pool = { query: async (text: string) => ({ rows: await server.sql(text) }) };
    expect(await auditStore(pool, server.storePath, 1)).toEqual(CLEAN);
  });
});
