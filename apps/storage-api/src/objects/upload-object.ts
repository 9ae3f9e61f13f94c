import { randomUUID } from 'node:crypto';
import type { StagedBlob } from '../blobs/blob-store.port.ts';
import { entityTagOf } from '../blobs/body-digest.ts';
import { createVersionId } from '../blobs/version-id.ts';
import type { StorageDeps } from '../deps.ts';
import { failures, ProtocolError } from '../errors.ts';
import { type BucketRow, findBucket } from '../metadata/bucket-queries.ts';
import { connectionLostIn } from '../metadata/connection-lost.ts';
import { findObject, holdInstance, type NewObject, type ObjectMetadata, writeObject } from '../metadata/object-queries.ts';
import { nameOperation, type Scope } from '../metadata/scope.ts';
import type { Step } from '../metadata/step.ts';
import { assertValidKey } from './key.ts';
import { isAllowedMimeType } from './mime-type.ts';

/** Where an upload goes and on whose behalf. */
export interface UploadTarget {
  readonly bucket: string;
  readonly key: string;
  readonly upsert: boolean;
  /** Absent when a signed link grants the upload: then policies were checked when it was made. */
  readonly scope?: Scope | undefined;
  /** `sub` that will own the object, or empty. */
  readonly subject: string;
  readonly operation: string;
  /** Largest object that goes this way; absent: as large as any. */
  readonly maxBytes?: number;
}

/** What the client says about the bytes before it sends them. */
export interface UploadHead {
  readonly mimeType: string;
  readonly cacheControl: string;
  readonly contentEncoding?: string | undefined;
  readonly userMetadata: Readonly<Record<string, unknown>> | null;
  /** Announced length of the request body, if any. */
  readonly announcedBytes?: number | undefined;
  /** Whether the body is the object itself, so that the announced length is its size. */
  readonly isWholeBody?: boolean;
}

/** An upload that policies and limits allow. */
export interface UploadTicket {
  readonly target: UploadTarget;
  readonly version: string;
  readonly maxBytes: number;
  /** Policies did not bind the role when it was asked about, so its row may be committed together with those of others. */
  readonly isUnrestricted?: boolean;
  /** Steps of the service itself that are committed together with the row, or not at all. */
  readonly alongside?: readonly Step<unknown>[];
}

export interface UploadResult {
  readonly id: string;
  readonly version: string;
  readonly metadata: ObjectMetadata;
}

type Deps = Pick<StorageDeps, 'database' | 'inserts' | 'blobs' | 'maxUploadBytes'>;
type AdmitDeps = Deps & Pick<StorageDeps, 'lookup'>;

const SMALL_BODY_BYTES = 64 * 1024;

/**
 * Like {@link probeUpload}, but leaves policies to the transaction of the row when the body is so small that it is sooner taken, and
 * taken back, than asked about, and asks none where they do not bind the role. Whatever else would refuse the upload is left to the probe,
 * which says why in the protocol's order.
 * @throws ProtocolError as `probeUpload` does
 */
export async function admitUpload(deps: AdmitDeps, target: UploadTarget, head: UploadHead): Promise<UploadTicket> {
  const { announcedBytes, isWholeBody = false, mimeType } = head;
  const { scope } = target;
  const isSmall = announcedBytes !== undefined && announcedBytes <= SMALL_BODY_BYTES;
  const role = scope === undefined || deps.lookup.wasBound(scope.role) ? null : scope.role;
  if (!isWholeBody || (!isSmall && role === null)) return probeUpload(deps, target, head);
  assertValidKey(target.key);
  const { bucket, row, isUnrestricted, hasQuotas } = await deps.lookup.find(target.bucket, target.key, role);
  const isWelcome = isSmall || (isUnrestricted && !hasQuotas);
  if (!isWelcome || bucket === null || (row !== undefined && !target.upsert)) return probeUpload(deps, target, head);
  const maxBytes = maxBytesOf(deps, target, bucket);
  if ((announcedBytes ?? 0) > maxBytes || !isAllowedMimeType(mimeType, bucket.allowed_mime_types)) return probeUpload(deps, target, head);
  return { target, version: createVersionId(), maxBytes, isUnrestricted };
}

/**
 * Asks Postgres whether the row could be written, without writing it and before a byte is taken. No connection is held afterwards.
 * @throws ProtocolError InvalidKey, NoSuchBucket, AccessDenied, KeyAlreadyExists, InvalidMimeType, EntityTooLarge
 */
export async function probeUpload(deps: Deps, target: UploadTarget, head: UploadHead): Promise<UploadTicket> {
  const version = createVersionId();
  const metadata = { mimetype: head.mimeType, cacheControl: head.cacheControl, ...announced(head) };
  // The size counts against quotas, as far as it is known.
  const sizeBytes = head.isWholeBody === true ? (head.announcedBytes ?? null) : null;
  const row = { ...newRow(target, head, version, metadata), sizeBytes };
  const limits = await askPolicies(deps, target, row);
  if (!isAllowedMimeType(head.mimeType, limits.allowed_mime_types)) throw failures.invalidMimeType(head.mimeType);
  const maxBytes = maxBytesOf(deps, target, limits);
  if (head.announcedBytes !== undefined && head.isWholeBody && head.announcedBytes > maxBytes) throw failures.tooLarge();
  return { target, version, maxBytes };
}

