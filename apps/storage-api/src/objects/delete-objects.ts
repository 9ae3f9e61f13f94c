import type { StorageDeps } from '../deps.ts';
import { failures } from '../errors.ts';
import { type ObjectRow, removeObjects } from '../metadata/object-queries.ts';
import type { Scope } from '../metadata/scope.ts';
import { findMarkers } from '../metadata/version-queries.ts';
import { leaveMarkers } from './delete-markers.ts';
import { deleteVersions } from './delete-versions.ts';

type Deps = Pick<StorageDeps, 'database'>;

/**
 * Deletes what exists and may be deleted among `keys`, and returns it. Bytes go later, see blobs/collector. Where the bucket keeps
 * versions, a delete marker is left on each key, also on those without an object, and the markers are returned instead.
 */
async function deleteObjects(deps: Deps, scope: Scope, bucket: string, keys: readonly string[]): Promise<readonly ObjectRow[]> {
  const removal = removeObjects(bucket, keys);
  const markers = findMarkers(bucket, keys);
  await deps.database.transact({ scope, steps: [removal], after: [markers] });
  if (markers.rows.length === 0) return removal.rows;
  return leaveMarkers(deps, scope, { bucket, keys, removed: removal.rows, markers: markers.rows });
}

/** An object, or one of its versions. */
export interface DeletionEntry {
  readonly key: string;
  readonly versionId?: string | undefined;
}

/** Deletes objects ({@link deleteObjects}) and versions ({@link deleteVersions}), and returns what was deleted. */
export async function deleteEntries(
  deps: Deps,
  scope: Scope,
  bucket: string,
  entries: readonly DeletionEntry[],
): Promise<readonly ObjectRow[]> {
  const keys = entries.flatMap(({ key, versionId }) => (versionId === undefined ? [key] : []));
  const targets = entries.flatMap(({ key, versionId }) => (versionId === undefined ? [] : [{ key, versionId }]));
  if (targets.length === 0) return deleteObjects(deps, scope, bucket, keys);
  const { removed: versions } = await deleteVersions(deps, scope, bucket, targets);
  return keys.length === 0 ? versions : [...versions, ...(await deleteObjects(deps, scope, bucket, keys))];
}

/** @throws ProtocolError NoSuchKey when the object or version does not exist or may not be deleted */
export async function deleteObject(
  deps: Deps,
  scope: Scope,
  { bucket, ...entry }: DeletionEntry & { readonly bucket: string },
): Promise<void> {
  const removed = await deleteEntries(deps, scope, bucket, [entry]);
  if (removed.length === 0) throw failures.noSuchKey();
}
