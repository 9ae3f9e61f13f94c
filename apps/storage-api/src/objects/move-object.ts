import type { StorageDeps } from '../deps.ts';
import { failures } from '../errors.ts';
import { findBucket } from '../metadata/bucket-queries.ts';
import { moveObjectRow } from '../metadata/object-queries.ts';
import type { Scope } from '../metadata/scope.ts';
import type { ObjectAddress, SourceAddress } from './copy-object.ts';
import { assertValidKey } from './key.ts';
import { moveWithVersions } from './move-version.ts';
import { asKeyConflict } from './upload-object.ts';

export interface MoveRequest {
  readonly from: SourceAddress;
  readonly to: ObjectAddress;
  readonly scope: Scope;
}

type Deps = Pick<StorageDeps, 'database' | 'blobs'>;

/**
 * Renames an object, within its bucket or into another, and makes it the caller's. Only the row changes: bytes are addressed by
 * version. Where one of the buckets keeps versions, or a version is named, it is a copy and a deletion instead. A move to where the
 * object is already only asks whether the caller may.
 * @throws ProtocolError NoSuchKey when it does not exist or may not be updated; NoSuchBucket, KeyAlreadyExists, AccessDenied
 */
export async function moveObject(deps: Deps, request: MoveRequest): Promise<{ id: string; name: string }> {
  const { database } = deps;
  const { from, to, scope } = request;
  assertValidKey(from.key);
  assertValidKey(to.key);
  const destination = findBucket(to.bucket);
  const origin = findBucket(from.bucket);
  await database.read(destination, origin);
  if (destination.rows.length === 0) throw failures.noSuchBucket();
  const isVersioned = [...destination.rows, ...origin.rows].some((row) => row.versioning_status !== 'DISABLED');
  const isSame = from.bucket === to.bucket && from.key === to.key;
  if (from.versionId !== undefined || (isVersioned && !isSame)) return moveWithVersions(deps, request);
  const move = moveObjectRow(from, to, scope.subject);
  await database.transact({ scope, steps: [move], end: isSame ? 'rollback' : 'commit' }).catch((error: unknown) => {
    throw asKeyConflict(error);
  });
  const moved = move.rows[0];
  if (moved === undefined) throw failures.noSuchKey();
  return moved;
}
