import type { StorageDeps } from '../deps.ts';
import type { Scope } from '../metadata/scope.ts';
import {
  findVisibleVersions,
  lockKeys,
  removeCurrentVersions,
  removeKeptVersions,
  versionMode,
  versionPolicies,
  type VersionRow,
  type VersionTarget,
} from '../metadata/version-queries.ts';

/** What a removal of versions came to. */
export interface VersionRemoval {
  readonly removed: readonly VersionRow[];
  /** Those that the caller sees but may not delete. */
  readonly denied: readonly VersionTarget[];
}

/**
 * Removes versions and delete markers for good, those that exist and may be deleted, and returns them. Where the current version
 * goes, the one before it becomes current; where that is a delete marker, the object stays deleted.
 */
export async function deleteVersions(
  { database }: Pick<StorageDeps, 'database'>,
  scope: Scope,
  bucket: string,
  targets: readonly VersionTarget[],
): Promise<VersionRemoval> {
  // In this order, so that nothing becomes current only to be removed.
  const kept = removeKeptVersions(bucket, targets);
  const current = removeCurrentVersions(bucket, targets);
  const left = findVisibleVersions(bucket, targets);
  const locks = lockKeys(
    bucket,
    targets.map(({ key }) => key),
  );
  await database.transact({ before: [...versionPolicies(scope), locks], scope, steps: [versionMode('permanent'), kept, current, left] });
  const denied = left.rows.map(({ name: key, version_id: versionId }) => ({ key, versionId }));
  return { removed: [...kept.rows, ...current.rows], denied };
}
