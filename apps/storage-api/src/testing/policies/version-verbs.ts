import { DeleteObjectCommand, GetObjectCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { type Attempt, fieldOf, folderOf, pathOf, request, succeeds, type Verb } from './attempt.ts';
import { clientOf, named, reads, works } from './s3-verbs.ts';

/** On the version of `from` that is not current. */
export const VERSION_VERBS = {
  versionRead: (attempt) => succeeds(request(attempt, versionPath('object/authenticated', attempt))),
  versionInfo: (attempt) => succeeds(request(attempt, versionPath('object/info/authenticated', attempt))),
  versionRender: (attempt) => succeeds(request(attempt, `${versionPath('render/image/authenticated', attempt)}&width=2`)),
  versionSign: async (attempt) => {
    const json = { expiresIn: 60, versionId: attempt.versionId };
    const signedURL = await fieldOf(request(attempt, pathOf('object/sign', attempt.from), { method: 'POST', json }), 'signedURL');
    return signedURL !== null && (await succeeds(request(attempt, signedURL, { token: '' })));
  },
  versionList: (attempt) => listsVersion(attempt, 'list'),
  versionListV2: (attempt) => listsVersion(attempt, 'list-v2'),
  versionCopy: (attempt) => succeeds(transfer(attempt, 'copy', attempt.to)),
  versionRestore: (attempt) => succeeds(transfer(attempt, 'move', attempt.from)),
  versionDelete: (attempt) => succeeds(request(attempt, versionPath('object', attempt), { method: 'DELETE' })),
  versionS3Get: (attempt) => reads(clientOf(attempt).send(new GetObjectCommand({ ...named(attempt.from), VersionId: attempt.versionId }))),
  versionS3List: async (attempt) => {
    const { bucket, key } = attempt.from;
    const { Versions } = await clientOf(attempt).send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: folderOf(key) }));
    return (Versions ?? []).some(({ VersionId }) => VersionId === attempt.versionId);
  },
  versionS3Delete: async (attempt) => {
    await works(clientOf(attempt).send(new DeleteObjectCommand({ ...named(attempt.from), VersionId: attempt.versionId })));
    const left = await attempt.bench.server.sql('select from storage_versions.objects where version = $1', [attempt.versionId]);
    return left.length === 0;
  },
} satisfies Record<string, Verb>;

function versionPath(door: string, { from, versionId }: Attempt): string {
  return `${pathOf(door, from)}?versionId=${versionId}`;
}

async function listsVersion(attempt: Attempt, route: string): Promise<boolean> {
  const { bucket, key } = attempt.from;
  const json = { prefix: folderOf(key), noncurrentVersions: 'include' };
  const answer = await request(attempt, `/object/${route}/${bucket}`, { method: 'POST', json });
  return answer.ok && (await answer.text()).includes(attempt.versionId);
}

function transfer(attempt: Attempt, route: 'copy' | 'move', to: Attempt['to']): Promise<Response> {
  const { from, versionId } = attempt;
  const json = {
    bucketId: from.bucket,
    sourceKey: from.key,
    sourceVersionId: versionId,
    destinationBucket: to.bucket,
    destinationKey: to.key,
  };
  return request(attempt, `/object/${route}`, { method: 'POST', json });
}
