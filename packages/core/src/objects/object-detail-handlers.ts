import { SupastorError } from '@supastor/contract/errors';
import {
  objectsCopy,
  objectsDeleted,
  objectsDescribe,
  objectsInfo,
  objectsPurge,
  objectsRestore,
  objectsRestoreFolder,
  objectsSignFolder,
  objectsSignOne,
  objectsVersions,
} from '@supastor/contract/operations/object-details';
import { requireIdentity } from '../access/identity.ts';
import { requireJobs, toJob } from '../jobs/job-handlers.ts';
import type { JobService } from '../jobs/job-service.ts';
import type { OperationContext } from '../operations/context.ts';
import { implement } from '../operations/implement.ts';
import { newestVersion, type ObjectName } from './newest-version.ts';
import type { StorageAdmin } from './storage-admin.port.ts';

type Context = OperationContext<{ readonly storage: StorageAdmin; readonly jobs: JobService | null }>;

export const objectDetailHandlers = {
  'objects.info': implement(objectsInfo, ({ bucket, path }, { deps, signal }: Context) => deps.storage.details.info(bucket, path, signal)),

  'objects.describe': implement(objectsDescribe, async ({ bucket, path, ...description }, { deps, signal, emit }: Context) => {
    await deps.storage.details.describe(bucket, path, description, signal);
    emit('object.changed', { bucket });
    return deps.storage.details.info(bucket, path, signal);
  }),

  'objects.copy': implement(objectsCopy, async ({ bucket, from, to, toBucket = bucket, overwrite }, { deps, signal, emit }: Context) => {
    await deps.storage.transferObject({ verb: 'copy', bucket, from, toBucket, to, overwrite }, signal);
    emit('object.changed', { bucket: toBucket });
    return {};
  }),

  'objects.versions': implement(objectsVersions, async ({ bucket, path }, { deps, signal }: Context) => {
    const versions = await deps.storage.details.versions(bucket, path, signal);
    if (versions.length === 0) await deps.storage.details.info(bucket, path, signal);
    return { versions: [...versions] };
  }),

  'objects.deleted': implement(objectsDeleted, async (query, { deps, signal }: Context) => {
    const { objects, nextCursor } = await deps.storage.details.deleted(query, signal);
    return { objects: [...objects], nextCursor };
  }),

  'objects.restoreFolder': implement(objectsRestoreFolder, async (input, { deps, identity, signal }: Context) => {
    const bucket = await deps.storage.getBucket(input.bucket, signal);
    if (bucket.versioning_status === 'DISABLED') {
      throw new SupastorError('SJ_CONFLICT', `The bucket ${input.bucket} keeps no versions, so nothing that was deleted can come back.`, {
        hint: 'Turn versioning on to be able to undo later deletions.',
      });
    }
    const title = `Restore ${input.bucket}/${input.folder}`;
    const by = requireIdentity(identity).email;
    return toJob(await requireJobs(deps.jobs).start({ kind: 'objects.restoreFolder', title, input, by }));
  }),

  'objects.restore': implement(objectsRestore, async ({ bucket, path, versionId }, { deps, signal, emit }: Context) => {
    const wanted = versionId ?? (await requireNewest(deps.storage, { bucket, path }, signal));
    await deps.storage.details.restore(bucket, path, wanted, signal);
    emit('object.changed', { bucket });
    return { versionId: wanted };
  }),

  'objects.signOne': implement(objectsSignOne, async (request, { deps, signal }: Context) => ({
    url: await deps.storage.details.sign(request, signal),
  })),

  'objects.signFolder': implement(objectsSignFolder, ({ bucket, folder, expiresInSeconds }, { deps, signal }: Context) =>
    deps.storage.details.signFolder(bucket, folder, expiresInSeconds, signal),
  ),

  'objects.purge': implement(objectsPurge, async ({ bucket, path }, { deps, signal }: Context) => {
    await deps.storage.details.purge(bucket, path, signal);
    return {};
  }),
};

/** @throws SJ_NOT_FOUND when every version is a delete marker, or there is none */
async function requireNewest(storage: StorageAdmin, object: ObjectName, signal: AbortSignal): Promise<string> {
  const versionId = await newestVersion(storage, object, signal);
  if (versionId !== null) return versionId;
  throw new SupastorError('SJ_NOT_FOUND', `There is no version of ${object.bucket}/${object.path} to restore.`, {
    hint: 'Versions are kept in buckets with versioning only, and until they are deleted for good.',
  });
}
