import { DeleteObjectCommand, GetObjectCommand, ListObjectVersionsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { data, refused, same } from '../assert.ts';
import { check } from '../check.ts';
import { s3Of } from '../s3.ts';
import type { World } from '../world.ts';

async function versionedBucket(world: World): Promise<string> {
  const bucket = await world.bucket();
  data(await world.client().updateBucket(bucket, { public: false, versioningStatus: 'ENABLED' }));
  return bucket;
}

const EVERYTHING = { exactMatch: true, noncurrentVersions: 'include', deleteMarkers: 'include' } as const;

export const versioningChecks = [
  check('versions stay when objects are overwritten and deleted, and are read, restored and removed', 'full', async (world) => {
    const bucket = await versionedBucket(world);
    const files = world.client().from(bucket);
    for (const body of ['one', 'two']) data(await files.upload('k', body, { upsert: true, contentType: 'text/plain' }));
    const [second, first] = data(await files.list('k', EVERYTHING));
    const versionId = first?.version ?? '';
    same(await data(await files.download('k', { versionId })).text(), 'one', 'the old version');
    same(await (await fetch(data(await files.createSignedUrl('k', 60, { versionId })).signedUrl)).text(), 'one', 'its link');
    data(await files.remove(['k']));
    refused(await files.download('k'), { message: 'Object not found', statusCode: '404' });
    same(data(await files.list('k', EVERYTHING)).length, 3, 'versions and the marker');
    data(await files.move('k', 'k', { sourceVersionId: versionId }));
    same(await data(await files.download('k')).text(), 'one', 'the restored version');
    data(await files.remove([{ path: 'k', versionId: second?.version ?? '' }]));
    refused(await files.download('k', { versionId: second?.version ?? '' }), { message: 'Object not found', statusCode: '404' });
  }),
  check('S3: versions and delete markers are listed, read and removed', 'full', async (world) => {
    const Bucket = await versionedBucket(world);
    const s3 = await s3Of(world);
    const put = (Body: string) => s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body }));
    const [first, second] = [await put('one'), await put('two')];
    const { VersionId: marker, DeleteMarker } = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
    same(DeleteMarker, true, 'a marker');
    const listed = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    same(
      listed.Versions?.map(({ VersionId }) => VersionId),
      [second.VersionId, first.VersionId],
      'versions',
    );
    same(listed.DeleteMarkers?.[0]?.VersionId, marker, 'the marker');
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId: marker }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId: second.VersionId }));
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'k' }));
    same(await Body?.transformToString(), 'one', 'the version before');
  }),
];
