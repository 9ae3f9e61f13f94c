import { bucketsCreate, bucketsDelete, bucketsEmpty, bucketsGet, bucketsList, bucketsUpdate } from '@supastor/contract/operations/buckets';
import { bucketsWithin } from '../access/grant.ts';
import { requireIdentity } from '../access/identity.ts';
import type { StorageAdmin } from '../objects/storage-admin.port.ts';
import { implement } from '../operations/implement.ts';
import type { OperationContext } from '../operations/context.ts';
import { listBucketPage } from './list-bucket-page.ts';
import { readBuckets } from './read-buckets.ts';

type Context = OperationContext<{ readonly storage: StorageAdmin }>;

export const bucketHandlers = {
  'buckets.list': implement(bucketsList, (query, { deps, identity, signal }: Context) => {
    const reach = bucketsWithin(requireIdentity(identity), 'buckets:read');
    const within = (names: readonly string[]): Pick<StorageAdmin, 'listBuckets'> => ({
      listBuckets: (part) => readBuckets(names, part, { storage: deps.storage, signal }),
    });
    return listBucketPage(query, reach === null ? deps.storage : within(reach), signal);
  }),

  'buckets.get': implement(bucketsGet, ({ bucket }, { deps, signal }: Context) => deps.storage.getBucket(bucket, signal)),

  'buckets.create': implement(bucketsCreate, async ({ name, ...settings }, { deps, signal, emit, recordChange }: Context) => {
    await deps.storage.createBucket(name, settings, signal);
    emit('bucket.created', { bucket: name });
    const after = await deps.storage.getBucket(name, signal);
    recordChange({ after });
    return after;
  }),

  'buckets.update': implement(bucketsUpdate, async ({ bucket, ...changes }, { deps, signal, emit, recordChange }: Context) => {
    const current = await deps.storage.getBucket(bucket, signal);
    recordChange({ before: current });
    // The protocol's PUT replaces what it is given and some servers require `public`, so send the whole settings.
    await deps.storage.updateBucket(
      bucket,
      {
        public: changes.public ?? current.public,
        file_size_limit: changes.file_size_limit === undefined ? current.file_size_limit : changes.file_size_limit,
        allowed_mime_types: changes.allowed_mime_types === undefined ? current.allowed_mime_types : changes.allowed_mime_types,
        ...(changes.versioning_status !== undefined && { versioning_status: changes.versioning_status }),
      },
      signal,
    );
    emit('bucket.updated', { bucket });
    const after = await deps.storage.getBucket(bucket, signal);
    recordChange({ after });
    return after;
  }),

  'buckets.empty': implement(bucketsEmpty, async ({ bucket }, { deps, signal, emit, recordChange }: Context) => {
    recordChange({ before: await deps.storage.getBucket(bucket, signal) });
    await deps.storage.emptyBucket(bucket, signal);
    emit('object.deleted', { bucket, paths: [] });
    return {};
  }),

  'buckets.delete': implement(bucketsDelete, async ({ bucket }, { deps, signal, emit, recordChange }: Context) => {
    recordChange({ before: await deps.storage.getBucket(bucket, signal) });
    await deps.storage.deleteBucket(bucket, signal);
    emit('bucket.deleted', { bucket });
    return {};
  }),
};
