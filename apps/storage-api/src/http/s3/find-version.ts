import { S3Error } from '../../access/sigv4/s3-error.ts';
import { failures } from '../../errors.ts';
import { findBucket } from '../../metadata/bucket-queries.ts';
import type { ObjectRow } from '../../metadata/object-queries.ts';
import type { ReadDeps } from '../../metadata/replicas/start-replicas.ts';
import type { Scope } from '../../metadata/scope.ts';
import { findVersion, versionIdOf, versionPolicies } from '../../metadata/version-queries.ts';
import { findVisible } from '../../objects/find-visible.ts';
import { requireFound } from './queries/buckets.ts';

export interface VersionAddress {
  readonly bucket: string;
  readonly key: string;
  /** Null for the current version. */
  readonly versionId: string | null;
}

export interface FoundVersion {
  /** Undefined when the key has no current object that the caller may read. May be a delete marker when a version was named. */
  readonly row: ObjectRow | undefined;
  /** Whether the bucket has ever kept versions, so that they have ids to tell. */
  readonly keepsVersions: boolean;
}

/** An object or one of its versions, as the caller may read it. @throws NoSuchBucket; NoSuchVersion when a version was named */
export async function findVersionRow(deps: ReadDeps, scope: Scope, { bucket, key, versionId }: VersionAddress): Promise<FoundVersion> {
  if (versionId !== null) return findNamed(deps, scope, { bucket, key, versionId });
  const { bucket: found, row } = await findVisible(deps, scope, bucket, key);
  if (found === null) throw failures.noSuchBucket();
  return { row, keepsVersions: found.keepsVersions };
}

async function findNamed(
  { database }: ReadDeps,
  scope: Scope,
  { bucket, key, versionId }: VersionAddress & { readonly versionId: string },
): Promise<FoundVersion> {
  if (versionId.includes('\0')) throw new S3Error('NoSuchVersion');
  const found = findBucket(bucket);
  const find = findVersion(bucket, { key, versionId });
  await database.readBoth(scope, [...versionPolicies(scope), found], [find]);
  const { versioning_status: status } = requireFound(found);
  const [row] = find.rows;
  if (row === undefined || versionIdOf(row) !== versionId) throw new S3Error('NoSuchVersion');
  return { row, keepsVersions: status !== 'DISABLED' };
}
