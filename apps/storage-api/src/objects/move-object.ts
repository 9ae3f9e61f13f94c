import type { StorageDeps } from '../deps.ts';
import { failures } from '../errors.ts';
import { findBucket } from '../metadata/bucket-queries.ts';
import { moveObjectRow } from '../metadata/object-queries.ts';
import type { Scope } from '../metadata/scope.ts';
import type { ObjectAddress } from './copy-object.ts';
import { assertValidKey } from './key.ts';
import { asKeyConflict } from './upload-object.ts';

export interface MoveRequest {
  readonly from: ObjectAddress;
  readonly to: ObjectAddress;
  readonly scope: Scope;
}

/**
 * Renames an object, within its bucket or into another. Only the row changes: bytes are addressed by version.
 * @throws ProtocolError NoSuchKey when it does not exist or may not be updated; NoSuchBucket, KeyAlreadyExists, AccessDenied
 */
export async function moveObject(
  { database }: Pick<StorageDeps, 'database'>,
  { from, to, scope }: MoveRequest,
): Promise<{ id: string; name: string }> {
  assertValidKey(from.key);
  assertValidKey(to.key);
  const destination = findBucket(to.bucket);
  await database.read(destination);
  if (destination.rows.length === 0) throw failures.noSuchBucket();
  const move = moveObjectRow(from, to);
  await database.transact({ scope, steps: [move] }).catch((error: unknown) => {
    throw asKeyConflict(error);
  });
  const moved = move.rows[0];
  if (moved === undefined) throw failures.noSuchKey();
  return moved;
}
