import { parseBytes } from '@supastor/contract/config/field';
import type { StorageDeps } from '../deps.ts';
import { failures, ProtocolError } from '../errors.ts';
import {
  type BucketChanges,
  type BucketListing,
  type BucketRow,
  findBucket,
  insertBucket,
  listBucketRows,
  removeBucket,
  updateBucketRow,
} from '../metadata/bucket-queries.ts';
import { countObjects, findAnyObject, removeSomeObjects } from '../metadata/object-queries.ts';
import { findAnyVersion, removeSomeVersions, versionMode, versionPolicies, type VersioningStatus } from '../metadata/version-queries.ts';
import type { ReadDeps } from '../metadata/replicas/start-replicas.ts';
import type { Scope } from '../metadata/scope.ts';
import { assertValidBucketName } from '../objects/key.ts';

type Deps = Pick<StorageDeps, 'database'>;
type EmptyDeps = Deps & Pick<StorageDeps, 'maxEmptied'>;

/** Objects deleted per transaction when a bucket is emptied. */
const EMPTY_BATCH = 5000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export interface BucketRequest {
  readonly id: string;
  readonly name: string;
  readonly isPublic: boolean;
  /** Bytes, or a text such as `20MB`. */
  readonly fileSizeLimit?: number | string | null | undefined;
  readonly allowedMimeTypes?: readonly string[] | null | undefined;
  readonly versioningStatus?: Exclude<VersioningStatus, 'SUSPENDED'> | undefined;
}

/** @throws ProtocolError InvalidBucketName, BucketAlreadyExists, AccessDenied */
export async function createBucket({ database }: Deps, scope: Scope, request: BucketRequest): Promise<void> {
  assertValidBucketName(request.id);
  assertValidBucketName(request.name);
  const { subject } = scope;
  const bucket = {
    id: request.id,
    name: request.name,
    owner: UUID.test(subject) ? subject : null,
    ownerId: subject === '' ? null : subject,
    isPublic: request.isPublic,
    fileSizeLimit: parseLimit(request.fileSizeLimit) ?? null,
    allowedMimeTypes: cleanMimeTypes(request.allowedMimeTypes) ?? null,
    versioningStatus: request.versioningStatus ?? 'DISABLED',
  };
  await database.transact({ scope, steps: [insertBucket(bucket)] }).catch((error: unknown) => {
    throw error instanceof ProtocolError && error.protocolCode === 'ResourceAlreadyExists' ? failures.bucketExists() : error;
  });
}

/** @throws ProtocolError NoSuchBucket when it does not exist or may not be seen */
export async function getBucket({ database }: Pick<ReadDeps, 'database'>, scope: Scope, id: string): Promise<BucketRow> {
  const find = findBucket(id);
  await database.readAs(scope, find);
  const row = find.rows[0];
  if (row === undefined) throw failures.noSuchBucket();
  return row;
}

export async function listBuckets(
  { database }: Pick<ReadDeps, 'database'>,
  scope: Scope,
  listing: BucketListing,
): Promise<readonly BucketRow[]> {
  const list = listBucketRows(listing);
  await database.readAs(scope, list);
  return list.rows;
}

export interface BucketUpdate {
  readonly isPublic?: boolean | undefined;
  readonly fileSizeLimit?: number | string | null | undefined;
  readonly allowedMimeTypes?: readonly string[] | null | undefined;
  readonly versioningStatus?: Exclude<VersioningStatus, 'DISABLED'> | undefined;
}

/** @throws ProtocolError NoSuchBucket when it does not exist or may not be updated */
export async function updateBucket({ database }: Deps, scope: Scope, id: string, update: BucketUpdate): Promise<void> {
  const changes: BucketChanges = {
    isPublic: update.isPublic,
    fileSizeLimit: parseLimit(update.fileSizeLimit),
    allowedMimeTypes: cleanMimeTypes(update.allowedMimeTypes),
    versioningStatus: update.versioningStatus,
  };
  if (update.versioningStatus === 'SUSPENDED') await requireEverEnabled(database, id);
  const change = updateBucketRow(id, changes);
  await database.transact({ scope, steps: [change] });
  if (change.rowCount === 0) throw failures.noSuchBucket();
}

