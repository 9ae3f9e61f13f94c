import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketVersioningCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { s3ErrorOf, type S3Bench, startS3Bench } from '../../../testing/s3.ts';

let bench: S3Bench;
let s3: S3Bench['s3'];
let count = 0;
beforeAll(async () => {
  bench = await startS3Bench();
  ({ s3 } = bench);
});
afterAll(() => bench.stop());

const setStatus = (Bucket: string, Status: 'Enabled' | 'Suspended') =>
  s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));

async function newBucket(status?: 'Enabled' | 'Suspended'): Promise<string> {
  count += 1;
  const Bucket = `versions-${count}`;
  await s3.send(new CreateBucketCommand({ Bucket }));
  if (status) await setStatus(Bucket, status);
  return Bucket;
}

interface Version {
  readonly id: string;
  readonly body: string;
}

async function write(Bucket: string, Key: string, body: string): Promise<Version> {
  return { id: (await bench.put(Key, body, { Bucket })).VersionId ?? 'null', body };
}

async function writeMany(Bucket: string, Key: string, total: number): Promise<Version[]> {
  const written: Version[] = [];
  for (let at = 0; at < total; at += 1) written.push(await write(Bucket, Key, `content-${at}`));
  return written;
}

const read = (Bucket: string, Key: string, VersionId?: string) => bench.read(Key, { Bucket, VersionId });
const remove = (Bucket: string, Key: string, VersionId?: string) => s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));

async function listed(Bucket: string) {
  const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  return { versions: Versions.map(({ VersionId }) => VersionId), markers: DeleteMarkers.map(({ VersionId }) => VersionId) };
}

