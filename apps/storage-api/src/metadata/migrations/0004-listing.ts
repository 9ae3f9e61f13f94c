import type { Migration } from './migration.ts';

/**
 * Listing by name. One index scan that jumps over the inside of folders, so that a page costs what it shows and not
 * what lies beneath. Runs with the caller's rights: policies apply.
 */
export const listing: Migration = {
  name: '0004-listing',
  sql: `
create function storage.list_entries(
  in_bucket text,
  in_prefix text,
  in_folders boolean,
  in_from text,
  in_until text,
  in_filter text,
  in_descending boolean,
  in_skip integer,
  in_limit integer
) returns table (entry text, is_folder boolean, id uuid, updated_at timestamptz, created_at timestamptz,
  last_accessed_at timestamptz, metadata jsonb, version text)
language plpgsql stable security invoker as $$
#variable_conflict use_column
declare
  lower_bound text collate "C" := in_from;
  upper_bound text collate "C" := in_until;
  prefix_length integer := length(in_prefix);
  filter_length integer := length(in_filter);
  wanted_filter text := lower(in_filter);
  skipped integer := 0;
  emitted integer := 0;
  batch integer := least(in_limit + in_skip, 1000) + 1;
  seen integer;
  slash integer;
  folder text collate "C";
  found record;
begin
  while emitted < in_limit loop
    seen := 0;
    folder := null;
    for found in execute format(
      'select o.name, o.id, o.updated_at, o.created_at, o.last_accessed_at, o.metadata, o.version from storage.objects o
       where o.bucket_id = $1 and o.name >= $2 and o.name < $3 order by o.name %s limit $4',
      case when in_descending then 'desc' else 'asc' end) using in_bucket, lower_bound, upper_bound, batch
    loop
      seen := seen + 1;
      slash := 0;
      if in_folders then
        slash := position('/' in substr(found.name, prefix_length + 1));
      end if;
      if slash > 0 then
        folder := left(found.name, prefix_length + slash);
      elsif in_descending then
        upper_bound := found.name;
      else
        lower_bound := found.name || chr(1);
      end if;
      if filter_length = 0 or lower(substr(found.name, prefix_length + 1, filter_length)) = wanted_filter then
        if skipped < in_skip then
          skipped := skipped + 1;
        else
          if folder is null then
            entry := found.name; is_folder := false; id := found.id; updated_at := found.updated_at; created_at := found.created_at;
            last_accessed_at := found.last_accessed_at; metadata := found.metadata; version := found.version;
          else
            entry := folder; is_folder := true; id := null; updated_at := null; created_at := null;
            last_accessed_at := null; metadata := null; version := null;
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
        lower_bound := left(folder, -1) || '0';
      end if;
    elsif seen < batch then
      return;
    end if;
  end loop;
end $$;
revoke execute on function storage.list_entries(text, text, boolean, text, text, text, boolean, integer, integer) from public;
grant execute on function storage.list_entries(text, text, boolean, text, text, text, boolean, integer, integer)
  to anon, authenticated, service_role;
`,
};
