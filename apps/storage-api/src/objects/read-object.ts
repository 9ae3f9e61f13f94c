import { failures } from '../errors.ts';
import { type BucketRow, findBucket } from '../metadata/bucket-queries.ts';
import type { ObjectRow } from '../metadata/object-queries.ts';
import type { ReadDeps } from '../metadata/replicas/start-replicas.ts';
import type { Scope } from '../metadata/scope.ts';
import { findVersion, versionPolicies } from '../metadata/version-queries.ts';
import { findVisible } from './find-visible.ts';

/** How an object is asked for. `public` needs a public bucket; `member` a caller whom policies let read, or a public bucket. */
export type ReadDoor = 'public' | 'member' | 'signed';

export interface ReadRequest {
  readonly bucket: string;
  readonly key: string;
  readonly door: ReadDoor;
  /** A version other than the current one; see versionIdOf. */
  readonly versionId?: string | undefined;
  /** Absent for callers without a token. */
  readonly scope?: Scope | undefined;
}

/**
 * The row of an object that the caller may read, in one round trip.
 * @throws ProtocolError NoSuchBucket, also when a caller without a token asks for a private bucket; NoSuchKey
 */
export async function readObject(deps: ReadDeps, request: ReadRequest): Promise<ObjectRow> {
  const { versionId } = request;
  if (versionId !== undefined) return readVersion(deps, { ...request, versionId });
  const row = await findRow(deps, request);
  if (row === undefined) throw failures.noSuchKey();
  return row;
}

/** @throws ProtocolError ObjectDamaged when the bytes are known not to be what was stored */
export function refuseDamaged({ version, damaged_version }: Pick<ObjectRow, 'version' | 'damaged_version'>): void {
  if (damaged_version !== null && damaged_version === version) throw failures.damaged();
}

async function findRow(deps: ReadDeps, { bucket, key, door, scope }: ReadRequest): Promise<ObjectRow | undefined> {
  if (door === 'member' && scope !== undefined) {
    const visible = await findVisible(deps, scope, bucket, key);
    if (visible.bucket === null) throw failures.noSuchBucket();
    return visible.bucket.public ? visible.own : visible.row;
  }
  const found = await deps.lookup.find(bucket, key);
  if (door === 'signed') return found.row;
  if (found.bucket?.public !== true) throw failures.noSuchBucket();
  return found.row;
}

async function readVersion(
  { database }: Pick<ReadDeps, 'database'>,
  request: ReadRequest & { readonly versionId: string },
): Promise<ObjectRow> {
  const { bucket, door, scope } = request;
  const bucketStep = findBucket(bucket);
  const ownStep = findVersion(bucket, request);
  const memberStep = findVersion(bucket, request);
  if (door === 'member' && scope !== undefined)
    await database.readBoth(scope, [...versionPolicies(scope), bucketStep, ownStep], [memberStep]);
  else await database.read(bucketStep, ownStep);
  const row = pick(request, bucketStep.rows[0], ownStep.rows[0], memberStep.rows[0]);
  if (row === undefined || (row.is_delete_marker ?? false)) throw failures.noSuchKey();
  return row;
}

function pick(
  { door, scope }: ReadRequest,
  bucket: BucketRow | undefined,
  own: ObjectRow | undefined,
  visible: ObjectRow | undefined,
): ObjectRow | undefined {
  if (door === 'signed') return own;
  if (bucket === undefined) throw failures.noSuchBucket();
  if (bucket.public) return own;
  if (door === 'public' || scope === undefined) throw failures.noSuchBucket();
  return visible;
}
