import { SupastorError } from '@supastor/contract/errors';
import {
  objectsCopy,
  objectsDescribe,
  objectsInfo,
  objectsPurge,
  objectsRestore,
  objectsSignFolder,
  objectsSignOne,
  objectsVersions,
} from '@supastor/contract/operations/object-details';
import type { OperationContext } from '../operations/context.ts';
import { implement } from '../operations/implement.ts';
import type { StorageAdmin } from './storage-admin.port.ts';

type Context = OperationContext<{ readonly storage: StorageAdmin }>;

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

  'objects.restore': implement(objectsRestore, async ({ bucket, path, versionId }, { deps, signal, emit }: Context) => {
    const wanted = versionId ?? (await newestVersion(deps.storage, { bucket, path }, signal));
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
async function newestVersion(
  storage: StorageAdmin,
  { bucket, path }: { readonly bucket: string; readonly path: string },
  signal: AbortSignal,
): Promise<string> {
  const versions = await storage.details.versions(bucket, path, signal);
  const newest = versions.find(({ isDeleteMarker }) => !isDeleteMarker);
  if (newest) return newest.versionId;
  throw new SupastorError('SJ_NOT_FOUND', `There is no version of ${bucket}/${path} to restore.`, {
    hint: 'Versions are kept in buckets with versioning only, and until they are deleted for good.',
  });
}
