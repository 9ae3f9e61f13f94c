import { type Step, step } from '../metadata/step.ts';
import type { LifecycleFilter } from './lifecycle-rules.ts';

/** Deleted per transaction. */
const BATCH = 500;

/** What a rule deletes of one bucket. */
export interface Due {
  readonly bucket: string;
  /** Deleted is what is older. */
  readonly cutoff: Date;
  readonly filter: LifecycleFilter;
  /** Noncurrent versions of each key that stay, whatever their age. */
  readonly keep?: number | undefined;
}

const matches = (name: string) => `v.bucket_id = $1 and starts_with(v.${name}, $3)`;
const FILTER = `${matches('name')} and ($4::jsonb is null or v.metadata #> '{s3,tags}' @> $4::jsonb)
  and ($5::bigint is null or v.size_bytes > $5) and ($6::bigint is null or v.size_bytes < $6)
  and (not v.is_delete_marker or ($4::jsonb is null and $5::bigint is null and $6::bigint is null))`;
const ELSEWHERE = 'n.bucket_id = v.bucket_id and n.name = v.name';

/** Each takes the same parameters: bucket, cutoff, prefix, tags, sizes, and how many versions stay. */
const DUE = {
  objects: `storage.objects v where ${FILTER} and greatest(v.created_at, v.updated_at) < $2 and $7::int >= 0`,
  versions: `storage_versions.objects v where ${FILTER} and v.archived_at < $2 and ($7::int = 0 or exists (
    select from storage_versions.objects n where ${ELSEWHERE} and n.seq > v.seq and n.archived_at is not null and not n.is_delete_marker
    order by n.seq offset greatest($7::int - 1, 0) limit 1))`,
  markers: `storage_versions.objects v where ${FILTER} and v.is_delete_marker and v.archived_at is null and v.created_at < $2 and $7::int >= 0
    and not exists (select from storage_versions.objects n where ${ELSEWHERE} and n.seq <> v.seq)
    and not exists (select from storage.objects n where ${ELSEWHERE})`,
  uploads: `storage.s3_multipart_uploads v where ${matches('key')} and v.created_at < $2
    and coalesce($4::jsonb::text, $5::bigint::text, $6::bigint::text) is null and $7::int >= 0`,
} as const;
/** Rules that were changed or taken away stop at the next batch. */
const IN_FORCE = 'exists (select from storage.bucket_lifecycle l where l.bucket_id = $1 and l.revision = $8)';

export type DueKind = keyof typeof DUE;

const count = (kind: DueKind, bytes: string) => ({
  name: `lifecycle_count_${kind}`,
  text: `select count(*)::text as count, coalesce(sum(${bytes}), 0)::text as bytes from ${DUE[kind]}`,
});
/** Each batch goes on where the one before it ended, so that a bucket is gone through once, however much of it stays. */
const removeLocked = (kind: 'objects' | 'uploads', table: string, order: string) => ({
  name: `lifecycle_remove_${kind}`,
  text: `with due as materialized (select v.id, ${order} as place from ${DUE[kind]} and ${IN_FORCE} and ${order} > $9
      order by ${order} limit ${BATCH} for update of v),
    removed as (delete from ${table} o using due where o.id = due.id returning 1)
    select (select count(*) from removed)::int as removed, count(*)::int as found, max(place) as last from due`,
});
const find = (kind: 'versions' | 'markers', after: string, order: string) => ({
  name: `lifecycle_find_${kind}`,
  text: `select v.seq::text, v.name, v.archived_at::text as "archivedAt" from ${DUE[kind]} and ${IN_FORCE} and ${after}
    order by ${order} limit ${BATCH}`,
});
const removeFound = (kind: 'versions' | 'markers') => ({
  name: `lifecycle_remove_${kind}`,
  text: `delete from storage_versions.objects where seq in (select v.seq from ${DUE[kind]} and ${IN_FORCE} and v.seq = any($9::bigint[]))`,
});

const PARTS_BYTES = '(select sum(p.size_bytes) from storage.s3_multipart_uploads_parts p where p.upload_id = v.id)';
const COUNT = {
  objects: count('objects', 'v.size_bytes'),
  versions: count('versions', 'v.size_bytes'),
  markers: count('markers', 'v.size_bytes'),
  uploads: count('uploads', PARTS_BYTES),
};
const REMOVE_LOCKED = {
  // A database that was taken over may order names in another way than by their bytes; the index of keys never does.
  objects: removeLocked('objects', 'storage.objects', 'v.name collate "C"'),
  uploads: removeLocked('uploads', 'storage.s3_multipart_uploads', 'v.id'),
};
const FIND = {
  versions: find('versions', '(v.archived_at, v.seq) > ($9::timestamptz, $10::bigint)', 'v.archived_at, v.seq'),
  markers: find('markers', 'v.seq > $10::bigint and $9::timestamptz is not null', 'v.seq'),
};
const REMOVE_FOUND = { versions: removeFound('versions'), markers: removeFound('markers') };

function valuesOf({ bucket, cutoff, filter, keep }: Due): readonly unknown[] {
  const { prefix, tags, objectSizeGreaterThan, objectSizeLessThan } = filter;
  const wanted = tags === undefined ? null : JSON.stringify(tags);
  return [bucket, cutoff, prefix ?? '', wanted, objectSizeGreaterThan ?? null, objectSizeLessThan ?? null, keep ?? 0];
}

export function countDue(kind: DueKind, due: Due): Step<{ count: string; bytes: string }> {
  return step(COUNT[kind], valuesOf(due));
}

export interface RemovedBatch {
  readonly removed: number;
  readonly found: number;
  /** Where the next batch goes on; null when nothing was found. */
  readonly last: string | null;
}

/** Removes a batch of current objects or uploads behind `after`. What was written anew in between is looked at again, under its lock. */
export function removeDue(kind: 'objects' | 'uploads', due: Due, revision: string, after: string): Step<RemovedBatch> {
  return step(REMOVE_LOCKED[kind], [...valuesOf(due), revision, after]);
}

export interface FoundVersion {
  readonly seq: string;
  readonly name: string;
  readonly archivedAt: string | null;
}

/** A batch of versions or delete markers behind `after`, the oldest first; they may be removed once their keys are locked. */
export function findDue(kind: 'versions' | 'markers', due: Due, revision: string, after: FoundVersion | null): Step<FoundVersion> {
  return step(FIND[kind], [...valuesOf(due), revision, after?.archivedAt ?? '-infinity', after?.seq ?? '0']);
}

/** For tests of their plans. */
export const DUE_STATEMENTS = {
  objects: REMOVE_LOCKED.objects.text,
  versions: FIND.versions.text,
  markers: FIND.markers.text,
} as const;

/** Whether there may be more behind a batch of so many. */
export function isFullBatch(found: number): boolean {
  return found >= BATCH;
}

/** Removes those that {@link findDue} found and that still are due. */
export function removeFoundVersions(kind: 'versions' | 'markers', due: Due, revision: string, found: readonly FoundVersion[]): Step<never> {
  return step(REMOVE_FOUND[kind], [...valuesOf(due), revision, found.map(({ seq }) => seq)]);
}
