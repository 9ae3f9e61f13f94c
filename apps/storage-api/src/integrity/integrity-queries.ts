import type { DamagedVersion } from '@supastor/contract/wire/maintenance';
import { type Step, step } from '../metadata/step.ts';

export type DamageReason = 'missing' | 'truncated' | 'altered' | 'unreadable';
export type DamageFinder = 'read' | 'scrub' | 'scan';

/** Something that refers to bytes, and what it knows of them. */
export interface BlobReference {
  readonly version: string;
  /** Null when the row of an unfinished write does not know it. */
  readonly sizeBytes: number | null;
  readonly crc32: number | null;
  /** Hex. */
  readonly sha256: string | null;
  /** Hex. */
  readonly md5: string | null;
}

interface ReferenceRow {
  readonly version: string;
  readonly size_bytes: string | null;
  readonly crc32: string | null;
  readonly sha256: string | null;
  readonly md5: string | null;
}

const SQL = {
  reference: {
    name: 'blob_reference',
    text: 'select version, size_bytes, crc32, sha256, md5 from storage.blob_references where version = $1 limit 1',
  },
  page: {
    name: 'blob_reference_page',
    text: `select version, size_bytes, crc32, sha256, md5 from storage.blob_references
      where version > $1 and version <= $2 order by version limit $3`,
  },
  last: { name: 'blob_reference_last', text: 'select version from storage.blob_references order by version desc limit 1' },
  damagedPage: {
    name: 'blob_reference_damaged',
    text: `select r.version, r.size_bytes, r.crc32, r.sha256, r.md5 from storage.blob_references r
      join storage.damaged_blobs d on d.version = r.version
      where r.version > $1 and r.version <= $2 order by r.version limit $3`,
  },
  live: { name: 'blob_reference_live', text: 'select version from storage.blob_references where version = any($1::text[])' },
  forgotten: {
    name: 'damage_forgotten',
    text: 'delete from storage.damaged_blobs where not storage.is_referenced(version)',
  },
  missing: {
    name: 'damage_missing',
    text: `select version from storage.damaged_blobs where reason = 'missing' and version > $1 order by version limit $2`,
  },
  damaged: {
    name: 'damage_list',
    text: `select version, bucket_id, name, size_bytes, reason, found_by, found_at from storage.damaged_blobs
      order by found_at desc, version limit $1`,
  },
  known: { name: 'damage_known', text: 'select version, reason from storage.damaged_blobs where version = any($1::text[])' },
  clear: { name: 'damage_clear', text: 'select storage.clear_damaged($1::text[])' },
  mark: { name: 'damage_mark', text: 'select storage.mark_damaged($1, $2, $3)' },
} as const;

export function findReference(version: string): Step<ReferenceRow> {
  return step(SQL.reference, [version]);
}

export function toReference({ version, size_bytes, crc32, sha256, md5 }: ReferenceRow): BlobReference {
  return { version, sizeBytes: toNumber(size_bytes), crc32: toNumber(crc32), sha256, md5 };
}

/** A stretch of everything that refers to bytes, by version. */
export interface ReferenceRange {
  readonly after: string;
  /** Inclusive. */
  readonly until: string;
  readonly limit: number;
}

export function listReferences({ after, until, limit }: ReferenceRange, onlyDamaged = false): Step<ReferenceRow> {
  return step(onlyDamaged ? SQL.damagedPage : SQL.page, [after, until, limit]);
}

export function findLastReference(): Step<{ version: string }> {
  return step(SQL.last);
}

/** Which of `versions` something still refers to. */
export function findReferenced(versions: readonly string[]): Step<{ version: string }> {
  return step(SQL.live, [versions]);
}

/** Which of `versions` are known to be damaged. */
export function findKnownDamage(versions: readonly string[]): Step<{ version: string; reason: DamageReason }> {
  return step(SQL.known, [versions]);
}

/** Versions that are known to be missing, in order. */
export function listMissing(after: string, limit: number): Step<{ version: string }> {
  return step(SQL.missing, [after, limit]);
}

interface DamageRow {
  readonly version: string;
  readonly bucket_id: string | null;
  readonly name: string | null;
  readonly size_bytes: string | null;
  readonly reason: DamageReason;
  readonly found_by: DamageFinder;
  readonly found_at: Date;
}

/** Newest first. */
export function listDamaged(limit: number): Step<DamageRow> {
  return step(SQL.damaged, [limit]);
}

export function presentDamage(row: DamageRow): DamagedVersion {
  return {
    version: row.version,
    bucket: row.bucket_id,
    key: row.name,
    sizeBytes: toNumber(row.size_bytes),
    reason: row.reason,
    foundBy: row.found_by,
    foundAt: row.found_at.toISOString(),
  };
}

/** The versions were found intact. */
export function clearDamaged(versions: readonly string[]): Step<unknown> {
  return step(SQL.clear, [versions]);
}

/** What nothing refers to any more is nobody's damage. */
export function forgetUnreferencedDamage(): Step<never> {
  return step(SQL.forgotten);
}

/** From now on the version is refused, until it is overwritten or found intact. */
export function markDamaged(version: string, reason: DamageReason, finder: DamageFinder): Step<unknown> {
  return step(SQL.mark, [version, reason, finder]);
}

function toNumber(text: string | null): number | null {
  return text === null ? null : Number(text);
}
