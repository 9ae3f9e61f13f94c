import { objectsList, objectsMove, objectsRemove, objectsSign, objectsSignUpload } from '@supastor/contract/operations/objects';
import type { OperationContext } from '../operations/context.ts';
import { implement } from '../operations/implement.ts';
import { removeObjects } from './remove-objects.ts';
import { signUploads } from './sign-uploads.ts';
import type { StorageAdmin } from './storage-admin.port.ts';

type Context = OperationContext<{ readonly storage: StorageAdmin }>;

export const objectHandlers = {
  'objects.list': implement(objectsList, async (query, { deps, signal }: Context) => {
    const { folders, objects, nextCursor } = await deps.storage.listObjects({ ...query, folders: true }, signal);
    // Listing a missing bucket answers an empty page, so an empty first page asks whether the bucket is there.
    if (query.cursor === undefined && folders.length + objects.length === 0) await deps.storage.getBucket(query.bucket, signal);
    return { folders: [...folders], objects: [...objects], nextCursor };
  }),

  'objects.sign': implement(objectsSign, async ({ bucket, paths, expiresInSeconds }, { deps, signal }: Context) => ({
    links: [...(await deps.storage.signDownloads(bucket, paths, expiresInSeconds, signal))],
  })),

  'objects.signUpload': implement(objectsSignUpload, async ({ bucket, paths, overwrite }, { deps, signal }: Context) => ({
    uploads: await signUploads({ bucket, paths, overwrite }, deps.storage, signal),
  })),

  'objects.remove': implement(objectsRemove, async (request, { deps, signal, emit }: Context) => {
    await deps.storage.getBucket(request.bucket, signal);
    const onRemoved = (paths: readonly string[]) => emit('object.deleted', { bucket: request.bucket, paths: [...paths] });
    return { removed: await removeObjects(request, { storage: deps.storage, signal, onRemoved }) };
  }),

  'objects.move': implement(objectsMove, async ({ bucket, from, to }, { deps, signal, emit }: Context) => {
    await deps.storage.moveObject(bucket, from, to, signal);
    emit('object.moved', { bucket, from, to });
    return {};
  }),
};
