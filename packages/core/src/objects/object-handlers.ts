import type { Job } from '@supastor/contract/operations/jobs';
import {
  objectsCopyFolder,
  objectsList,
  objectsMove,
  objectsMoveFolder,
  objectsRemove,
  objectsRemoveFolder,
  objectsSign,
  objectsSignUpload,
} from '@supastor/contract/operations/objects';
import { SupastorError } from '@supastor/contract/errors';
import type { OperationContext } from '../operations/context.ts';
import { implement } from '../operations/implement.ts';
import { requireIdentity } from '../access/identity.ts';
import { requireJobs, toJob } from '../jobs/job-handlers.ts';
import type { JobService } from '../jobs/job-service.ts';
import { removeObjects } from './remove-objects.ts';
import { signUploads } from './sign-uploads.ts';
import type { StorageAdmin } from './storage-admin.port.ts';

type Context = OperationContext<{ readonly storage: StorageAdmin; readonly jobs: JobService | null }>;

export const objectHandlers = {
  'objects.list': implement(objectsList, async ({ startsWith, ...query }, { deps, signal }: Context) => {
    const prefix = query.prefix + startsWith;
    const { folders, objects, nextCursor } = await deps.storage.listObjects({ ...query, prefix, folders: true }, signal);
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

  'objects.move': implement(objectsMove, async ({ bucket, from, to, toBucket = bucket, overwrite }, { deps, signal, emit }: Context) => {
    // Replacing an object by itself would delete it.
    const isSame = toBucket === bucket && to === from;
    await deps.storage.transferObject({ verb: 'move', bucket, from, toBucket, to, overwrite: overwrite && !isSame }, signal);
    if (toBucket === bucket) emit('object.moved', { bucket, from, to });
    else for (const each of [bucket, toBucket]) emit('object.changed', { bucket: each });
    return {};
  }),

  'objects.moveFolder': implement(objectsMoveFolder, async (input, context: Context) => {
    const title = `Move ${input.bucket}/${input.from} to ${input.toBucket ?? input.bucket}/${input.to}`;
    return startTransfer({ kind: 'objects.moveFolder', title, input }, context);
  }),

  'objects.copyFolder': implement(objectsCopyFolder, async (input, context: Context) => {
    const title = `Copy ${input.bucket}/${input.from} to ${input.toBucket ?? input.bucket}/${input.to}`;
    return startTransfer({ kind: 'objects.copyFolder', title, input }, context);
  }),

  'objects.removeFolder': implement(objectsRemoveFolder, async (input, { deps, identity, signal }: Context) => {
    await deps.storage.getBucket(input.bucket, signal);
    const by = requireIdentity(identity).email;
    const title = `Delete ${input.bucket}/${input.folder}`;
    return toJob(await requireJobs(deps.jobs).start({ kind: 'objects.removeFolder', title, input, by }));
  }),
};

interface FolderTransfer {
  readonly kind: 'objects.moveFolder' | 'objects.copyFolder';
  readonly title: string;
  readonly input: { readonly bucket: string; readonly from: string; readonly to: string; readonly toBucket?: string | undefined };
}

/** @throws SJ_INPUT_INVALID when the folder would go into itself, SJ_NOT_FOUND when a bucket is not there */
async function startTransfer({ kind, title, input }: FolderTransfer, { deps, identity, signal }: Context): Promise<Job> {
  const { bucket, from, to, toBucket = bucket } = input;
  if (toBucket === bucket && to.startsWith(from)) {
    const message = 'is the folder itself or lies in it';
    throw new SupastorError('SJ_INPUT_INVALID', `to: ${message}`, {
      hint: 'Choose a folder outside.',
      meta: { errors: [{ path: 'to', message }] },
    });
  }
  await Promise.all([...new Set([bucket, toBucket])].map((name) => deps.storage.getBucket(name, signal)));
  return toJob(await requireJobs(deps.jobs).start({ kind, title, input, by: requireIdentity(identity).email }));
}
