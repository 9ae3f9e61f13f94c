import type { Migration } from './migration.ts';

/**
 * Listing by name with versions: those of a key from the newest to the oldest, ranked by when they came to be, the current object
 * first of all. Jumps over the inside of common prefixes, and runs with the caller's rights, like the listings of current objects.
 */
export const versionListing: Migration = {
  name: '0042-version-listing',
  sql: `
create function storage.list_versions(
  in_bucket text,
  in_prefix text,
  in_delimiter text,
  in_after_delimiter text,
  in_from text,
  in_until text,
  in_after_name text,
  in_after_rank bigint,
  in_noncurrent text,
  in_markers text,
  in_filter text,
  in_descending boolean,
  in_skip integer,
  in_limit integer
) returns table (entry text, is_folder boolean, rank bigint, id uuid, updated_at timestamptz, created_at timestamptz,
  last_accessed_at timestamptz, metadata jsonb, version text, size_bytes bigint, owner_id text, archived_at timestamptz,
  is_delete_marker boolean, is_versioned boolean)
language plpgsql stable security invoker as $$
#variable_conflict use_column
declare
  columns constant text := 'id, updated_at, created_at, last_accessed_at, metadata, version, size_bytes, owner_id, archived_at,
    is_delete_marker, is_versioned';
  current_rank constant bigint := 9223372036854775807;
  direction text := case when in_descending then 'desc' else 'asc' end;
  lower_bound text collate "C" := in_from;
  upper_bound text collate "C" := in_until;
  after_name text collate "C" := in_after_name;
  after_rank bigint := in_after_rank;
  prefix_length integer := length(in_prefix);
  filter_length integer := length(in_filter);
  wanted_filter text := lower(in_filter);
  skipped integer := 0;
  emitted integer := 0;
  batch integer := least(in_limit + in_skip, 1000) + 1;
  seen integer;
  delimiter_at integer;
  folder text collate "C";
  found_row record;
  query text;
begin
  query := format('select name, %2$s::bigint as rank, %1$s from storage.objects
      where bucket_id = $1 and name >= $2 and name < $3 and (name <> $5 or %2$s < $6) and %3$L <> ''only'' and %4$L <> ''only''
      order by name %5$s limit $4', columns, current_rank, in_noncurrent, in_markers, direction);
  query := format('select * from ((%1$s) union all (select name, seq, %2$s from storage_versions.objects
      where bucket_id = $1 and name >= $2 and name < $3 and (name <> $5 or seq < $6) and %3$s and %4$s
      order by name %5$s, seq desc limit $4)) found order by name %5$s, rank desc limit $4', query, columns,
    case in_noncurrent when 'exclude' then 'archived_at is null' when 'only' then 'archived_at is not null' else 'true' end,
    case in_markers when 'exclude' then 'not is_delete_marker' when 'only' then 'is_delete_marker' else 'true' end, direction);
  while emitted < in_limit loop
    seen := 0;
    folder := null;
    for found_row in execute query using in_bucket, lower_bound, upper_bound, batch, after_name, after_rank loop
      seen := seen + 1;
      delimiter_at := 0;
      if in_delimiter <> '' then
        delimiter_at := position(in_delimiter in substr(found_row.name, prefix_length + 1));
      end if;
      if delimiter_at > 0 then
        folder := left(found_row.name, prefix_length + delimiter_at - 1 + length(in_delimiter));
      else
        after_name := found_row.name;
        after_rank := found_row.rank;
        if in_descending then
          upper_bound := found_row.name || chr(1);
        else
          lower_bound := found_row.name;
        end if;
      end if;
      if filter_length = 0 or lower(substr(found_row.name, prefix_length + 1, filter_length)) = wanted_filter then
        if skipped < in_skip then
          skipped := skipped + 1;
        else
          if folder is null then
            entry := found_row.name; is_folder := false; rank := found_row.rank; id := found_row.id;
            updated_at := found_row.updated_at; created_at := found_row.created_at; last_accessed_at := found_row.last_accessed_at;
            metadata := found_row.metadata; version := found_row.version; size_bytes := found_row.size_bytes;
            owner_id := found_row.owner_id; archived_at := found_row.archived_at; is_delete_marker := found_row.is_delete_marker;
            is_versioned := found_row.is_versioned;
          else
            entry := folder; is_folder := true; rank := null; id := null; updated_at := null; created_at := null;
            last_accessed_at := null; metadata := null; version := null; size_bytes := null; owner_id := null; archived_at := null;
            is_delete_marker := null; is_versioned := null;
          end if;
          return next;
          emitted := emitted + 1;
        end if;
      end if;
      exit when folder is not null or emitted >= in_limit;
    end loop;
    if folder is not null then
      if in_descending then
        upper_bound := folder;
      else
        lower_bound := left(folder, -length(in_delimiter)) || in_after_delimiter;
      end if;
    elsif seen < batch then
      return;
    end if;
  end loop;
end $$;
`,
};
