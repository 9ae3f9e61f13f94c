import { randomUUID } from 'node:crypto';
import { createVersionId } from '../blobs/version-id.ts';
import type { StorageDeps } from '../deps.ts';
import { failures } from '../errors.ts';
import { findBucket } from '../metadata/bucket-queries.ts';
import { findObject, holdInstance, type NewObject, type ObjectRow, writeObject } from '../metadata/object-queries.ts';
import type { Scope } from '../metadata/scope.ts';
import type { Step } from '../metadata/step.ts';
import { findVersion, versionPolicies } from '../metadata/version-queries.ts';
import { assertValidKey } from './key.ts';
import { isSendableMimeType } from './mime-type.ts';
import { refuseDamaged } from './read-object.ts';
import { asKeyConflict, withdraw } from './upload-object.ts';

export interface ObjectAddress {
  readonly bucket: string;
  readonly key: string;
}

/** An object, or one of its versions. */
export interface SourceAddress extends ObjectAddress {
  readonly versionId?: string | undefined;
}

export interface CopyRequest {
  readonly from: SourceAddress;
  readonly to: ObjectAddress;
  readonly upsert: boolean;
  readonly scope: Scope;
  /** Replaces what is copied; undefined copies both kinds of metadata from the source. */
  readonly replacement?: {
    readonly mimetype?: string | undefined;
    readonly cacheControl?: string | undefined;
    readonly contentEncoding?: string | undefined;
    readonly userMetadata: Readonly<Record<string, unknown>> | null;
  };
}

/**
 * Copies an object; the bytes of the two are independent from then on. The caller must see the source and may insert the destination.
 * @throws ProtocolError NoSuchKey, NoSuchBucket, AccessDenied, KeyAlreadyExists
 */
export async function copyObject(deps: StorageDeps, request: CopyRequest): Promise<ObjectRow> {
  const { from, to, scope, upsert } = request;
  assertValidKey(from.key);
  assertValidKey(to.key);
  const source = await findSource(deps, request);
  const version = createVersionId();
  const row = newRow(request, source, version);
  await deps.database.transact({ scope, steps: [writeObject(row, upsert)], end: 'rollback' }).catch((error: unknown) => {
    throw asKeyConflict(error);
  });
  const instanceId = await deps.blobs.copy(source.version, version);
  const written = findObject(to.bucket, to.key);
  try {
    await deps.database.transact({
      before: [holdInstance(instanceId)],
      scope,
      steps: [writeObject(row, upsert)],
      after: [written],
    });
  } catch (error) {
    await withdraw(deps, version, error);
    throw asKeyConflict(error);
  }
  deps.blobs.settle(version);
  const result = written.rows[0];
  if (result === undefined) throw failures.noSuchKey();
  return result;
}

async function findSource({ database }: StorageDeps, { from, to, scope }: CopyRequest): Promise<ObjectRow & { version: string }> {
  const source = findSourceRow(from);
  const destination = findBucket(to.bucket);
  const policies = from.versionId === undefined ? [] : versionPolicies(scope);
  await Promise.all([database.readBoth(scope, policies, [source]), database.read(destination)]);
  const row = source.rows[0];
  if (row === undefined || row.version === null || (row.is_delete_marker ?? false)) throw failures.noSuchKey();
  if (destination.rows.length === 0) throw failures.noSuchBucket();
  refuseDamaged(row);
  return { ...row, version: row.version };
}

/** The row of an object or of one of its versions, as whoever runs the step may see it. */
export function findSourceRow({ bucket, key, versionId }: SourceAddress): Step<ObjectRow> {
  return versionId === undefined ? findObject(bucket, key) : findVersion(bucket, { key, versionId });
}

function newRow({ to, scope, replacement }: CopyRequest, source: ObjectRow, version: string): NewObject {
  const overrides = replacement === undefined ? {} : definedOnly(replacement);
  const mimetype = replacement?.mimetype;
  if (mimetype !== undefined && !isSendableMimeType(mimetype)) throw failures.invalidMimeType(mimetype);
  return {
    id: randomUUID(),
    bucket: to.bucket,
    key: to.key,
    subject: scope.subject,
    version,
    metadata: { ...source.metadata, ...overrides, lastModified: new Date().toISOString() },
    userMetadata: replacement === undefined ? source.user_metadata : replacement.userMetadata,
    sizeBytes: source.size_bytes === null ? null : Number(source.size_bytes),
    sha256: source.sha256,
    crc32: source.crc32 === null ? null : Number(source.crc32),
  };
}

function definedOnly({ mimetype, cacheControl, contentEncoding }: NonNullable<CopyRequest['replacement']>): Record<string, string> {
  return {
    ...(mimetype === undefined ? {} : { mimetype }),
    ...(cacheControl === undefined ? {} : { cacheControl }),
    ...(contentEncoding === undefined ? {} : { contentEncoding }),
  };
}
