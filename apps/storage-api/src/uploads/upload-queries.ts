import { type Step, step } from '../metadata/step.ts';
import type { UploadRecord } from './upload-record.ts';

export interface UploadRow {
  readonly version: string;
  readonly bucket_id: string;
  readonly name: string;
  readonly owner_role: string | null;
  readonly owner_subject: string;
  readonly upsert: boolean;
  readonly metadata_header: string;
  readonly mime_type: string;
  readonly cache_control: string;
  readonly user_metadata: Readonly<Record<string, unknown>> | null;
  /** bigint as text, like the two below. */
  readonly length_bytes: string | null;
  readonly offset_bytes: string;
  readonly max_bytes: string;
  readonly created_at: Date;
  readonly completed_at: Date | null;
}

const SQL = {
  insert: {
    name: 'upload_insert',
    text: `insert into storage.resumable_uploads (version, bucket_id, name, owner_role, owner_subject, upsert, metadata_header, mime_type,
      cache_control, user_metadata, length_bytes, max_bytes, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
  },
  find: {
    name: 'upload_find',
    text: `select version, bucket_id, name, owner_role, owner_subject, upsert, metadata_header, mime_type, cache_control, user_metadata,
      length_bytes, offset_bytes, max_bytes, created_at, completed_at from storage.resumable_uploads where version = $1`,
  },
  advance: {
    name: 'upload_advance',
    text: `update storage.resumable_uploads set offset_bytes = $3 where version = $1 and offset_bytes = $2 and completed_at is null`,
  },
  declare: {
    name: 'upload_declare',
    text: `update storage.resumable_uploads set length_bytes = $2, offset_bytes = least(offset_bytes, greatest($2::bigint - 1, 0))
      where version = $1 and length_bytes is null and completed_at is null`,
  },
  complete: { name: 'upload_complete', text: 'select storage.complete_resumable_upload($1, $2)' },
  remove: { name: 'upload_remove', text: 'delete from storage.resumable_uploads where version = $1' },
  expired: {
    name: 'upload_expired',
    text: `select version from storage.resumable_uploads where created_at < now() - make_interval(secs => $1) order by created_at limit $2`,
  },
  open: {
    name: 'upload_open',
    text: 'select version from storage.resumable_uploads where version = any($1::uuid[]) and completed_at is null',
  },
} as const;

export function insertUpload(upload: UploadRecord): Step<never> {
  return step(SQL.insert, [
    upload.version,
    upload.bucket,
    upload.key,
    upload.role,
    upload.subject,
    upload.upsert,
    upload.metadataHeader,
    upload.mimeType,
    upload.cacheControl,
    upload.userMetadata === null ? null : JSON.stringify(upload.userMetadata),
    upload.lengthBytes,
    upload.maxBytes,
    upload.createdAt,
  ]);
}

export function findUpload(version: string): Step<UploadRow> {
  return step(SQL.find, [version]);
}

/** Moves the acknowledged offset, unless someone else moved it meanwhile: then no row is touched. */
export function advanceUpload(version: string, fromBytes: number, toBytes: number): Step<never> {
  return step(SQL.advance, [version, fromBytes, toBytes]);
}

export function declareUploadLength(version: string, lengthBytes: number): Step<never> {
  return step(SQL.declare, [version, lengthBytes]);
}

/** Fails the transaction unless the upload is still open. */
export function completeUploadRow(version: string, lengthBytes: number): Step<unknown> {
  return step(SQL.complete, [version, lengthBytes]);
}

export function removeUpload(version: string): Step<never> {
  return step(SQL.remove, [version]);
}

export function findExpiredUploads(afterSeconds: number, limit: number): Step<{ version: string }> {
  return step(SQL.expired, [afterSeconds, limit]);
}

/** Those among `versions` that are still being uploaded. */
export function findOpenUploads(versions: readonly string[]): Step<{ version: string }> {
  return step(SQL.open, [versions]);
}

export function toRecord(row: UploadRow): UploadRecord {
  return {
    version: row.version,
    bucket: row.bucket_id,
    key: row.name,
    role: row.owner_role,
    subject: row.owner_subject,
    upsert: row.upsert,
    metadataHeader: row.metadata_header,
    mimeType: row.mime_type,
    cacheControl: row.cache_control,
    userMetadata: row.user_metadata,
    lengthBytes: row.length_bytes === null ? null : Number(row.length_bytes),
    offsetBytes: Number(row.offset_bytes),
    maxBytes: Number(row.max_bytes),
    createdAt: row.created_at,
    completedAt: row.completed_at,
  };
}
