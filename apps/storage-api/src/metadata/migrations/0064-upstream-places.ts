import type { Migration } from './migration.ts';

/** Ids of our own: UUIDs of version 7. The original's are of version 4. */
const OURS = '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$';
const UUID = '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';

/**
 * Where the bytes of a taken-over database lie in the layout of the original: by the name that the object had then, whatever it is called
 * since. Versions are addressed by UUID here, so those that have none, or share one, get one. Checksums that become known later are no
 * change of an object.
 */
export const upstreamPlaces: Migration = {
  name: '0064-upstream-places',
  sql: `
create table storage.adopted_blobs (
  version text collate "C" primary key,
  bucket_id text collate "C" not null,
  name text collate "C" not null,
  upstream_version text collate "C",
  path text collate "C" generated always as
    (bucket_id || '/' || name || case when upstream_version is null then '' else '/' || upstream_version end) stored,
  imported_at timestamptz,
  failure text
);
create index adopted_blobs_path on storage.adopted_blobs (path);
create index adopted_blobs_failed on storage.adopted_blobs (version) where failure is not null;
alter table storage.adopted_blobs enable row level security;
comment on table storage.adopted_blobs is 'Versions whose bytes the original has stored; see docs/guides/migrating-from-supabase.md.';

drop trigger update_objects_updated_at on storage.objects;
create trigger update_objects_updated_at before update on storage.objects for each row
  when (old.damaged_version is not distinct from new.damaged_version
    and (old.sha256 is not distinct from new.sha256 or old.version is distinct from new.version))
  execute function storage.update_updated_at_column();

do $$
declare
  muted jsonb;
  entry record;
begin
  if to_regclass('storage.migrations') is null then
    return;
  end if;
  -- Nobody's updated_at changes and nobody is told; what was off before stays off.
  muted := (select coalesce(jsonb_agg(jsonb_build_object('place', tgrelid::regclass::text, 'name', tgname, 'mode', tgenabled)), '[]')
    from pg_trigger where tgrelid in ('storage.objects'::regclass, 'storage_versions.objects'::regclass)
      and not tgisinternal and tgenabled <> 'D');
  for entry in select * from jsonb_to_recordset(muted) as t(place text, name text) loop
    execute format('alter table %s disable trigger %I', entry.place, entry.name);
  end loop;

  with found as (
    select id, null::bigint as seq, bucket_id collate "C" as bucket_id, name collate "C" as name, nullif(version, '') collate "C" as version
      from storage.objects where bucket_id is not null and name is not null and coalesce(version, '') !~ '${OURS}'
    union all
    select id, seq, bucket_id, name, nullif(version, '') collate "C" from storage_versions.objects
      where not is_delete_marker and version !~ '${OURS}'
  ), counted as (
    select *, row_number() over (partition by version order by seq nulls first, id) as number from found
  ), named as materialized (
    select *, case when version ~ '${UUID}' and number = 1 then version else gen_random_uuid()::text end as blob from counted
  ), current as (
    update storage.objects o set version = n.blob from named n
      where n.seq is null and o.id = n.id and o.version collate "C" is distinct from n.blob
  ), archived as (
    update storage_versions.objects v set version = n.blob from named n where v.seq = n.seq and v.version collate "C" <> n.blob
  )
  insert into storage.adopted_blobs (version, bucket_id, name, upstream_version) select blob, bucket_id, name, version from named;

  -- A scan before may have moved such rows away; they come back with what they are found by.
  insert into storage.adopted_blobs (version, bucket_id, name, upstream_version)
    select content ->> 'version', content ->> 'bucket_id', content ->> 'name', content ->> 'version' from storage.quarantine
    where place in ('storage.objects', 'storage_versions.objects') and content ->> 'version' ~ '${UUID}'
      and content ->> 'version' !~ '${OURS}' and content ->> 'bucket_id' is not null and content ->> 'name' is not null
    on conflict do nothing;

  -- They were called missing while nobody looked there.
  update storage.objects set damaged_version = null where damaged_version in (select version from storage.adopted_blobs);
  update storage_versions.objects set damaged_version = null where damaged_version in (select version from storage.adopted_blobs);
  delete from storage.damaged_blobs where version in (select version from storage.adopted_blobs);

  for entry in select * from jsonb_to_recordset(muted) as t(place text, name text, mode text) loop
    execute format('alter table %s enable %s trigger %I', entry.place,
      case entry.mode when 'A' then 'always' when 'R' then 'replica' else '' end, entry.name);
  end loop;
end $$;

alter table storage.maintenance_runs drop constraint maintenance_runs_kind_check,
  add constraint maintenance_runs_kind_check check (kind in ('scan', 'scrub', 'import'));
`,
};
