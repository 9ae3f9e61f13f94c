import { randomUUID } from 'node:crypto';
import { S3Error } from '../../access/sigv4/s3-error.ts';
import type { StagedBlob } from '../../blobs/blob-store.port.ts';
import { createVersionId } from '../../blobs/version-id.ts';
import { failures, ProtocolError } from '../../errors.ts';
import { type BucketRow, findBucket } from '../../metadata/bucket-queries.ts';
import { findKeys, holdInstance, type NewObject, type ObjectMetadata, writeObject } from '../../metadata/object-queries.ts';
import type { Step } from '../../metadata/step.ts';
import { findWritten, versionIdOf } from '../../metadata/version-queries.ts';
import { isAllowedMimeType } from '../../objects/mime-type.ts';
import { asKeyConflict, withdraw } from '../../objects/upload-object.ts';
import type { Checksum } from './body/digest-check.ts';
import type { RequestBody } from './body/read-body.ts';
import { header, type S3Call, type S3Deps, setHeaders, VERSION_HEADER } from './call.ts';
import { requireValidKey } from './key.ts';
import type { ObjectHead, S3Extras } from './object-head.ts';
import { requireEtag } from './queries/objects.ts';
import { unquoteEtag } from './xml/request-documents.ts';

/** Policies do not bind it, so there is nothing to ask before the bytes come; the commit still runs as this role. */
const UNRESTRICTED_ROLE = 'service_role';

/** When a write may happen. */
export type WriteCondition = { readonly kind: 'always' } | { readonly kind: 'absent' } | { readonly kind: 'etag'; readonly etag: string };

/** Reads If-None-Match and If-Match of a write. @throws NotImplemented for what S3 does not define */
export function readWriteCondition(call: Pick<S3Call, 'headers'>): WriteCondition {
  const ifNoneMatch = header(call, 'if-none-match');
  const ifMatch = header(call, 'if-match');
  if (ifNoneMatch !== null && (ifNoneMatch.trim() !== '*' || ifMatch !== null)) {
    throw new S3Error('NotImplemented', 'Of conditional writes only If-None-Match: * or If-Match with one entity tag is implemented.');
  }
  if (ifNoneMatch !== null) return { kind: 'absent' };
  return ifMatch === null ? { kind: 'always' } : { kind: 'etag', etag: unquoteEtag(ifMatch.trim()) };
}

export interface WritePlan {
  readonly bucket: string;
  readonly key: string;
  readonly head: ObjectHead;
  readonly condition: WriteCondition;
  readonly announcedBytes: number;
}

/** A write that policies and limits allow. */
export interface WriteTicket {
  readonly version: string;
  readonly maxBytes: number;
  /** Whether the bucket keeps versions, so that the one that is written has an id to tell. */
  readonly keepsVersions: boolean;
}

/**
 * Asks Postgres whether the row could be written, without writing it and before a byte is taken.
 * @throws ProtocolError NoSuchBucket, AccessDenied, KeyAlreadyExists, InvalidMimeType, EntityTooLarge; S3Error for the key
 */
export async function probeWrite(deps: S3Deps, call: S3Call, plan: WritePlan): Promise<WriteTicket> {
  const { bucket, key, condition, head, announcedBytes } = plan;
  requireValidKey(key);
  const version = createVersionId();
  const limits = findBucket(bucket);
  if (call.scope.role === UNRESTRICTED_ROLE && condition.kind !== 'etag') {
    const existing = findKeys(bucket, [key]);
    await deps.database.read(limits, ...(condition.kind === 'absent' ? [existing] : []));
    if (existing.rows.length > 0) throw failures.keyExists();
  } else await probePolicies(deps, call, plan, { version, limits });
  const [bucketRow] = limits.rows;
  if (bucketRow === undefined) throw failures.noSuchBucket();
  if (!isAllowedMimeType(head.mimeType, bucketRow.allowed_mime_types)) throw failures.invalidMimeType(head.mimeType);
  const maxBytes = Math.min(deps.maxUploadBytes, Number(bucketRow.file_size_limit ?? deps.maxUploadBytes));
  if (announcedBytes > maxBytes) throw failures.tooLarge();
  return { version, maxBytes, keepsVersions: bucketRow.versioning_status !== 'DISABLED' };
}

/** Writes the row and rolls back. Where there is no bucket, that is what counts, not what policies make of it. */
async function probePolicies(
  { database }: S3Deps,
  call: S3Call,
  plan: WritePlan,
  { version, limits }: { readonly version: string; readonly limits: Step<BucketRow> },
): Promise<void> {
  const bytes = { version, sizeBytes: plan.announcedBytes, sha256: null, crc32: null, etag: '' };
  const row = newRow(call, plan, bytes, describe(plan.head, bytes, {}));
  const steps = [...conditionSteps(plan), writeObject(row, plan.condition.kind !== 'absent')];
  await database.transact({ prelude: [limits], scope: call.scope, steps, end: 'rollback' }).catch((error: unknown) => {
    const isRefusal = error instanceof ProtocolError && error.status < 500;
    throw isRefusal && limits.rows.length === 0 ? failures.noSuchBucket() : asKeyConflict(error);
  });
}

