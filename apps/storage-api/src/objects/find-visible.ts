import { type FoundObject, findPublicObject, toFound } from '../metadata/object-lookup.ts';
import { findObject, type ObjectRow } from '../metadata/object-queries.ts';
import type { ReadDeps } from '../metadata/replicas/start-replicas.ts';
import type { Scope } from '../metadata/scope.ts';

export interface VisibleObject {
  /** Null when there is no such bucket. */
  readonly bucket: FoundObject['bucket'];
  /** The row if it exists, for those to whom the bucket is public; undefined when it is not. */
  readonly own: ObjectRow | undefined;
  /** The row if policies let the caller see it. */
  readonly row: ObjectRow | undefined;
}

/** The row as a caller sees it, and its bucket. For callers whom policies do not bind, many are found in one statement. */
export async function findVisible({ database, lookup }: ReadDeps, scope: Scope, bucket: string, key: string): Promise<VisibleObject> {
  if (!lookup.wasBound(scope.role)) {
    const found = await lookup.find(bucket, key, scope.role);
    if (found.isUnrestricted) return { bucket: found.bucket, own: found.row, row: found.row };
  }
  const own = findPublicObject(bucket, key);
  const visible = findObject(bucket, key);
  await database.readBoth(scope, [own], [visible]);
  const found = own.rows[0] && toFound(own.rows[0]);
  return { bucket: found?.bucket ?? null, own: found?.row, row: visible.rows[0] };
}