function maxBytesOf({ maxUploadBytes }: Deps, target: UploadTarget, bucket: Pick<BucketRow, 'file_size_limit'>): number {
  return Math.min(maxUploadBytes, target.maxBytes ?? maxUploadBytes, Number(bucket.file_size_limit ?? maxUploadBytes));
}

/** Like {@link probeUpload} while nothing is known of the bytes yet. */
export async function probeTarget(deps: Deps, target: UploadTarget): Promise<void> {
  await askPolicies(deps, target, newRow(target, { userMetadata: null }, createVersionId(), {}));
}

async function askPolicies({ database }: Deps, target: UploadTarget, row: NewObject): Promise<BucketRow> {
  assertValidKey(target.key);
  const { scope, upsert } = target;
  const bucket = findBucket(target.bucket);
  const existing = findObject(target.bucket, target.key);
  let refusal: unknown;
  if (scope === undefined) await database.read(bucket, existing);
  else {
    const probe = database.transact({ prelude: [bucket], scope, steps: [writeObject(row, upsert)], end: 'rollback' });
    refusal = await probe.then(
      () => undefined,
      (error: unknown) => asKeyConflict(error),
    );
  }
  const limits = bucket.rows[0];
  // Policies speak only about buckets that exist; but without an answer at all there is nothing to say about the bucket.
  if (limits === undefined && !isOutage(refusal)) throw failures.noSuchBucket();
  if (refusal !== undefined) throw refusal;
  if (limits === undefined) throw failures.noSuchBucket();
  if (!upsert && existing.rows.length > 0) throw failures.keyExists();
  return limits;
}

/**
 * Makes staged bytes the object: in place and synced, then row, event and retirement of the old version in one transaction.
 * When this resolves the object is durable; when it throws, neither row nor bytes stay.
 */
export async function completeUpload(deps: Deps, ticket: UploadTicket, head: UploadHead, staged: StagedBlob): Promise<UploadResult> {
  const { version } = ticket;
  const metadata = describe(head, staged);
  const row = {
    ...newRow(ticket.target, head, version, metadata),
    sizeBytes: staged.facts.sizeBytes,
    sha256: staged.facts.sha256.toString('hex'),
    crc32: staged.facts.crc32,
  };
  const instanceId = await staged.publish();
  try {
    const id = await commitRow(deps, ticket, row, instanceId);
    deps.blobs.settle(version);
    return { id, version, metadata };
  } catch (error) {
    await withdraw(deps, version, error);
    throw asKeyConflict(error);
  }
}

/** Returns the id that the row has now. */
async function commitRow(
  deps: Deps,
  { target, alongside = [], isUnrestricted = false }: UploadTicket,
  row: NewObject,
  instanceId: string,
): Promise<string> {
  const { scope, upsert, bucket, key, operation } = target;
  if (isUnrestricted && scope !== undefined && !upsert && alongside.length === 0) {
    await deps.inserts.insert({ row, scope, instanceId });
    return row.id;
  }
  const current = findObject(bucket, key);
  await deps.database.transact({
    before: [holdInstance(instanceId), ...(scope ? [] : [nameOperation(operation)])],
    ...(scope === undefined ? {} : { scope }),
    steps: [writeObject(row, upsert)],
    after: upsert ? [...alongside, current] : alongside,
  });
  return current.rows[0]?.id ?? row.id;
}

/** Takes published bytes back after a failed transaction, unless it may have been committed after all. */
export async function withdraw({ blobs }: Pick<Deps, 'blobs'>, version: string, error: unknown): Promise<void> {
  const lost = connectionLostIn(error);
  if (lost === undefined && error instanceof ProtocolError) await blobs.abandon(version);
  else blobs.doubt(version, lost?.backend ?? null);
}

function isOutage(error: unknown): boolean {
  return error instanceof ProtocolError ? error.status >= 500 : error !== undefined;
}

/** A taken name is a conflict about the key. */
export function asKeyConflict(error: unknown): unknown {
  if (error instanceof ProtocolError && error.protocolCode === 'ResourceAlreadyExists') return failures.keyExists();
  return error;
}

function newRow(
  target: UploadTarget,
  head: Pick<UploadHead, 'userMetadata'>,
  version: string,
  metadata: Readonly<Record<string, unknown>>,
): NewObject {
  const { bucket, key, subject } = target;
  const unknown = { sizeBytes: null, sha256: null, crc32: null };
  return { id: randomUUID(), bucket, key, subject, version, metadata, userMetadata: head.userMetadata, ...unknown };
}

function announced({ announcedBytes }: UploadHead): Record<string, number> {
  return announcedBytes === undefined ? {} : { size: announcedBytes, contentLength: announcedBytes };
}

function describe(head: UploadHead, { facts }: StagedBlob): ObjectMetadata & Record<string, unknown> {
  return {
    eTag: `"${entityTagOf(facts)}"`,
    size: facts.sizeBytes,
    mimetype: head.mimeType,
    cacheControl: head.cacheControl,
    lastModified: new Date().toISOString(),
    contentLength: facts.sizeBytes,
    httpStatusCode: 200,
    ...(head.contentEncoding === undefined ? {} : { contentEncoding: head.contentEncoding }),
  };
}
