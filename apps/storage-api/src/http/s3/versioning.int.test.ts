import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  GetBucketVersioningCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandInput,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type S3Bench, s3ErrorOf, s3SessionClient, startS3Bench } from '../../testing/s3.ts';
import { signToken } from '../../testing/server.ts';

const ALICE = '11111111-1111-4111-8111-111111111111';

let bench: S3Bench;
let Bucket: string;
let round = 0;

beforeAll(async () => {
  bench = await startS3Bench();
});
afterAll(() => bench.stop());
beforeEach(async () => {
  Bucket = `kept-${round++}`;
  await bench.server.client().createBucket(Bucket);
  await setStatus('Enabled');
});

const setStatus = (Status: 'Enabled' | 'Suspended') =>
  bench.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
const put = async (Key: string, Body: string) => (await bench.s3.send(new PutObjectCommand({ Bucket, Key, Body }))).VersionId ?? 'none';
const remove = (Key: string, VersionId?: string) => bench.s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
const read = async (Key: string, VersionId?: string) => {
  const { Body } = await bench.s3.send(new GetObjectCommand({ Bucket, Key, VersionId }));
  return Body?.transformToString();
};
const list = (input: Partial<ListObjectVersionsCommandInput> = {}) => bench.s3.send(new ListObjectVersionsCommand({ Bucket, ...input }));

/** What a failed request was answered with, headers included. */
async function failure(work: Promise<unknown>): Promise<{ status: number | undefined; name: string; headers: Record<string, string> }> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error && '$response' in error) {
      const response: unknown = error.$response;
      const isAnswer = typeof response === 'object' && response !== null && 'statusCode' in response && 'headers' in response;
      if (isAnswer) return { status: Number(response.statusCode), name: error.name, headers: Object(response.headers) };
    }
    throw error;
  }
  throw new Error('no error');
}

describe('versioning of a bucket', () => {
  it('is told as AWS tells it: nothing, enabled or suspended', async () => {
    const statusOf = async (name: string) => (await bench.s3.send(new GetBucketVersioningCommand({ Bucket: name }))).Status;
    expect(await statusOf('main')).toBeUndefined();
    expect(await statusOf(Bucket)).toBe('Enabled');
    await setStatus('Suspended');
    expect(await statusOf(Bucket)).toBe('Suspended');
    expect((await bench.server.client().getBucket(Bucket)).data?.versioning_status).toBe('SUSPENDED');
    expect((await bench.put('plain', 'x')).VersionId).toBeUndefined();
    expect((await bench.s3.send(new HeadObjectCommand({ Bucket: 'main', Key: 'plain' }))).VersionId).toBeUndefined();
  });
});

