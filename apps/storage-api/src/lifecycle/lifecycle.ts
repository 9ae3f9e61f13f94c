import { getBucket, requireBucketManager } from '../buckets/buckets.ts';
import type { StorageDeps } from '../deps.ts';
import { failures } from '../errors.ts';
import type { Scope } from '../metadata/scope.ts';
import { findLifecycle, removeLifecycle, setLifecycle } from './lifecycle-queries.ts';
import { type LifecycleConfiguration, lifecycleSchema } from './lifecycle-rules.ts';

type Deps = Pick<StorageDeps, 'database'>;

/** @throws ProtocolError NoSuchBucket; NoSuchLifecycleConfiguration */
export async function getLifecycle({ database }: Deps, scope: Scope, bucket: string): Promise<LifecycleConfiguration> {
  await getBucket({ database }, scope, bucket);
  const find = findLifecycle(bucket);
  await database.read(find);
  const row = find.rows[0];
  if (row === undefined) throw failures.noSuchLifecycle();
  return lifecycleSchema.parse(row.configuration);
}

/** Replaces all rules; they count from the next round of the runner on. @throws ProtocolError NoSuchBucket, AccessDenied */
export async function putLifecycle({ database }: Deps, scope: Scope, bucket: string, rules: LifecycleConfiguration): Promise<void> {
  await requireBucketManager({ database }, scope, bucket);
  await database.transact({ steps: [setLifecycle(bucket, rules)] });
}

/** Takes the rules away, if there are any; nothing expires any more when this resolves. @throws ProtocolError NoSuchBucket, AccessDenied */
export async function deleteLifecycle({ database }: Deps, scope: Scope, bucket: string): Promise<void> {
  await requireBucketManager({ database }, scope, bucket);
  await database.transact({ steps: [removeLifecycle(bucket)] });
}