describe('versions', () => {
  it.each([
    ['from the last', -1, 0],
    ['from the first', 0, 0],
    ['from the second', 1, 0],
    ['backwards', 4, -1],
    ['in leaps', 3, 3],
  ])('go one by one, %s, and the others stay', async (_order, start, step) => {
    const bucket = await newBucket('Enabled');
    const left = await writeMany(bucket, 'k', 5);
    for (let at = start; left.length > 0; at += step) {
      const [gone] = left.splice(((at % left.length) + left.length) % left.length, 1);
      expect(await read(bucket, 'k', gone?.id)).toBe(gone?.body);
      await remove(bucket, 'k', gone?.id);
      expect((await listed(bucket)).versions).toEqual(left.map(({ id }) => id).toReversed());
      for (const { id, body } of left) expect(await read(bucket, 'k', id)).toBe(body);
      expect(await s3ErrorOf(read(bucket, 'k'))).toBe(left.length > 0 ? 'no error' : '404 NoSuchKey');
    }
  });

  it('under odd names are as good as others', async () => {
    const bucket = await newBucket('Enabled');
    for (const key of ['_testobj', '_', ':', ' ']) {
      const [first, second] = await writeMany(bucket, key, 2);
      await remove(bucket, key, second?.id);
      expect(await read(bucket, key)).toBe('content-0');
      await remove(bucket, key, first?.id);
    }
    expect(await listed(bucket)).toEqual({ versions: [], markers: [] });
    await s3.send(new DeleteBucketCommand({ Bucket: bucket }));
  });

  it('when the newest goes, the one before it is read; a marker hides and keeps all', async () => {
    const bucket = await newBucket('Enabled');
    const written = await writeMany(bucket, 'k', 3);
    await remove(bucket, 'k', written[2]?.id);
    expect(await read(bucket, 'k')).toBe('content-1');
    const { DeleteMarker, VersionId } = await remove(bucket, 'k');
    expect(DeleteMarker).toBe(true);
    expect(await listed(bucket)).toEqual({ versions: [written[1]?.id, written[0]?.id], markers: [VersionId] });
    expect(await s3ErrorOf(s3.send(new DeleteBucketCommand({ Bucket: bucket })))).toBe('409 BucketNotEmpty');
    await remove(bucket, 'k', VersionId);
    expect(await read(bucket, 'k')).toBe('content-1');
  });

  it('removed twice, or never there, succeed', async () => {
    const bucket = await newBucket('Enabled');
    const [one] = await writeMany(bucket, 'k', 1);
    const marker = await remove(bucket, 'k');
    for (let round = 0; round < 2; round += 1) {
      await remove(bucket, 'k', one?.id);
      await remove(bucket, 'k', marker.VersionId);
    }
    expect(await listed(bucket)).toEqual({ versions: [], markers: [] });
  });

  it('are listed newest first within a key, with what HEAD says of them', async () => {
    const bucket = await newBucket('Enabled');
    const first = await writeMany(bucket, 'k', 3);
    const second = await writeMany(bucket, 'k-1', 2);
    const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket }));
    expect(Versions.map(({ Key, VersionId }) => [Key, VersionId])).toEqual([
      ...first.toReversed().map(({ id }) => ['k', id]),
      ...second.toReversed().map(({ id }) => ['k-1', id]),
    ]);
    expect(Versions.map(({ IsLatest }) => IsLatest)).toEqual([true, false, false, true, false]);
    for (const { Key, VersionId, ETag, Size, LastModified, Owner } of Versions) {
      const head = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key, VersionId }));
      expect([head.ETag, head.ContentLength, head.VersionId, Owner?.ID]).toEqual([ETag, Size, VersionId, 'stub']);
      expect(Math.floor((LastModified?.getTime() ?? 0) / 1000)).toBe(Math.floor((head.LastModified?.getTime() ?? 1) / 1000));
    }
    const { Contents = [] } = await s3.send(new ListObjectsCommand({ Bucket: bucket, Marker: 'k' }));
    expect(Contents.map(({ Key }) => Key)).toEqual(['k-1']);
  });

  it('are copied by their id, into any bucket', async () => {
    const [from, to] = [await newBucket('Enabled'), await newBucket()];
    const written = await writeMany(from, 'k', 3);
    for (const [at, { id, body }] of written.entries()) {
      for (const Bucket of [from, to]) {
        const copied = await s3.send(new CopyObjectCommand({ Bucket, Key: `copy-${at}`, CopySource: `${from}/k?versionId=${id}` }));
        expect(copied.CopySourceVersionId).toBe(id);
        expect(await read(Bucket, `copy-${at}`)).toBe(body);
      }
    }
    await s3.send(new CopyObjectCommand({ Bucket: to, Key: 'newest', CopySource: `${from}/k` }));
    expect(await read(to, 'newest')).toBe('content-2');
    const { Grants } = await s3.send(new GetObjectAclCommand({ Bucket: from, Key: 'k', VersionId: written[1]?.id }));
    expect(Grants?.map(({ Permission }) => Permission)).toEqual(['FULL_CONTROL']);
  });

  it('are deleted many at a time, markers among them', async () => {
    const bucket = await newBucket('Enabled');
    const written = await writeMany(bucket, 'k', 2);
    const { VersionId = '' } = await remove(bucket, 'k');
    const Objects = [...written.map(({ id }) => id), VersionId].map((id) => ({ Key: 'k', VersionId: id }));
    for (let round = 0; round < 2; round += 1) {
      const { Deleted, Errors } = await s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }));
      expect([Deleted?.length, Errors]).toEqual([3, undefined]);
    }
    const made = await s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: [{ Key: 'fresh' }] } }));
    expect(made.Deleted?.[0]).toMatchObject({ Key: 'fresh', DeleteMarker: true });
    expect((await listed(bucket)).markers).toEqual([made.Deleted?.[0]?.DeleteMarkerVersionId]);
  });

  it('made and removed by many at once are all there, and then all gone', async () => {
    const bucket = await newBucket('Enabled');
    for (let round = 0; round < 3; round += 1) {
      const made = await Promise.all(Array.from({ length: 5 }, (_, at) => write(bucket, 'k', `data ${at}`)));
      expect(new Set((await listed(bucket)).versions)).toEqual(new Set(made.map(({ id }) => id)));
      await Promise.all(made.map(({ id }) => remove(bucket, 'k', id)));
      expect((await listed(bucket)).versions).toEqual([]);
    }
    const ids: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const writes = Array.from({ length: 3 }, (_, at) => write(bucket, 'k', `${at}`));
      const removals = ids.splice(0).map((id) => remove(bucket, 'k', id));
      ids.push(...(await Promise.all(writes)).map(({ id }) => id));
      await Promise.all(removals);
    }
    await Promise.all(ids.map((id) => remove(bucket, 'k', id)));
    expect(await listed(bucket)).toEqual({ versions: [], markers: [] });
  });
});

