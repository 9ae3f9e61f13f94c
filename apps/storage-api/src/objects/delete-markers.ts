import { randomUUID } from 'node:crypto';
import type { StorageDeps } from '../deps.ts';
import { type ObjectRow, removeObjects } from '../metadata/object-queries.ts';
import type { Scope } from '../metadata/scope.ts';
import {
  findMarkers,
  markAbsent,
  markAbsentAs,
  type MarkerRow,
  UNBOUND_ROLE,
  versionPolicies,
  type VersionRow,
} from '../metadata/version-queries.ts';

type Deps = Pick<StorageDeps, 'database'>;

/** What a deletion in a bucket with versions has done so far. */
export interface Deletion {
  readonly bucket: string;
  readonly keys: readonly string[];
  readonly removed: readonly Pick<ObjectRow, 'name'>[];
  readonly markers: readonly (MarkerRow | { readonly name: null })[];
}

/**
 * The delete markers that a deletion left, after putting one also on each key that had no object and on which the caller may
 * delete. A key that got an object in between is deleted once more.
 */
export async function leaveMarkers(deps: Deps, scope: Scope, deletion: Deletion): Promise<readonly VersionRow[]> {
  const { bucket, keys } = deletion;
  const gone = new Set(deletion.removed.map(({ name }) => name));
  const markers = deletion.markers.filter((row): row is MarkerRow => row.name !== null && gone.has(row.name));
  const absent = [...new Set(keys)].filter((key) => !gone.has(key));
  if (absent.length === 0) return markers;
  const added = await markKeys(deps, scope, bucket, absent);
  const marked = new Set(added.map(({ name }) => name));
  const left = absent.filter((key) => !marked.has(key));
  if (left.length === 0) return [...markers, ...added];
  const removal = removeObjects(bucket, left);
  const late = findMarkers(bucket, left);
  await deps.database.transact({ scope, steps: [removal], after: [late] });
  const lateGone = new Set(removal.rows.map(({ name }) => name));
  return [...markers, ...added, ...late.rows.filter((row): row is MarkerRow => row.name !== null && lateGone.has(row.name))];
}

async function markKeys({ database }: Deps, scope: Scope, bucket: string, keys: readonly string[]): Promise<readonly VersionRow[]> {
  if (scope.role === UNBOUND_ROLE) {
    const marked = markAbsent(bucket, keys);
    await database.transact({ scope, steps: [], after: [marked] });
    return marked.rows;
  }
  const { before, trial, after } = markAbsentAs(
    scope,
    bucket,
    keys,
    keys.map(() => randomUUID()),
  );
  await database.transact({ before: [...versionPolicies(scope), before], scope, steps: [trial], after: [after] });
  return after.rows;
}