/** Receives a body into staging and checks every digest; nothing stays when one is wrong. */
export async function stageBody(
  deps: S3Deps,
  version: string,
  body: RequestBody,
  maxBytes: number,
): Promise<{ staged: StagedBlob; checksum: Checksum | null }> {
  const staged = await deps.blobs.stage(version, body.bytes, { maxBytes, ownsChunks: body.ownsChunks });
  try {
    if (staged.facts.sizeBytes !== body.announcedBytes) throw new S3Error('IncompleteBody');
    return { staged, checksum: body.verify(staged.facts) };
  } catch (error) {
    await staged.discard();
    throw error;
  }
}

/** Bytes that are, or will be with `publish`, in place under `version`. */
export interface WrittenBytes {
  readonly version: string;
  readonly sizeBytes: number;
  /** Hex; null when the row of a copied object did not have it. */
  readonly sha256: string | null;
  readonly crc32: number | null;
  /** Quoted. */
  readonly etag: string;
  /** Returns the instance to hold, see BlobStore. */
  publish(): Promise<string>;
}

export interface CommitOptions {
  readonly extras: S3Extras;
  /** Of the ticket. */
  readonly keepsVersions: boolean;
  /** Runs as the service itself, in the same transaction. */
  readonly before?: readonly Step<unknown>[];
}

/**
 * Makes bytes the object: in place and synced, then row, event and retirement of the old version in one transaction, with the
 * condition checked under the row's lock. Tells the client the version's id in a header. When this resolves the object is durable; when it throws, neither row nor bytes stay.
 */
export async function commitObject(
  deps: S3Deps,
  call: S3Call,
  plan: Omit<WritePlan, 'announcedBytes'>,
  bytes: WrittenBytes,
  { extras, keepsVersions, before = [] }: CommitOptions,
): Promise<ObjectMetadata> {
  const { head, condition } = plan;
  const { version } = bytes;
  const metadata = describe(head, bytes, extras);
  const row = newRow(call, plan, bytes, metadata);
  const instanceId = await bytes.publish();
  const written = findWritten(plan.bucket, plan.key, version);
  const expiring = { key: plan.key, tags: extras.tags ?? {}, sizeBytes: bytes.sizeBytes, since: new Date() };
  const notice = deps.expiry.headerFor(plan.bucket, expiring);
  try {
    await deps.database.transact({
      before: [holdInstance(instanceId), ...before],
      scope: call.scope,
      steps: [...conditionSteps(plan), writeObject(row, condition.kind !== 'absent')],
      after: keepsVersions ? [written] : [],
    });
  } catch (error) {
    await withdraw(deps, version, error);
    throw asBucketGone(asKeyConflict(error));
  }
  deps.blobs.settle(version);
  const [named] = written.rows;
  const told = { ...(await notice), ...(named === undefined ? {} : { [VERSION_HEADER]: versionIdOf(named) }) };
  if (!call.res.headersSent) setHeaders(call.res, told);
  return metadata;
}

/** The bucket was there when the write began. */
function asBucketGone(error: unknown): unknown {
  const isGone = error instanceof ProtocolError && error.message === failures.relatedMissing().message;
  return isGone ? failures.noSuchBucket() : error;
}

function conditionSteps({ bucket, key, condition }: Pick<WritePlan, 'bucket' | 'key' | 'condition'>): readonly Step<unknown>[] {
  return condition.kind === 'etag' ? [requireEtag(bucket, key, condition.etag)] : [];
}

type ByteFacts = Omit<WrittenBytes, 'publish'>;

function newRow(
  call: S3Call,
  plan: Omit<WritePlan, 'announcedBytes'>,
  bytes: ByteFacts,
  metadata: ObjectMetadata & Record<string, unknown>,
): NewObject {
  const { bucket, key, head } = plan;
  const { version, sizeBytes, sha256, crc32 } = bytes;
  const { subject } = call.scope;
  return { id: randomUUID(), bucket, key, subject, version, metadata, userMetadata: head.userMetadata, sizeBytes, sha256, crc32 };
}

function describe(head: ObjectHead, { etag, sizeBytes }: ByteFacts, extras: S3Extras): ObjectMetadata & Record<string, unknown> {
  return {
    eTag: etag,
    size: sizeBytes,
    mimetype: head.mimeType,
    cacheControl: head.cacheControl,
    lastModified: new Date().toISOString(),
    contentLength: sizeBytes,
    httpStatusCode: 200,
    ...(head.contentEncoding === undefined ? {} : { contentEncoding: head.contentEncoding }),
    ...(Object.keys(extras).length === 0 ? {} : { s3: extras }),
  };
}
