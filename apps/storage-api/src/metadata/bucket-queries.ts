import { type Step, step } from './step.ts';
import type { VersioningStatus } from './version-queries.ts';

export interface BucketRow {
  readonly id: string;
  readonly name: string;
  readonly owner: string | null;
  readonly public: boolean;
  readonly type: string;
  /** bigint as text. */
  readonly file_size_limit: string | null;
  readonly allowed_mime_types: readonly string[] | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly versioning_status: VersioningStatus;
}

const COLUMNS = 'id, name, owner, public, type, file_size_limit, allowed_mime_types, created_at, updated_at, versioning_status';

export interface NewBucket {
  readonly id: string;
  readonly name: string;
  readonly owner: string | null;
  readonly ownerId: string | null;
  readonly isPublic: boolean;
  readonly fileSizeLimit: number | null;
  readonly allowedMimeTypes: readonly string[] | null;
  readonly versioningStatus: VersioningStatus;
}

/** Undefined leaves a column as it is. */
export interface BucketChanges {
  readonly isPublic?: boolean | undefined;
  readonly fileSizeLimit?: number | null | undefined;
  readonly allowedMimeTypes?: readonly string[] | null | undefined;
  readonly versioningStatus?: VersioningStatus | undefined;
}

const SORT_COLUMNS = ['id', 'name', 'created_at', 'updated_at'] as const;
export type BucketSortColumn = (typeof SORT_COLUMNS)[number];

export interface BucketListing {
  readonly limit: number | null;
  readonly offset: number;
  readonly search: string;
  readonly sortColumn: BucketSortColumn;
  readonly descending: boolean;
}

const SQL = {
  insert: {
    name: 'bucket_insert',
    text: `insert into storage.buckets (id, name, owner, owner_id, public, file_size_limit, allowed_mime_types, versioning_status)
      values ($1, $2, $3, $4, $5, $6, $7, $8)`,
  },
  find: { name: 'bucket_find', text: `select ${COLUMNS} from storage.buckets where id = $1` },
  update: {
    name: 'bucket_update',
    text: `update storage.buckets set
      public = case when $2 then $3 else public end,
      file_size_limit = case when $4 then $5 else file_size_limit end,
      allowed_mime_types = case when $6 then $7::text[] else allowed_mime_types end,
      versioning_status = coalesce($8, versioning_status),
      updated_at = now()
      where id = $1`,
  },
  remove: { name: 'bucket_remove', text: 'delete from storage.buckets where id = $1' },
} as const;

export function insertBucket(bucket: NewBucket): Step<never> {
  const { id, name, owner, ownerId, isPublic, fileSizeLimit, allowedMimeTypes, versioningStatus } = bucket;
  return step(SQL.insert, [id, name, owner, ownerId, isPublic, fileSizeLimit, allowedMimeTypes, versioningStatus]);
}

export function findBucket(id: string): Step<BucketRow> {
  return step(SQL.find, [id]);
}

export function updateBucketRow(id: string, { isPublic, fileSizeLimit, allowedMimeTypes, versioningStatus }: BucketChanges): Step<never> {
  return step(SQL.update, [
    id,
    isPublic !== undefined,
    isPublic ?? null,
    fileSizeLimit !== undefined,
    fileSizeLimit ?? null,
    allowedMimeTypes !== undefined,
    allowedMimeTypes ?? null,
    versioningStatus ?? null,
  ]);
}

export function removeBucket(id: string): Step<never> {
  return step(SQL.remove, [id]);
}

/** One page of buckets. `search` matches anywhere in the name, without regard to case. */
export function listBucketRows({ limit, offset, search, sortColumn, descending }: BucketListing): Step<BucketRow> {
  const order = `${sortColumn} ${descending ? 'desc' : 'asc'}, id`;
  return step(
    {
      name: `bucket_list_${sortColumn}_${descending ? 'desc' : 'asc'}`,
      text: `select ${COLUMNS} from storage.buckets where $1 = '' or position(lower($1) in lower(name)) > 0
        order by ${order} limit $2 offset $3`,
    },
    [search, limit, offset],
  );
}