describe('keeping versions', () => {
  it('is enabled and suspended as often as one likes, also suspended first', async () => {
    const bucket = await newBucket();
    const status = async () => (await s3.send(new GetBucketVersioningCommand({ Bucket: bucket }))).Status;
    expect(await status()).toBeUndefined();
    for (const next of ['Suspended', 'Enabled', 'Enabled', 'Suspended'] as const) {
      const VersioningConfiguration = { Status: next, MFADelete: 'Disabled' as const };
      await s3.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }));
      expect(await status()).toBe(next);
    }
  });
});

describe('the null version', () => {
  it('is what was there before versions were kept', async () => {
    const bucket = await newBucket();
    await bench.put('k', 'plain', { Bucket: bucket });
    await setStatus(bucket, 'Enabled');
    const newer = await write(bucket, 'k', 'newer');
    await remove(bucket, 'k', newer.id);
    expect(await read(bucket, 'k')).toBe('plain');
    await remove(bucket, 'k', 'null');
    expect(await s3ErrorOf(read(bucket, 'k'))).toBe('404 NoSuchKey');
    expect((await listed(bucket)).versions).toEqual([]);
  });

  it('is overwritten and deleted while keeping is suspended, and the others stay', async () => {
    const bucket = await newBucket('Enabled');
    const kept = await writeMany(bucket, 'k', 2);
    await setStatus(bucket, 'Suspended');
    const keptIds = kept.map(({ id }) => id).toReversed();
    for (const body of ['null 1', 'null 2']) {
      await bench.put('k', body, { Bucket: bucket });
      expect(await read(bucket, 'k')).toBe(body);
      expect((await listed(bucket)).versions).toEqual(['null', ...keptIds]);
    }
    const marker = await remove(bucket, 'k');
    expect([marker.DeleteMarker, marker.VersionId]).toEqual([true, 'null']);
    expect(await listed(bucket)).toEqual({ versions: keptIds, markers: ['null'] });
    await bench.put('k', 'null 3', { Bucket: bucket });
    expect(await listed(bucket)).toEqual({ versions: ['null', ...keptIds], markers: [] });
    await setStatus(bucket, 'Enabled');
    const more = await writeMany(bucket, 'k', 2);
    expect((await listed(bucket)).versions).toEqual([...more.map(({ id }) => id).toReversed(), 'null', ...keptIds]);
    expect(await read(bucket, 'k', 'null')).toBe('null 3');
  });
});

describe('ids that name nothing', () => {
  it('are answered as S3 answers', async () => {
    const bucket = await newBucket('Enabled');
    await writeMany(bucket, 'k', 1);
    const missing = '00000000-0000-4000-8000-000000000000';
    expect(await s3ErrorOf(read(bucket, 'k', missing))).toBe('404 NoSuchVersion');
    const marker = await remove(bucket, 'k');
    expect(await s3ErrorOf(read(bucket, 'k', marker.VersionId))).toBe('405 MethodNotAllowed');
    expect(await s3ErrorOf(s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'k' })))).toBe('404 NoSuchKey');
    expect(await s3ErrorOf(s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'k', VersionId: marker.VersionId })))).toMatch(/^405 /);
  });
});
