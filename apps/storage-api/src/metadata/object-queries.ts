import { type Step, step } from './step.ts';

/** What a row keeps about its bytes; the names are the protocol's. */
export interface ObjectMetadata {
  readonly eTag: string;
  readonly size: number;
  readonly mimetype: string;
  readonly cacheControl: string;
  /** ISO 8601. */
  readonly lastModified: string;
  readonly contentLength: number;
  readonly httpStatusCode: number;
  readonly contentEncoding?: string;
}

export interface ObjectRow {
  readonly id: string;
  readonly name: string;
  readonly bucket_id: string;
  readonly owner: string | null;
  readonly owner_id: string | null;
  readonly version: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly last_accessed_at: Date;
  readonly metadata: Partial<ObjectMetadata> | null;
  readonly user_metadata: Readonly<Record<string, unknown>> | null;
  readonly size_bytes: string | null;
  readonly sha256: string | null;
  /** Of the stored bytes; null for rows of older servers. */
  readonly crc32: string | null;
  /** Equal to `version` when its bytes are known to be damaged. */
  readonly damaged_version: string | null;
  /** False for the null version of a key. */
  readonly is_versioned: boolean;
  /** Only where versions are asked for: when this one was replaced, null for the current one. */
  readonly archived_at?: Date | null;
  /** Only where versions are asked for. */
  readonly is_delete_marker?: boolean;
}

/** Of an {@link ObjectRow}. */
export const OBJECT_COLUMNS = `id, name, bucket_id, owner, owner_id, version, created_at, updated_at, last_accessed_at, metadata, user_metadata,
  size_bytes, sha256, crc32, damaged_version, is_versioned`;

/** Columns of a new row, in the order of the insert. */
export interface NewObject {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  /** `sub` of the token, or empty. */
  readonly subject: string;
  readonly version: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly userMetadata: Readonly<Record<string, unknown>> | null;
  readonly sizeBytes: number | null;
  readonly sha256: string | null;
  readonly crc32: number | null;
}

const INSERT = `insert into storage.objects (id, bucket_id, name, owner, owner_id, version, metadata, user_metadata, size_bytes, sha256,
  crc32) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;
const ON_CONFLICT = `on conflict (bucket_id, name) do update set owner = excluded.owner, owner_id = excluded.owner_id,
  version = excluded.version, metadata = excluded.metadata, user_metadata = excluded.user_metadata, size_bytes = excluded.size_bytes,
  sha256 = excluded.sha256, crc32 = excluded.crc32`;

const SQL = {
  insert: { name: 'object_insert', text: INSERT },
  upsert: { name: 'object_upsert', text: `${INSERT} ${ON_CONFLICT}` },
  find: { name: 'object_find', text: `select ${OBJECT_COLUMNS} from storage.objects where bucket_id = $1 and name = $2` },
  findMany: { name: 'object_find_many', text: 'select name from storage.objects where bucket_id = $1 and name = any($2::text[])' },
  remove: {
    name: 'object_remove',
    text: `delete from storage.objects where bucket_id = $1 and name = any($2::text[]) returning ${OBJECT_COLUMNS}`,
  },
  move: {
    name: 'object_move',
    text: `update storage.objects set bucket_id = $3, name = $4, owner = coalesce($5, owner), owner_id = coalesce($6, owner_id)
      where bucket_id = $1 and name = $2 returning id, name`,
  },
  empty: {
    name: 'object_empty',
    text: `delete from storage.objects where id in (select id from storage.objects where bucket_id = $1 order by name limit $2)`,
  },
  any: { name: 'object_any', text: 'select id from storage.objects where bucket_id = $1 limit 1' },
  count: {
    name: 'object_count',
    text: 'select count(*) from (select from storage.objects where bucket_id = $1 limit $2) as counted',
  },
  holdInstance: { name: 'instance_hold', text: 'select storage.hold_instance($1)' },
} as const;

/** Inserts a row, or with `upsert` replaces the one of that name. Returns nothing, so that insert-only policies suffice. */
export function writeObject(row: NewObject, upsert: boolean): Step<never> {
  return step(upsert ? SQL.upsert : SQL.insert, [
    row.id,
    row.bucket,
    row.key,
    ...ownerOf(row.subject),
    row.version,
    JSON.stringify(row.metadata),
    row.userMetadata === null ? null : JSON.stringify(row.userMetadata),
    row.sizeBytes,
    row.sha256,
    row.crc32,
  ]);
}

export function findObject(bucket: string, key: string): Step<ObjectRow> {
  return step(SQL.find, [bucket, key]);
}

/** Names among `keys` that exist and may be seen. */
export function findKeys(bucket: string, keys: readonly string[]): Step<{ name: string }> {
  return step(SQL.findMany, [bucket, keys]);
}

/** Deletes by name and returns what was deleted. */
export function removeObjects(bucket: string, keys: readonly string[]): Step<ObjectRow> {
  return step(SQL.remove, [bucket, keys]);
}

interface Address {
  readonly bucket: string;
  readonly key: string;
}

/** Renames a row, which then belongs to `subject`; to its old owner when that is empty. */
export function moveObjectRow(from: Address, to: Address, subject: string): Step<{ id: string; name: string }> {
  return step(SQL.move, [from.bucket, from.key, to.bucket, to.key, ...ownerOf(subject)]);
}

/** Deletes up to `limit` objects that may be seen and deleted. */
export function removeSomeObjects(bucket: string, limit: number): Step<never> {
  return step(SQL.empty, [bucket, limit]);
}

export function findAnyObject(bucket: string): Step<{ id: string }> {
  return step(SQL.any, [bucket]);
}

/** How many objects there are in a bucket; counts no further than `limit`. */
export function countObjects(bucket: string, limit: number): Step<{ count: string }> {
  return step(SQL.count, [bucket, limit]);
}

/** Fails the transaction when this server was taken for dead; see migration 0003. */
export function holdInstance(instanceId: string): Step<unknown> {
  return step(SQL.holdInstance, [instanceId]);
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The columns `owner` and `owner_id`; the older one of the two holds nothing but UUIDs. */
function ownerOf(subject: string): [string | null, string | null] {
  return [UUID.test(subject) ? subject : null, subject === '' ? null : subject];
}
