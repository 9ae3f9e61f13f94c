import type { StorageDeps } from '../deps.ts';
import type { Scope } from '../metadata/scope.ts';
import {
  lockKeys,
  removeCurrentVersions,
  removeKeptVersions,
  versionMode,
  versionPolicies,
  type VersionRow,
  type VersionTarget,
} from '../metadata/version-queries.ts';

/**
 * Removes versions and delete markers for good, those that exist and may be deleted, and returns them. Where the current version
 * goes, the one before it becomes current; where that is a delete marker, the object stays deleted.
 */
export async function deleteVersions(
  { database }: Pick<StorageDeps, 'database'>,
  scope: Scope,
  bucket: string,
  targets: readonly VersionTarget[],
): Promise<readonly VersionRow[]> {
  // In this order, so that nothing becomes current only to be removed.
  const kept = removeKeptVersions(bucket, targets);
  const current = removeCurrentVersions(bucket, targets);
  const locks = lockKeys(
    bucket,
    targets.map(({ key }) => key),
  );
  await database.transact({ before: [...versionPolicies(scope), locks], scope, steps: [versionMode('permanent'), kept, current] });
  return [...kept.rows, ...current.rows];
}
