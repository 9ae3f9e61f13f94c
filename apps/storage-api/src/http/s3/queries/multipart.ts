import { successor } from '../../../metadata/key-range.ts';
import type { Scope } from '../../../metadata/scope.ts';
import { type Step, step } from '../../../metadata/step.ts';

export interface UploadRow {
  readonly id: string;
  readonly bucket_id: string;
  readonly key: string;
  readonly role: string;
  readonly owner_id: string;
  readonly head: unknown;
  readonly created_at: Date;
}

export interface PartRow {
  readonly part_number: number;
  readonly version: string;
  readonly size_bytes: string;
  /** Hex MD5. */
  readonly etag: string;
  /** `<algorithm>:<base64>`, see part-checksum.ts. */
  readonly checksum: string | null;
  readonly crc32: string | null;
  readonly created_at: Date;
}

/** The role that may touch every upload; all others only their own. */
const ALL_SEEING_ROLE = 'service_role';
const OWN = `(role = $1 and owner_id = $2 or $1 = '${ALL_SEEING_ROLE}')`;
const COLUMNS = 'id, bucket_id, key, role, owner_id, head, created_at';

const SQL = {
  insert: {
    name: 's3_upload_insert',
    text: 'insert into storage.s3_multipart_uploads (id, bucket_id, key, role, owner_id, head) values ($1, $2, $3, $4, $5, $6)',
  },
  find: {
    name: 's3_upload_find',
    text: `select ${COLUMNS} from storage.s3_multipart_uploads where ${OWN} and bucket_id = $3 and key = $4 and id = $5`,
  },
  remove: {
    name: 's3_upload_remove',
    text: `delete from storage.s3_multipart_uploads where ${OWN} and bucket_id = $3 and key = $4 and id = $5`,
  },
  finish: { name: 's3_upload_finish', text: 'select storage.s3_finish_upload($1)' },
  list: {
    name: 's3_upload_list',
    text: `select ${COLUMNS} from storage.s3_multipart_uploads
      where ${OWN} and bucket_id = $3 and key >= $4 and ($5 = '' or key < $5) and (key, id) > ($6, $7)
      order by key, id limit $8`,
  },
  putPart: {
    name: 's3_part_put',
    text: `insert into storage.s3_multipart_uploads_parts (upload_id, part_number, version, size_bytes, etag, checksum, crc32)
      values ($1, $2, $3, $4, $5, $6, $7)
      on conflict (upload_id, part_number) do update set version = excluded.version, size_bytes = excluded.size_bytes,
        etag = excluded.etag, checksum = excluded.checksum, crc32 = excluded.crc32, created_at = now()`,
  },
  parts: {
    name: 's3_part_list',
    text: `select part_number, version, size_bytes, etag, checksum, crc32, created_at from storage.s3_multipart_uploads_parts
      where upload_id = $1 and part_number > $2 order by part_number limit $3`,
  },
  used: {
    name: 's3_part_used',
    text: `select coalesce(sum(size_bytes), 0)::text as bytes from storage.s3_multipart_uploads_parts
      where upload_id = $1 and part_number <> $2`,
  },
} as const;

export interface UploadAddress {
  readonly bucket: string;
  readonly key: string;
  readonly id: string;
}

export function insertUpload(upload: UploadAddress & { readonly scope: Scope; readonly head: unknown }): Step<never> {
  const { id, bucket, key, scope, head } = upload;
  return step(SQL.insert, [id, bucket, key, scope.role, scope.subject, JSON.stringify(head)]);
}

/** The upload, if it is the caller's or the caller sees all. */
export function findUpload(scope: Scope, { bucket, key, id }: UploadAddress): Step<UploadRow> {
  return step(SQL.find, [scope.role, scope.subject, bucket, key, id]);
}

/** Deletes the upload with its parts, whose bytes are retired. */
export function removeUpload(scope: Scope, { bucket, key, id }: UploadAddress): Step<never> {
  return step(SQL.remove, [scope.role, scope.subject, bucket, key, id]);
}

/** Deletes the upload, or fails the transaction with NoSuchUpload when somebody else has ended it. */
export function finishUpload(id: string): Step<unknown> {
  return step(SQL.finish, [id]);
}

export interface UploadListing {
  readonly bucket: string;
  readonly prefix: string;
  readonly afterKey: string;
  readonly afterId: string;
  readonly limit: number;
}

export function listUploadRows(scope: Scope, { bucket, prefix, afterKey, afterId, limit }: UploadListing): Step<UploadRow> {
  return step(SQL.list, [scope.role, scope.subject, bucket, prefix, successor(prefix), afterKey, afterId, limit]);
}

export interface NewPart {
  readonly uploadId: string;
  readonly partNumber: number;
  readonly version: string;
  readonly sizeBytes: number;
  readonly etag: string;
  readonly checksum: string | null;
  readonly crc32: number;
}

export function putPart({ uploadId, partNumber, version, sizeBytes, etag, checksum, crc32 }: NewPart): Step<never> {
  return step(SQL.putPart, [uploadId, partNumber, version, sizeBytes, etag, checksum, crc32]);
}

export function listPartRows(uploadId: string, afterNumber: number, limit: number): Step<PartRow> {
  return step(SQL.parts, [uploadId, afterNumber, limit]);
}

/** Bytes of all parts but one. */
export function usedBytes(uploadId: string, exceptNumber: number): Step<{ bytes: string }> {
  return step(SQL.used, [uploadId, exceptNumber]);
}