describe('versions', () => {
  it('are named in every answer, and read by their id', async () => {
    const [first, second] = [await put('k', 'one'), await put('k', 'second')];
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(await read('k')).toBe('second');
    expect(await read('k', first)).toBe('one');
    expect((await bench.s3.send(new GetObjectCommand({ Bucket, Key: 'k' }))).VersionId).toBe(second);
    expect(await bench.s3.send(new HeadObjectCommand({ Bucket, Key: 'k', VersionId: first }))).toMatchObject({
      VersionId: first,
      ContentLength: 3,
    });
    const attributes = new GetObjectAttributesCommand({ Bucket, Key: 'k', VersionId: first, ObjectAttributes: ['ObjectSize'] });
    expect(await bench.s3.send(attributes)).toMatchObject({ VersionId: first, ObjectSize: 3 });
    for (const VersionId of ['null', 'missing', '00000000-0000-4000-8000-000000000000', '\u0000'])
      expect(await s3ErrorOf(bench.s3.send(new GetObjectCommand({ Bucket, Key: 'k', VersionId })))).toBe('404 NoSuchVersion');
  });

  it('hide behind delete markers, which answer as such', async () => {
    const first = await put('k', 'one');
    const marker = await remove('k');
    expect(marker).toMatchObject({ DeleteMarker: true, VersionId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    const hidden = await failure(bench.s3.send(new GetObjectCommand({ Bucket, Key: 'k' })));
    expect(hidden).toMatchObject({
      status: 404,
      name: 'NoSuchKey',
      headers: { 'x-amz-delete-marker': 'true', 'x-amz-version-id': marker.VersionId },
    });
    expect((await failure(bench.s3.send(new HeadObjectCommand({ Bucket, Key: 'k' })))).headers['x-amz-delete-marker']).toBe('true');
    for (const request of [new GetObjectCommand({ Bucket, Key: 'k', VersionId: marker.VersionId })]) {
      const refused = await failure(bench.s3.send(request));
      expect(refused).toMatchObject({ status: 405, name: 'MethodNotAllowed', headers: { 'x-amz-delete-marker': 'true', allow: 'DELETE' } });
    }
    expect((await failure(bench.s3.send(new HeadObjectCommand({ Bucket, Key: 'k', VersionId: marker.VersionId })))).status).toBe(405);
    expect(await remove('k', marker.VersionId)).toMatchObject({ DeleteMarker: true, VersionId: marker.VersionId });
    expect(await read('k')).toBe('one');
    expect((await remove('k', first)).DeleteMarker).toBeUndefined();
    expect(await s3ErrorOf(bench.s3.send(new GetObjectCommand({ Bucket, Key: 'k' })))).toBe('404 NoSuchKey');
    expect(await s3ErrorOf(remove('k', first))).toBe('no error');
    expect((await list()).Versions).toBeUndefined();
  });

  it('get a marker for keys that do not exist, each time anew', async () => {
    const [one, two] = [await remove('absent'), await remove('absent')];
    expect(one.DeleteMarker).toBe(true);
    expect(two.VersionId).not.toBe(one.VersionId);
    expect((await list()).DeleteMarkers).toMatchObject([
      { Key: 'absent', VersionId: two.VersionId, IsLatest: true },
      { Key: 'absent', VersionId: one.VersionId, IsLatest: false },
    ]);
  });

  it('of a suspended bucket are the null version, beside those that have ids', async () => {
    const first = await put('k', 'one');
    await setStatus('Suspended');
    expect(await put('k', 'null one')).toBe('null');
    expect(await put('k', 'null two')).toBe('null');
    expect(await read('k', 'null')).toBe('null two');
    expect(await remove('k')).toMatchObject({ DeleteMarker: true, VersionId: 'null' });
    expect(await list()).toMatchObject({
      Versions: [{ VersionId: first, IsLatest: false }],
      DeleteMarkers: [{ VersionId: 'null', IsLatest: true }],
    });
    await setStatus('Enabled');
    await put('k', 'two');
    expect((await list()).DeleteMarkers).toMatchObject([{ VersionId: 'null', IsLatest: false }]);
    expect(await remove('k', 'null')).toMatchObject({ DeleteMarker: true, VersionId: 'null' });
    expect((await list()).DeleteMarkers).toBeUndefined();
  });

  it('are made of conditional writes as of others', async () => {
    const conditional = (IfNoneMatch?: string, IfMatch?: string) =>
      s3ErrorOf(bench.s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x', IfNoneMatch, IfMatch })));
    expect(await conditional('*')).toBe('no error');
    expect(await conditional('*')).toBe('412 PreconditionFailed');
    const { ETag } = await bench.s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }));
    expect(await conditional(undefined, ETag)).toBe('no error');
    expect(await conditional(undefined, '"other"')).toBe('412 PreconditionFailed');
    await remove('k');
    expect(await conditional(undefined, ETag)).toBe('404 NoSuchKey');
    expect(await conditional('*')).toBe('no error');
    expect((await list()).Versions).toHaveLength(3);
  });

  it('are made by copies and multipart uploads, whose source can be a version', async () => {
    const first = await put('k', 'one');
    const second = await put('k', 'two');
    const copy = await bench.s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/k?versionId=${first}` }));
    expect(copy.CopySourceVersionId).toBe(first);
    expect(await read('copy', copy.VersionId)).toBe('one');
    const restored = await bench.s3.send(new CopyObjectCommand({ Bucket, Key: 'k', CopySource: `${Bucket}/k?versionId=${first}` }));
    expect(restored.VersionId).not.toBe(first);
    expect(await read('k')).toBe('one');
    expect((await list({ Prefix: 'k' })).Versions?.map(({ VersionId }) => VersionId)).toEqual([restored.VersionId, second, first]);
    const { VersionId: marker } = await remove('copy');
    const fromMarker = new CopyObjectCommand({ Bucket, Key: 'x', CopySource: `${Bucket}/copy?versionId=${marker}` });
    expect(await s3ErrorOf(bench.s3.send(fromMarker))).toBe('400 InvalidRequest');
    expect(await s3ErrorOf(bench.s3.send(new CopyObjectCommand({ Bucket, Key: 'x', CopySource: `${Bucket}/copy` })))).toBe('404 NoSuchKey');

    const upload = { Bucket, Key: 'k', UploadId: (await bench.s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'k' }))).UploadId };
    const part = await bench.s3.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: Buffer.alloc(5_242_880) }));
    const copied = await bench.s3.send(
      new UploadPartCopyCommand({ ...upload, PartNumber: 2, CopySource: `${Bucket}/k?versionId=${second}` }),
    );
    expect(copied.CopySourceVersionId).toBe(second);
    const Parts = [
      { PartNumber: 1, ETag: part.ETag },
      { PartNumber: 2, ETag: copied.CopyPartResult?.ETag },
    ];
    const completed = await bench.s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
    const { Body } = await bench.s3.send(new GetObjectCommand({ Bucket, Key: 'k', VersionId: completed.VersionId, Range: 'bytes=-3' }));
    expect(await Body?.transformToString()).toBe('two');
    await expect(bench.s3.send(new AbortMultipartUploadCommand(upload))).rejects.toThrow();
  });

  it('have tags of their own', async () => {
    const first = await put('k', 'one');
    await put('k', 'two');
    const tag = (VersionId: string | undefined, Value: string) =>
      bench.s3.send(new PutObjectTaggingCommand({ Bucket, Key: 'k', VersionId, Tagging: { TagSet: [{ Key: 'a', Value }] } }));
    const tagsOf = async (VersionId?: string) =>
      (await bench.s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'k', VersionId }))).TagSet?.map(({ Value }) => Value);
    await tag(undefined, 'new');
    await tag(first, 'old');
    expect([await tagsOf(), await tagsOf(first)]).toEqual([['new'], ['old']]);
    await bench.s3.send(new DeleteObjectTaggingCommand({ Bucket, Key: 'k', VersionId: first }));
    expect([await tagsOf(), await tagsOf(first)]).toEqual([['new'], []]);
  });

  it('are deleted many at a time, each with its outcome', async () => {
    const [first, second] = [await put('a', 'one'), await put('a', 'two')];
    await put('b', 'one');
    const { VersionId: marker } = await remove('c');
    const Objects = [
      { Key: 'a', VersionId: second },
      { Key: 'a', VersionId: first },
      { Key: 'b' },
      { Key: 'c', VersionId: marker },
      { Key: 'd' },
      { Key: 'e', VersionId: 'missing' },
    ];
    const { Deleted, Errors } = await bench.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(Errors).toBeUndefined();
    expect(Deleted).toEqual([
      { Key: 'a', VersionId: second },
      { Key: 'a', VersionId: first },
      { Key: 'b', DeleteMarker: true, DeleteMarkerVersionId: expect.any(String) },
      { Key: 'c', VersionId: marker, DeleteMarker: true, DeleteMarkerVersionId: marker },
      { Key: 'd', DeleteMarker: true, DeleteMarkerVersionId: expect.any(String) },
      { Key: 'e', VersionId: 'missing' },
    ]);
    const left = await list();
    expect(left.Versions?.map(({ Key }) => Key)).toEqual(['b']);
    expect(left.DeleteMarkers?.map(({ Key }) => Key)).toEqual(['b', 'd']);
    expect((await bench.s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
  });

  it('in session mode are those that policies show and let be deleted', async () => {
    const first = await put('k', 'one');
    await put('k', 'two');
    await bench.server.sql(`create policy p on storage.objects for select to authenticated using (true)`);
    const session = s3SessionClient(`${bench.server.url}/storage/v1/s3`, signToken({ role: 'authenticated', sub: ALICE }));
    try {
      expect((await session.send(new ListObjectVersionsCommand({ Bucket }))).Versions).toHaveLength(2);
      expect(await s3ErrorOf(session.send(new GetObjectCommand({ Bucket, Key: 'k', VersionId: first })))).toBe('no error');
      expect(await s3ErrorOf(session.send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId: first })))).toBe('403 AccessDenied');
      expect(await s3ErrorOf(session.send(new DeleteObjectCommand({ Bucket, Key: 'k' })))).toBe('403 AccessDenied');
      const Objects = [{ Key: 'k', VersionId: first }, { Key: 'k' }];
      const { Errors, Deleted } = await session.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
      expect(Errors?.map(({ Code }) => Code)).toEqual(['AccessDenied', 'AccessDenied']);
      expect(Deleted).toBeUndefined();
      await bench.server.sql(`drop policy p on storage.objects`);
      expect((await session.send(new ListObjectVersionsCommand({ Bucket }))).Versions).toBeUndefined();
      expect(await s3ErrorOf(session.send(new GetObjectCommand({ Bucket, Key: 'k', VersionId: first })))).toBe('404 NoSuchVersion');
    } finally {
      session.destroy();
    }
    expect((await list()).Versions).toHaveLength(2);
  });
});

describe('ListObjectVersions', () => {
  beforeEach(async () => {
    for (const body of ['1', '22', '333']) await put('a/x', body);
    await put('a y&z/é', '1');
    await put('b', '1');
    await remove('b');
    await put('c', '1');
  });

  it('shows prefixes, delimiters and encodings as other listings do', async () => {
    const { CommonPrefixes, Versions, DeleteMarkers } = await list({ Delimiter: '/' });
    expect(CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['a y&z/', 'a/']);
    expect(Versions?.map(({ Key, IsLatest }) => [Key, IsLatest])).toEqual([
      ['b', false],
      ['c', true],
    ]);
    expect(DeleteMarkers).toHaveLength(1);
    expect((await list({ Prefix: 'a/' })).Versions?.map(({ Size }) => Size)).toEqual([3, 2, 1]);
    expect((await list({ Prefix: 'a y', EncodingType: 'url' })).Versions?.[0]?.Key).toBe('a%20y%26z/%C3%A9');
    expect(await s3ErrorOf(list({ VersionIdMarker: 'x' }))).toBe('400 InvalidArgument');
    expect((await list({ MaxKeys: 0 })).IsTruncated).toBe(false);
  });

  it.each([1, 2, 3, 5])('comes in pages of %i, each entry once', async (MaxKeys) => {
    for (const Delimiter of [undefined, '/']) {
      const whole = entries(await list({ Delimiter }));
      const seen: string[] = [];
      let markers: Pick<ListObjectVersionsCommandInput, 'KeyMarker' | 'VersionIdMarker'> = {};
      for (;;) {
        const page = await list({ Delimiter, MaxKeys, ...markers });
        expect(entries(page).length).toBeLessThanOrEqual(MaxKeys);
        seen.push(...entries(page));
        if (page.IsTruncated !== true) break;
        markers = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
      }
      expect(seen.toSorted()).toEqual(whole.toSorted());
    }
  });

  it('goes on correctly when what a page showed is deleted before the next', async () => {
    let markers: Pick<ListObjectVersionsCommandInput, 'KeyMarker' | 'VersionIdMarker'> = {};
    for (;;) {
      const page = await list({ MaxKeys: 1, ...markers });
      const Objects = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ Key, VersionId }) => ({ Key, VersionId }));
      await bench.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
      if (page.IsTruncated !== true) break;
      markers = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    }
    expect(entries(await list())).toEqual([]);
    expect((await bench.server.client().deleteBucket(Bucket)).error).toBeNull();
  });

  it('shows the objects of a bucket without versioning as their null versions', async () => {
    await bench.put('only', 'x');
    const { Versions } = await list({ Bucket: 'main', Prefix: 'only' });
    expect(Versions).toMatchObject([{ Key: 'only', VersionId: 'null', IsLatest: true }]);
    expect(await s3ErrorOf(bench.s3.send(new DeleteObjectCommand({ Bucket: 'main', Key: 'only', VersionId: 'null' })))).toBe('no error');
    expect((await list({ Bucket: 'main', Prefix: 'only' })).Versions).toBeUndefined();
  });
});

function entries({ Versions = [], DeleteMarkers = [], CommonPrefixes = [] }: Awaited<ReturnType<typeof list>>): readonly string[] {
  return [
    ...[...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => `${Key} ${VersionId}`),
    ...CommonPrefixes.map(({ Prefix }) => `${Prefix}`),
  ];
}