/** Enables or suspends versioning, whatever it was. @throws ProtocolError NoSuchBucket, AccessDenied */
export async function setVersioning(
  { database }: Deps,
  scope: Scope,
  id: string,
  versioningStatus: 'ENABLED' | 'SUSPENDED',
): Promise<void> {
  const change = updateBucketRow(id, { versioningStatus });
  await database.transact({ scope, steps: [change] });
  if (change.rowCount === 0) throw failures.accessDenied('You may not change this bucket');
}

/**
 * Postgres itself refuses when objects refer to the bucket, so nothing can slip in between a check and the deletion.
 * @throws ProtocolError NoSuchBucket when it does not exist or may not be deleted; ResourceNotEmpty
 */
export async function deleteBucket({ database }: Deps, scope: Scope, id: string): Promise<void> {
  const removal = removeBucket(id);
  await database.transact({ scope, steps: [removal] }).catch((error: unknown) => {
    const isReferenced = error instanceof ProtocolError && error.message === failures.relatedMissing().message;
    throw isReferenced ? failures.bucketNotEmpty() : error;
  });
  if (removal.rowCount === 0) throw failures.noSuchBucket();
}

/**
 * Deletes all objects with all their versions that the caller may see and delete; done when this resolves.
 * @throws ProtocolError NoSuchBucket; UnableToEmptyBucket when there are more than may be; AccessDenied when objects stay that the caller sees but may not delete
 */
export async function emptyBucket({ database, maxEmptied }: EmptyDeps, scope: Scope, id: string): Promise<void> {
  await getBucket({ database }, scope, id);
  if (maxEmptied !== null) await requireFewObjects(database, scope, id, maxEmptied);
  const before = versionPolicies(scope);
  for (;;) {
    // Versions go first, the oldest ahead, so that a key never shows one that is older than its last.
    const versions = removeSomeVersions(id, EMPTY_BATCH);
    await database.transact({ before, scope, steps: [versionMode('purge'), versions] });
    if (versions.rowCount > 0) continue;
    const objects = removeSomeObjects(id, EMPTY_BATCH);
    await database.transact({ scope, steps: [versionMode('purge'), objects] });
    if (objects.rowCount === 0) break;
  }
  const left = findAnyObject(id);
  const kept = findAnyVersion(id);
  await database.readBoth(scope, before, [left, kept]);
  if (left.rows.length + kept.rows.length > 0)
    throw failures.accessDenied('Cannot delete objects of the bucket: you may see but not delete them');
}

async function requireFewObjects(database: Deps['database'], scope: Scope, id: string, most: number): Promise<void> {
  const found = countObjects(id, most + 1);
  await database.transact({ scope, steps: [found] });
  if (Number(found.rows[0]?.count ?? 0) > most) throw failures.tooManyToEmpty();
}

/**
 * Settings of a bucket are changed by whom policies let update the bucket's row; asked by doing so and taking it back.
 * @throws ProtocolError NoSuchBucket; AccessDenied
 */
export async function requireBucketManager({ database }: Deps, scope: Scope, id: string): Promise<void> {
  await getBucket({ database }, scope, id);
  const probe = updateBucketRow(id, {});
  await database.transact({ scope, steps: [probe], end: 'rollback' });
  if (probe.rowCount === 0) throw failures.accessDenied('You may not change this bucket');
}

/** S3 lets any bucket be suspended; over REST that is a mistake. @throws ProtocolError InvalidParameter */
async function requireEverEnabled(database: Deps['database'], id: string): Promise<void> {
  const find = findBucket(id);
  await database.read(find);
  if (find.rows[0]?.versioning_status === 'DISABLED')
    throw failures.invalidParameter('versioning_status', 'Cannot transition bucket versioning status from DISABLED to SUSPENDED');
}

function parseLimit(limit: number | string | null | undefined): number | null | undefined {
  if (typeof limit !== 'string') return limit;
  const bytes = parseBytes(limit);
  if (bytes === null || !Number.isSafeInteger(bytes)) throw failures.invalidFileSizeLimit();
  return bytes;
}

function cleanMimeTypes(types: readonly string[] | null | undefined): readonly string[] | null | undefined {
  return types?.filter((type) => type !== '') ?? types;
}
