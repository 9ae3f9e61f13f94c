import { createHash, randomBytes } from 'node:crypto';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { check } from '../check.ts';
import { holds, like, same } from '../assert.ts';
import { bytesOf, denied, offered, s3Of } from '../s3.ts';

const TREE = ['a.txt', 'b.txt', 'dir/c.txt', 'dir/deep/d.txt', 'z.txt'];

export const s3ObjectChecks = [
  check('S3: a bucket is created, found, listed and deleted', 'full', async (world) => {
    const s3 = await s3Of(world);
    const Bucket = world.name('s3');
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new HeadBucketCommand({ Bucket }));
    const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
    holds(
      Buckets.some(({ Name }) => Name === Bucket),
      'the bucket is listed',
    );
    await s3.send(new GetBucketLocationCommand({ Bucket }));
    await denied(s3.send(new CreateBucketCommand({ Bucket })), 409);
    await s3.send(new DeleteBucketCommand({ Bucket }));
    await denied(s3.send(new HeadBucketCommand({ Bucket })), 404);
  }),
  check('S3: versioning of a bucket can be asked for', 'full', async (world) => {
    const s3 = await s3Of(world);
    const { Status } = await offered(s3.send(new GetBucketVersioningCommand({ Bucket: await world.bucket() })));
    same(Status === undefined || Status === 'Suspended', true, `status ${Status}`);
  }),
  ...[0, 5, 70_000, 6_000_000].map((size) =>
    check(`S3: ${size} bytes come back with their headers`, 'full', async (world) => {
      const s3 = await s3Of(world);
      const at = { Bucket: await world.bucket(), Key: 'dir/x' };
      const body = randomBytes(size);
      const ETag = `"${createHash('md5').update(body).digest('hex')}"`;
      const put = await s3.send(
        new PutObjectCommand({ ...at, Body: body, ContentType: 'image/x', CacheControl: 'max-age=9', Metadata: { colour: 'red' } }),
      );
      same(put.ETag, ETag, 'ETag of the upload');
      const got = await s3.send(new GetObjectCommand(at));
      like(got, { ContentLength: size, ContentType: 'image/x', CacheControl: 'max-age=9', ETag, Metadata: { colour: 'red' } });
      holds((await bytesOf(got.Body)).equals(body), 'the bytes are the same');
      like(await s3.send(new HeadObjectCommand(at)), { ContentLength: size, ContentType: 'image/x', ETag });
    }),
  ),
  check('S3 and REST see the same objects', 'full', async (world) => {
    const s3 = await s3Of(world);
    const Bucket = await world.bucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: 'by-s3', Body: 'one', ContentType: 'text/plain' }));
    await world.put(Bucket, 'by-rest', 'two');
    same((await world.request('GET', `/object/${Bucket}/by-s3`)).text, 'one');
    same((await bytesOf((await s3.send(new GetObjectCommand({ Bucket, Key: 'by-rest' }))).Body)).toString(), 'two');
  }),
  check('S3: ranges', 'full', async (world) => {
    const s3 = await s3Of(world);
    const at = { Bucket: await world.bucket(), Key: 'x' };
    await s3.send(new PutObjectCommand({ ...at, Body: 'hello wide world' }));
    const part = await s3.send(new GetObjectCommand({ ...at, Range: 'bytes=6-9' }));
    same([part.$metadata.httpStatusCode, part.ContentRange, (await bytesOf(part.Body)).toString()], [206, 'bytes 6-9/16', 'wide']);
    await denied(s3.send(new GetObjectCommand({ ...at, Range: 'bytes=99-' })), 416, 'InvalidRange');
  }),
  check('S3: conditional reads', 'full', async (world) => {
    const s3 = await s3Of(world);
    const at = { Bucket: await world.bucket(), Key: 'x' };
    const { ETag } = await s3.send(new PutObjectCommand({ ...at, Body: 'x' }));
    same((await bytesOf((await s3.send(new GetObjectCommand({ ...at, IfMatch: ETag }))).Body)).toString(), 'x');
    await denied(s3.send(new GetObjectCommand({ ...at, IfNoneMatch: ETag })), 304);
    await denied(s3.send(new GetObjectCommand({ ...at, IfMatch: '"other"' })), 412);
  }),
  check('S3: response headers may be overridden', 'full', async (world) => {
    const s3 = await s3Of(world);
    const at = { Bucket: await world.bucket(), Key: 'x' };
    await s3.send(new PutObjectCommand({ ...at, Body: 'x', ContentType: 'text/plain' }));
    const got = await offered(s3.send(new GetObjectCommand({ ...at, ResponseContentDisposition: 'attachment; filename="n"' })));
    same([got.ContentDisposition, (await bytesOf(got.Body)).toString()], ['attachment; filename="n"', 'x']);
  }),
  check('S3: a missing key and a missing bucket have their codes', 'full', async (world) => {
    const s3 = await s3Of(world);
    const Bucket = await world.bucket();
    await denied(s3.send(new GetObjectCommand({ Bucket, Key: 'none' })), 404, 'NoSuchKey');
    await denied(s3.send(new ListObjectsV2Command({ Bucket: world.name('missing') })), 404, 'NoSuchBucket');
  }),
  check('S3: a copy keeps metadata, or replaces it when told', 'full', async (world) => {
    const s3 = await s3Of(world);
    const Bucket = await world.bucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: 'from', Body: 'text', ContentType: 'text/x', Metadata: { a: '1' } }));
    const CopySource = `${Bucket}/from`;
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'kept', CopySource }));
    like(await s3.send(new HeadObjectCommand({ Bucket, Key: 'kept' })), { ContentType: 'text/x', Metadata: { a: '1' } });
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'new', CopySource, MetadataDirective: 'REPLACE', ContentType: 'text/y' }));
    like(await s3.send(new HeadObjectCommand({ Bucket, Key: 'new' })), { ContentType: 'text/y' });
    same((await bytesOf((await s3.send(new GetObjectCommand({ Bucket, Key: 'new' }))).Body)).toString(), 'text');
    await denied(s3.send(new CopyObjectCommand({ Bucket, Key: 'x', CopySource: `${Bucket}/none` })), 404);
  }),
  check('S3: objects are deleted one or many at a time, missing ones included', 'full', async (world) => {
    const s3 = await s3Of(world);
    const Bucket = await world.bucket();
    for (const Key of ['a', 'b', 'c']) await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'none' }));
    const { Errors = [] } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'b' }, { Key: 'none' }] } }));
    same(Errors, []);
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
    same(
      Contents.map(({ Key }) => Key),
      ['c'],
    );
  }),
  check('S3: ListObjectsV2 walks by token, prefix and delimiter', 'full', async (world) => {
    const s3 = await s3Of(world);
    const Bucket = await world.bucket();
    for (const key of TREE) await world.put(Bucket, key, key);
    const keys: (string | undefined)[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 2, ContinuationToken }));
      keys.push(...(page.Contents ?? []).map(({ Key }) => Key));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined && keys.length < 100);
    same(keys, TREE);
    const root = await s3.send(new ListObjectsV2Command({ Bucket, Delimiter: '/' }));
    same([root.Contents?.map(({ Key }) => Key), root.CommonPrefixes?.map(({ Prefix }) => Prefix)], [['a.txt', 'b.txt', 'z.txt'], ['dir/']]);
    const inside = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'dir/', StartAfter: 'dir/c.txt' }));
    same(
      inside.Contents?.map(({ Key }) => Key),
      ['dir/deep/d.txt'],
    );
  }),
  check('S3: ListObjects version 1 walks by marker', 'full', async (world) => {
    const s3 = await s3Of(world);
    const Bucket = await world.bucket();
    for (const key of TREE) await world.put(Bucket, key, key);
    const first = await s3.send(new ListObjectsCommand({ Bucket, MaxKeys: 3 }));
    same([first.Contents?.map(({ Key }) => Key), first.IsTruncated], [TREE.slice(0, 3), true]);
    const rest = await s3.send(new ListObjectsCommand({ Bucket, Marker: 'dir/c.txt' }));
    same([rest.Contents?.map(({ Key }) => Key), rest.IsTruncated], [TREE.slice(3), false]);
  }),
  check('S3: an object without tags has an empty set', 'full', async (world) => {
    const s3 = await s3Of(world);
    const at = { Bucket: await world.bucket(), Key: 'x' };
    await s3.send(new PutObjectCommand({ ...at, Body: 'x' }));
    same((await offered(s3.send(new GetObjectTaggingCommand(at)))).TagSet, []);
  }),
];
