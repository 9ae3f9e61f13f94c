import type { Migration } from './migration.ts';

/**
 * Functions of the original that policies and SQL of users call, with its names, arguments and results. What a schema that was taken over
 * has under these names gives way; where views or functions of users hang on it, it lives on as `upstream_<name>`.
 */
export const sqlHelpers: Migration = {
  name: '0060-sql-helpers',
  sql: `
do $$
declare
  old record;
begin
  for old in
    select p.oid::regprocedure as signature, p.proname from pg_proc p
    where p.pronamespace = 'storage'::regnamespace
      and p.proname in ('search', 'search_v1', 'search_v1_optimised', 'search_legacy_v1', 'search_v2', 'list_objects_with_delimiter',
        'get_size_by_bucket', 'can_insert_object', 'get_common_prefix')
  loop
    begin
      execute format('drop function %s', old.signature);
    exception when dependent_objects_still_exist then
      execute format('alter function %s rename to %I', old.signature, 'upstream_' || old.proname);
    end;
  end loop;
end $$;

-- It runs with the caller's rights, so that whoever may read objects may call it, also under a role of the operator's own.
grant execute on function storage.list_entries(text, text, boolean, text, text, text, boolean, integer, integer) to public;

create or replace function storage.foldername(name text) returns text[] language sql immutable parallel safe as $$
  select (string_to_array(name, '/'))[1 : array_length(string_to_array(name, '/'), 1) - 1]
$$;
create or replace function storage.filename(name text) returns text language sql immutable parallel safe as $$
  select (string_to_array(name, '/'))[array_length(string_to_array(name, '/'), 1)]
$$;
create or replace function storage.extension(name text) returns text language sql immutable parallel safe as $$
  select split_part(storage.filename(name), '.', -1)
$$;
create or replace function storage.operation() returns text language sql stable as $$
  select current_setting('storage.operation', true)
$$;

create or replace function storage.allow_any_operation(expected_operations text[]) returns boolean language sql stable as $$
  select coalesce(regexp_replace(storage.operation(), '^storage\\.', '') = any (
    select regexp_replace(expected, '^storage\\.', '') from unnest(expected_operations) as expected where expected <> ''), false)
$$;
create or replace function storage.allow_only_operation(expected_operation text) returns boolean language sql stable as $$
  select storage.allow_any_operation(array[expected_operation])
$$;

create function storage.get_common_prefix(p_key text, p_prefix text, p_delimiter text) returns text
language sql immutable parallel safe as $$
  select left(p_key, length(p_prefix) + at - 1 + length(p_delimiter))
  from (select position(p_delimiter in substr(p_key, length(p_prefix) + 1)) as at) as found
  where p_delimiter <> '' and at > 0 and starts_with(p_key, p_prefix)
$$;

create function storage.get_size_by_bucket() returns table (size bigint, bucket_id text) language sql stable as $$
  select sum(coalesce(o.size_bytes, 0))::bigint, o.bucket_id from storage.objects o group by o.bucket_id
$$;

-- Tells by its failure: PT200 when the row could be inserted, else what stands against it.
create function storage.can_insert_object(bucketid text, name text, owner uuid, metadata jsonb) returns void language plpgsql as $$
begin
  insert into storage.objects (bucket_id, name, owner, metadata)
    values (can_insert_object.bucketid, can_insert_object.name, can_insert_object.owner, can_insert_object.metadata);
  raise exception using errcode = 'PT200', message = 'ROLLBACK', detail = 'rollback successful insert';
end $$;

-- What lies directly under a prefix, by any delimiter; folders without it at their end. A continuation begins after start_after or next_token.
create function storage.list_objects_with_delimiter(_bucket_id text, prefix_param text, delimiter_param text, max_keys integer default 100,
  start_after text default '', next_token text default '', sort_order text default 'asc')
returns table (name text, id uuid, metadata jsonb, updated_at timestamptz, created_at timestamptz, last_accessed_at timestamptz)
language plpgsql stable as $$
#variable_conflict use_column
declare
  prefix text := coalesce(prefix_param, '');
  after text collate "C" := coalesce(nullif(next_token, ''), start_after, '');
  descending boolean := lower(coalesce(sort_order, 'asc')) = 'desc';
begin
  return query execute format(
    'with entries as (
       select distinct on (entry collate "C", shared is null) entry, shared is not null as is_prefix, o.id, o.metadata, o.updated_at, o.created_at,
         o.last_accessed_at
       from storage.objects o, storage.get_common_prefix(o.name, $2, $3) as shared,
         coalesce(left(shared, -length($3)), o.name) as entry
       where o.bucket_id = $1 and o.name collate "C" >= $2 and o.name collate "C" < $2 || repeat(chr(1114111), 257)
       order by entry collate "C", shared is null)
     select entry, case when not is_prefix then id end, case when not is_prefix then metadata end,
       case when not is_prefix then updated_at end, case when not is_prefix then created_at end,
       case when not is_prefix then last_accessed_at end
     from entries where $4 = '''' or entry collate "C" %s $4 order by entry collate "C" %s, is_prefix limit $5',
    case when descending then '<' else '>' end, case when descending then 'desc' else 'asc' end)
  using _bucket_id, prefix, coalesce(delimiter_param, ''), after, max_keys;
end $$;

-- What lies directly in a folder, by offset; names are relative to it. "levels" said how deep the prefix is, which it says itself.
create function storage.search(prefix text, bucketname text, limits integer default 100, levels integer default 1, offsets integer default 0,
  search text default '', sortcolumn text default 'name', sortorder text default 'asc')
returns table (name text, id uuid, updated_at timestamptz, created_at timestamptz, last_accessed_at timestamptz, metadata jsonb)
language plpgsql stable as $$
#variable_conflict use_column
declare
  wanted text := coalesce(prefix, '') || coalesce(search, '');
  folder text := substring(wanted from '^(.*/)');
  rest text;
  sorted_by text := lower(coalesce(sortcolumn, 'name'));
  descending boolean := lower(coalesce(sortorder, 'asc')) = 'desc';
  most integer := least(coalesce(limits, 100), 1500);
begin
  folder := coalesce(folder, '');
  rest := substr(wanted, length(folder) + 1);
  if sorted_by not in ('updated_at', 'created_at', 'last_accessed_at') then
    return query select substr(case when e.is_folder then left(e.entry, -1) else e.entry end, length(folder) + 1), e.id, e.updated_at, e.created_at,
        e.last_accessed_at, e.metadata
      from storage.list_entries(bucketname, folder, true, folder, folder || repeat(chr(1114111), 257), rest, descending, offsets, most) e;
    return;
  end if;
  return query execute format(
    'with entries as (
       select split_part(substr(o.name, length($2) + 1), ''/'', 1) as entry, position(''/'' in substr(o.name, length($2) + 1)) > 0 as is_folder, o.*
       from storage.objects o
       where o.bucket_id = $1 and o.name collate "C" >= $2 and o.name collate "C" < $2 || repeat(chr(1114111), 257)
         and lower(substr(o.name, length($2) + 1, length($3))) = lower($3)
     ), rows as (
       select entry, true as is_folder, null::uuid as id, null::timestamptz as updated_at, null::timestamptz as created_at,
         null::timestamptz as last_accessed_at, null::jsonb as metadata
       from entries where is_folder group by entry
       union all select entry, false, id, updated_at, created_at, last_accessed_at, metadata from entries where not is_folder)
     select entry, id, updated_at, created_at, last_accessed_at, metadata from rows
     order by is_folder desc, %1$I %2$s, entry collate "C" %2$s limit $4 offset $5',
    sorted_by, case when descending then 'desc' else 'asc' end)
  using bucketname, folder, rest, most, offsets;
end $$;

-- What lies directly under a prefix, after a name (and time, when sorted by time). "key" is the segment at the given level.
create function storage.search_v2(prefix text, bucket_name text, limits integer default 100, levels integer default 1,
  start_after text default '', sort_order text default 'asc', sort_column text default 'name', sort_column_after text default '')
returns table (key text, name text, id uuid, updated_at timestamptz, created_at timestamptz, last_accessed_at timestamptz, metadata jsonb)
language plpgsql stable as $$
#variable_conflict use_column
declare
  direction text := case lower(coalesce(sort_order, 'asc')) when 'desc' then 'desc' else 'asc' end;
  sorted_by text := lower(coalesce(sort_column, 'name'));
  most integer := least(coalesce(limits, 100), 1500);
begin
  if sorted_by not in ('updated_at', 'created_at') then
    return query select split_part(l.name, '/', levels), l.name, l.id, l.updated_at, l.created_at, l.last_accessed_at, l.metadata
      from storage.list_objects_with_delimiter(bucket_name, prefix, '/', most, start_after, '', direction) l;
    return;
  end if;
  return query execute format(
    'with entries as (
       select coalesce(left(shared, -1), o.name) as entry, shared is not null as is_folder, o.*
       from storage.objects o, storage.get_common_prefix(o.name, $1, ''/'') as shared
       where o.bucket_id = $2 and o.name collate "C" >= $1 and o.name collate "C" < $1 || repeat(chr(1114111), 257)
     ), rows as (
       select entry, null::uuid as id, min(created_at) as updated_at, min(created_at) as created_at, null::timestamptz as last_accessed_at,
         null::jsonb as metadata
       from entries where is_folder group by entry
       union all select entry, id, updated_at, created_at, last_accessed_at, metadata from entries where not is_folder)
     select split_part(entry, ''/'', $3), entry, id, updated_at, created_at, last_accessed_at, metadata from rows
     where $5 = '''' or (date_trunc(''milliseconds'', %1$I), entry collate "C") %3$s (coalesce(nullif($6, '''')::timestamptz, ''epoch''), $5)
     order by date_trunc(''milliseconds'', %1$I) %2$s, entry collate "C" %2$s limit $4',
    sorted_by, direction, case direction when 'desc' then '<' else '>' end)
  using coalesce(prefix, ''), bucket_name, levels, most, coalesce(start_after, ''), coalesce(sort_column_after, '');
end $$;
`,
};
