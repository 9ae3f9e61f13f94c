import { BEYOND, greatest, LEAST, least, successor } from './key-range.ts';
import type { TimeColumn } from './listing-queries.ts';
import { type Step, step } from './step.ts';

export type Selection = 'exclude' | 'include' | 'only';

/** Which versions a listing shows. */
export interface VersionChoice {
  /** Versions that were replaced. */
  readonly noncurrent: Selection;
  readonly markers: Selection;
}

/** A version, or a folder (common prefix) whose fields are null. */
export interface VersionEntryRow {
  readonly entry: string;
  readonly is_folder: boolean;
  /** Orders the versions of a key, the newest highest; bigint as text. */
  readonly rank: string | null;
  readonly id: string | null;
  readonly updated_at: Date | null;
  readonly created_at: Date | null;
  readonly last_accessed_at: Date | null;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly version: string | null;
  readonly size_bytes: string | null;
  readonly owner_id: string | null;
  readonly archived_at: Date | null;
  readonly is_delete_marker: boolean | null;
  readonly is_versioned: boolean | null;
  /** Position of the entry when sorted by time, with microseconds. */
  readonly sort_time?: string | null;
}

/** After which version a page starts. */
export interface VersionPosition {
  readonly entry: string;
  /** Its id; empty: after all versions of the key, or after the folder. */
  readonly versionId: string;
  /** Orders versions of one moment. */
  readonly rank?: string | undefined;
  readonly time?: string | undefined;
}

export interface VersionQuery extends VersionChoice {
  readonly bucket: string;
  readonly prefix: string;
  /** Lists only the key that is the prefix. */
  readonly isExact: boolean;
  /** Empty for none. */
  readonly delimiter: string;
  readonly filter: string;
  readonly descending: boolean;
  readonly skip: number;
  readonly limit: number;
  readonly after?: VersionPosition | undefined;
}

const HIGHEST_RANK = '9223372036854775807';

const BY_NAME = {
  name: 'versions_by_name',
  text: `select l.* from (select (select storage.version_rank($1, $7, $8)) as rank) after,
    storage.list_versions($1, $2, $3, $4, $5, $6, case when after.rank is null then '' else $7 end, coalesce(after.rank, 0),
      $9, $10, $11, $12, $13, $14) l`,
};

/** One page in the order of keys; the versions of a key from the newest to the oldest. */
export function versionsByName(query: VersionQuery): Step<VersionEntryRow> {
  const { bucket, prefix, isExact, delimiter, noncurrent, markers, filter, descending, skip, limit } = query;
  const { from, until } = nameBounds(query);
  const { entry = '', versionId = '' } = query.after ?? {};
  return step(BY_NAME, [
    bucket,
    prefix,
    isExact ? '' : delimiter,
    successor(delimiter),
    from,
    until,
    versionId === '' ? '' : entry,
    versionId,
    noncurrent,
    markers,
    filter,
    descending,
    skip,
    limit,
  ]);
}

function nameBounds({ prefix, isExact, delimiter, descending, after }: VersionQuery): { from: string; until: string } {
  const range = { from: prefix, until: isExact ? prefix + LEAST : prefix + BEYOND };
  if (after === undefined || after.entry === '') return range;
  const { entry, versionId } = after;
  if (versionId !== '') {
    return descending ? { ...range, until: least(range.until, entry + LEAST) } : { ...range, from: greatest(range.from, entry) };
  }
  const isFolder = delimiter !== '' && entry.length > prefix.length && entry.endsWith(delimiter);
  if (descending) return { ...range, until: least(range.until, entry) };
  const from = isFolder ? entry.slice(0, -delimiter.length) + successor(delimiter) : entry + LEAST;
  return { ...range, from: greatest(range.from, from) };
}

export interface VersionTimeQuery extends VersionQuery {
  readonly column: TimeColumn;
  /** Folders by name before all versions, instead of each at the time its first object was created. */
  readonly foldersFirst: boolean;
}

const NONCURRENT: Readonly<Record<Selection, string>> = {
  exclude: 'archived_at is null',
  include: 'true',
  only: 'archived_at is not null',
};
const MARKERS: Readonly<Record<Selection, string>> = { exclude: 'not is_delete_marker', include: 'true', only: 'is_delete_marker' };

/** One page in the order of a timestamp. */
export function versionsByTime(query: VersionTimeQuery): Step<VersionEntryRow> {
  const { column, descending, foldersFirst, after, noncurrent, markers, isExact, delimiter } = query;
  const direction = descending ? 'desc' : 'asc';
  const beyond = descending ? '<' : '>';
  const shown = `id, updated_at, created_at, last_accessed_at, metadata, version, size_bytes, owner_id, archived_at, is_delete_marker,
    is_versioned`;
  const blank = shown.replaceAll(/\w+/g, (name) => `null::${TYPES[name] ?? 'text'} as ${name}`);
  const keyset = foldersFirst
    ? 'true'
    : `($7::timestamptz is null or (sort_at, entry, coalesce(rank, 0)) ${beyond} ($7::timestamptz, $8, $9::bigint))`;
  const order = foldersFirst
    ? `is_folder desc, case when is_folder then entry end ${direction}, sort_at ${direction}, entry, rank desc`
    : `sort_at ${direction}, entry ${direction}, coalesce(rank, 0) ${direction}`;
  const text = `
    with visible as (
      select *, case when $3::boolean then position('/' in substr(name, length($2) + 1)) else 0 end as slash from (
        select name, bucket_id, ${HIGHEST_RANK}::bigint as rank, ${shown} from storage.objects
        union all select name, bucket_id, seq, ${shown} from storage_versions.objects) kept
      where bucket_id = $1 and name >= $2 and name < $4 and ${NONCURRENT[noncurrent]} and ${MARKERS[markers]}
        and ($5 = '' or lower(substr(name, length($2) + 1, length($5))) = lower($5))
    ), entries as (
      select left(name, length($2) + slash) as entry, true as is_folder, null::bigint as rank, ${blank}, min(created_at) as sort_at
      from visible where slash > 0 group by left(name, length($2) + slash)
      union all
      select name, false, rank, ${shown}, ${column} from visible where slash = 0
    )
    select entry, is_folder, rank, ${shown}, sort_at::text as sort_time
    from entries where ${keyset} order by ${order} limit $6 ${foldersFirst ? 'offset $7' : ''}`;
  const until = query.prefix + (isExact ? LEAST : BEYOND);
  const values = [query.bucket, query.prefix, delimiter !== '' && !isExact, until, query.filter, query.limit];
  const rest = foldersFirst ? [query.skip] : [after?.time ?? null, after?.entry ?? '', after?.rank || '0'];
  const name = `versions_by_${column}_${direction}_${foldersFirst ? 'folders' : 'mixed'}_${noncurrent}_${markers}`;
  return step({ name, text }, [...values, ...rest]);
}

const TYPES: Readonly<Record<string, string>> = {
  id: 'uuid',
  updated_at: 'timestamptz',
  created_at: 'timestamptz',
  last_accessed_at: 'timestamptz',
  metadata: 'jsonb',
  size_bytes: 'bigint',
  archived_at: 'timestamptz',
  is_delete_marker: 'boolean',
  is_versioned: 'boolean',
};
