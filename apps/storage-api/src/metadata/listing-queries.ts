import { BEYOND, greatest, LEAST, least } from './key-range.ts';
import { type Step, step } from './step.ts';

export type TimeColumn = 'created_at' | 'updated_at' | 'last_accessed_at';

/** An object, or a folder whose fields are null. `entry` is the full key; that of a folder ends with a slash. */
export interface EntryRow {
  readonly entry: string;
  readonly is_folder: boolean;
  readonly id: string | null;
  readonly updated_at: Date | null;
  readonly created_at: Date | null;
  readonly last_accessed_at: Date | null;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly version: string | null;
  /** Position of the entry when sorted by time, with microseconds. */
  readonly sort_time?: string | null;
}

export interface EntryQuery {
  readonly bucket: string;
  readonly prefix: string;
  /** Gather what lies behind the next slash into folders. */
  readonly withFolders: boolean;
  /** Keeps entries whose name inside the prefix starts with this, whatever the case. */
  readonly filter: string;
  readonly descending: boolean;
  readonly skip: number;
  readonly limit: number;
  /** Entry after which the page starts. */
  readonly after?: { readonly entry: string; readonly time?: string | undefined };
}

const BY_NAME = {
  name: 'entries_by_name',
  text: 'select * from storage.list_entries($1, $2, $3, $4, $5, $6, $7, $8, $9)',
};

/** One page in the order of keys. */
export function entriesByName(query: EntryQuery): Step<EntryRow> {
  const { from, until } = nameBounds(query);
  return step(BY_NAME, [
    query.bucket,
    query.prefix,
    query.withFolders,
    from,
    until,
    query.filter,
    query.descending,
    query.skip,
    query.limit,
  ]);
}

/** Range of keys `[from, until)` in which the page lies. */
function nameBounds({ prefix, after, descending, withFolders }: Pick<EntryQuery, 'prefix' | 'after' | 'descending' | 'withFolders'>): {
  from: string;
  until: string;
} {
  const range = { from: prefix, until: prefix + BEYOND };
  if (after === undefined || after.entry === '') return range;
  // The object that is called like the folder it is shown in ends with a slash too.
  const isFolder = withFolders && after.entry.length > prefix.length && after.entry.endsWith('/');
  if (descending) return { ...range, until: least(range.until, after.entry) };
  return { ...range, from: greatest(range.from, isFolder ? `${after.entry.slice(0, -1)}0` : after.entry + LEAST) };
}

export interface TimeQuery extends EntryQuery {
  readonly column: TimeColumn;
  /** Folders by name before all objects, instead of each at the time its first object was created. */
  readonly foldersFirst: boolean;
}

/** One page in the order of a timestamp. */
export function entriesByTime(query: TimeQuery): Step<EntryRow> {
  const { column, descending, foldersFirst, after } = query;
  const direction = descending ? 'desc' : 'asc';
  const beyond = descending ? '<' : '>';
  const keyset = foldersFirst ? 'true' : `($7::timestamptz is null or (sort_at, entry collate "C") ${beyond} ($7::timestamptz, $8))`;
  const order = foldersFirst
    ? `is_folder desc, case when is_folder then entry end collate "C" ${direction}, sort_at ${direction}, entry collate "C"`
    : `sort_at ${direction}, entry collate "C" ${direction}`;
  const text = `
    with visible as (
      select *, case when $3::boolean then position('/' in substr(name, length($2) + 1)) else 0 end as slash
      from storage.objects
      where bucket_id = $1 and name collate "C" >= $2 and name collate "C" < $4
        and ($5 = '' or lower(substr(name, length($2) + 1, length($5))) = lower($5))
    ), entries as (
      select left(name, length($2) + slash) as entry, true as is_folder, null::uuid as id, null::timestamptz as updated_at,
        null::timestamptz as created_at, null::timestamptz as last_accessed_at, null::jsonb as metadata, null::text as version,
        min(created_at) as sort_at
      from visible where slash > 0 group by left(name, length($2) + slash)
      union all
      select name, false, id, updated_at, created_at, last_accessed_at, metadata, version, ${column}
      from visible where slash = 0
    )
    select entry, is_folder, id, updated_at, created_at, last_accessed_at, metadata, version, sort_at::text as sort_time
    from entries where ${keyset} order by ${order} limit $6 ${foldersFirst ? 'offset $7' : ''}`;
  const values = [query.bucket, query.prefix, query.withFolders, query.prefix + BEYOND, query.filter, query.limit];
  const rest = foldersFirst ? [query.skip] : [after?.time ?? null, after?.entry ?? ''];
  return step({ name: `entries_by_${column}_${direction}_${foldersFirst ? 'folders' : 'mixed'}`, text }, [...values, ...rest]);
}
