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
const removeLocked = (kind: 'objects' | 'uploads', table: string, order: string) => ({
  name: `lifecycle_remove_${kind}`,
  text: `with due as materialized (select v.id from ${DUE[kind]} and ${IN_FORCE} order by v.${order} limit ${BATCH} for update of v)
    delete from ${table} o using due where o.id = due.id`,
});
const find = (kind: 'versions' | 'markers') => ({
  name: `lifecycle_find_${kind}`,
  text: `select v.seq::text, v.name from ${DUE[kind]} and ${IN_FORCE} order by v.seq limit ${BATCH}`,
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
  objects: removeLocked('objects', 'storage.objects', 'name'),
  uploads: removeLocked('uploads', 'storage.s3_multipart_uploads', 'key'),
};
const FIND = { versions: find('versions'), markers: find('markers') };
const REMOVE_FOUND = { versions: removeFound('versions'), markers: removeFound('markers') };

function valuesOf({ bucket, cutoff, filter, keep }: Due): readonly unknown[] {
  const { prefix, tags, objectSizeGreaterThan, objectSizeLessThan } = filter;
  const wanted = tags === undefined ? null : JSON.stringify(tags);
  return [bucket, cutoff, prefix ?? '', wanted, objectSizeGreaterThan ?? null, objectSizeLessThan ?? null, keep ?? 0];
}

export function countDue(kind: DueKind, due: Due): Step<{ count: string; bytes: string }> {
  return step(COUNT[kind], valuesOf(due));
}

/** Removes a batch of current objects or uploads. What was written anew in between is looked at again, under its lock. */
export function removeDue(kind: 'objects' | 'uploads', due: Due, revision: string): Step<never> {
  return step(REMOVE_LOCKED[kind], [...valuesOf(due), revision]);
}

export interface FoundVersion {
  readonly seq: string;
  readonly name: string;
}

/** A batch of versions or delete markers, the oldest first; they may be removed once their keys are locked. */
export function findDue(kind: 'versions' | 'markers', due: Due, revision: string): Step<FoundVersion> {
  return step(FIND[kind], [...valuesOf(due), revision]);
}

/** Removes those that {@link findDue} found and that still are due. */
export function removeFoundVersions(kind: 'versions' | 'markers', due: Due, revision: string, found: readonly FoundVersion[]): Step<never> {
  return step(REMOVE_FOUND[kind], [...valuesOf(due), revision, found.map(({ seq }) => seq)]);
}
