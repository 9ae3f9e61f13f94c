import type { StorageDeps } from '../deps.ts';
import { failures } from '../errors.ts';
import { type ObjectRow, removeObjects } from '../metadata/object-queries.ts';
import type { Scope } from '../metadata/scope.ts';

type Deps = Pick<StorageDeps, 'database'>;

/** Deletes what exists and may be deleted among `keys`, and returns it. Bytes go later, see blobs/collector. */
export async function deleteObjects(
  { database }: Deps,
  scope: Scope,
  bucket: string,
  keys: readonly string[],
): Promise<readonly ObjectRow[]> {
  const removal = removeObjects(bucket, keys);
  await database.transact({ scope, steps: [removal] });
  return removal.rows;
}

/** @throws ProtocolError NoSuchKey when the object does not exist or may not be deleted */
export async function deleteObject(deps: Deps, scope: Scope, bucket: string, key: string): Promise<void> {
  const removed = await deleteObjects(deps, scope, bucket, [key]);
  if (removed.length === 0) throw failures.noSuchKey();
}
