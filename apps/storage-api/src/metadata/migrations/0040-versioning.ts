import type { Migration } from './migration.ts';

/** Columns that rows of current objects and of their versions share, in the order in which they are copied. */
const SHARED = `id, bucket_id, name, owner, created_at, updated_at, last_accessed_at, metadata, version, owner_id, user_metadata, size_bytes,
  sha256, crc32, damaged_version, is_versioned`;

/**
 * Versions of objects. The current one stays in storage.objects, so that buckets without versioning work as before; those it
 * replaced, and delete markers, are in storage_versions.objects. Triggers move rows between the two, in the transaction of the
 * change, so plain SQL on storage.objects is covered too. See docs/adr/0016. One file, although a long one: it is applied whole or not at
 * all, and its functions, triggers and views are of use only together.
 */
export const versioning: Migration = {
  name: '0040-versioning',
  sql: `
alter table storage.buckets add column if not exists versioning_status text not null default 'DISABLED';
alter table storage.buckets add constraint buckets_versioning_status_known
  check (versioning_status in ('DISABLED', 'ENABLED', 'SUSPENDED'));
alter table storage.objects
  add column if not exists archived_at timestamptz,
  add column if not exists is_delete_marker boolean not null default false,
  add column if not exists is_versioned boolean not null default false;
comment on column storage.objects.is_versioned is 'Written while versioning was enabled; otherwise this is the null version of its key.';
comment on column storage.objects.archived_at is 'Always null here; in storage_versions.objects, when the version was replaced.';

-- The table has the name and columns of storage.objects, so that the text of a policy means the same on both.
create schema storage_versions;
grant usage on schema storage_versions to public;
create table storage_versions.objects (
  seq bigint generated always as identity primary key,
  id uuid not null,
  bucket_id text collate "C" not null references storage.buckets (id),
  name text collate "C" not null,
  owner uuid,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  last_accessed_at timestamptz default now(),
  metadata jsonb,
  path_tokens text[] generated always as (string_to_array(name, '/')) stored,
  version text not null,
  owner_id text,
  user_metadata jsonb,
  size_bytes bigint,
  sha256 text,
  crc32 bigint,
  damaged_version text collate "C",
  archived_at timestamptz,
  is_delete_marker boolean not null default false,
  is_versioned boolean not null
);
create index objects_by_key on storage_versions.objects (bucket_id, name, seq desc);
create index objects_by_version on storage_versions.objects (version);
create unique index objects_null_version on storage_versions.objects (bucket_id, name) where not is_versioned;
create index objects_by_archived on storage_versions.objects (bucket_id, archived_at);
alter table storage_versions.objects enable row level security;
comment on table storage_versions.objects is
  'Versions that were replaced (archived_at is set) and delete markers (current while archived_at is null). seq orders the versions of a key.';

create function storage.enforce_versioning_transition() returns trigger language plpgsql as $$
begin
  if new.versioning_status = 'DISABLED' then
    raise exception 'Versioning can be suspended, but not disabled again' using errcode = 'SJ030';
  end if;
  return new;
end $$;
create trigger buckets_versioning_transition before update of versioning_status on storage.buckets
  for each row when (old.versioning_status is distinct from new.versioning_status)
  execute function storage.enforce_versioning_transition();

-- Held by whoever makes a key's first row, or removes versions for good. Overwriting and deleting need the row's lock only.
create function storage.lock_key(in_bucket text, in_name text) returns void language sql as $$
  select pg_advisory_xact_lock(hashtextextended(in_bucket || '/' || in_name, 7340))
$$;
create function storage.lock_keys(in_bucket text, in_names text[]) returns void language plpgsql as $$
declare
  key text;
begin
  for key in select distinct n from unnest(in_names) n order by n loop
    perform storage.lock_key(in_bucket, key);
  end loop;
end $$;

-- What changes to the tables below mean, for the rest of the transaction: '' the rules of the bucket; 'permanent' a version is
-- removed for good and the next one becomes current; 'purge' like it, and nothing becomes current; 'promote', 'replace' and
-- 'probe' are steps of functions here that stand for nothing by themselves.
create function storage.set_version_mode(in_mode text) returns void language sql as $$
  select set_config('storage.versions', in_mode, true)
$$;

create function storage.insert_delete_marker(in_bucket text, in_name text, in_version text, in_versioned boolean) returns void
language plpgsql as $$
declare
  who text := nullif(current_setting('request.jwt.claim.sub', true), '');
begin
  insert into storage_versions.objects (id, bucket_id, name, owner, owner_id, version, is_delete_marker, is_versioned)
  values (gen_random_uuid(), in_bucket, in_name,
    case when who ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then who::uuid end, who, in_version, true, in_versioned);
end $$;

create function storage.forget_null_version(in_bucket text, in_name text) returns void language plpgsql as $$
declare
  mode text := coalesce(current_setting('storage.versions', true), '');
begin
  perform storage.set_version_mode('replace');
  delete from storage_versions.objects where bucket_id = in_bucket and name = in_name and not is_versioned;
  perform storage.set_version_mode(mode);
end $$;

-- A key without a current object gets one.
create function storage.make_current(in_bucket text, in_name text, in_versioned boolean) returns void language plpgsql as $$
begin
  update storage_versions.objects set archived_at = now() where bucket_id = in_bucket and name = in_name and archived_at is null;
  if not in_versioned then
    perform storage.forget_null_version(in_bucket, in_name);
  end if;
end $$;

-- A key that lost its current version gets the one before it.
create function storage.promote_version(in_bucket text, in_name text) returns void language plpgsql as $$
declare
  mode text := coalesce(current_setting('storage.versions', true), '');
  newest storage_versions.objects;
begin
  perform storage.lock_key(in_bucket, in_name);
  loop
    if exists (select from storage.objects where bucket_id = in_bucket and name = in_name) then
      return;
    end if;
    select * into newest from storage_versions.objects where bucket_id = in_bucket and name = in_name order by seq desc limit 1 for update;
    exit when found;
    if not exists (select from storage_versions.objects where bucket_id = in_bucket and name = in_name) then
      return;
    end if;
  end loop;
  if newest.is_delete_marker then
    update storage_versions.objects set archived_at = null where seq = newest.seq;
    return;
  end if;
  perform storage.set_version_mode('promote');
  delete from storage_versions.objects where seq = newest.seq;
  insert into storage.objects (${SHARED})
  values (newest.id, newest.bucket_id, newest.name, newest.owner, newest.created_at, newest.updated_at, newest.last_accessed_at,
    newest.metadata, newest.version, newest.owner_id, newest.user_metadata, newest.size_bytes, newest.sha256, newest.crc32,
    newest.damaged_version, newest.is_versioned);
  perform storage.set_version_mode(mode);
end $$;

create function storage.version_insert() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  status text;
begin
  select versioning_status into status from storage.buckets where id = new.bucket_id;
  if status is null or status = 'DISABLED' or current_setting('storage.versions', true) = 'promote' then
    return new;
  end if;
  perform storage.lock_key(new.bucket_id, new.name);
  new.is_versioned := status = 'ENABLED';
  if not exists (select from storage.objects where bucket_id = new.bucket_id and name = new.name) then
    perform storage.make_current(new.bucket_id, new.name, new.is_versioned);
  end if;
  return new;
end $$;
create trigger objects_version_insert before insert on storage.objects
  for each row execute function storage.version_insert();

create function storage.version_update() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  status text;
begin
  select versioning_status into status from storage.buckets where id = new.bucket_id;
  new.is_versioned := coalesce(status, 'DISABLED') = 'ENABLED';
  if old.version is distinct from new.version and coalesce(status, 'DISABLED') <> 'DISABLED' then
    new.id := gen_random_uuid();
    new.created_at := now();
  end if;
  return new;
end $$;
create trigger objects_version_update before update of bucket_id, name, version on storage.objects
  for each row when ((old.bucket_id, old.name, old.version) is distinct from (new.bucket_id, new.name, new.version))
  execute function storage.version_update();

create function storage.check_version_quota(in_bucket text, in_owner text, in_old_bytes bigint, in_new_bytes bigint) returns void
language plpgsql as $$
declare
  quota storage.quotas;
begin
  for quota in select * from storage.quotas
    where (kind = 'bucket' and subject = in_bucket) or (kind = 'owner' and subject = in_owner) order by kind, subject
  loop
    if in_new_bytes > 0 and quota.used_bytes - in_old_bytes + in_new_bytes > quota.max_bytes then
      raise exception 'The % may hold at most % bytes', quota.kind, quota.max_bytes using errcode = 'SJ020';
    end if;
    if quota.used_objects > quota.max_objects then
      raise exception 'The % may hold at most % objects', quota.kind, quota.max_objects using errcode = 'SJ020';
    end if;
  end loop;
end $$;

-- Runs after the version was put among the retired ones, and takes it out again.
create function storage.archive_overwritten() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into storage_versions.objects (${SHARED}, archived_at)
  values (old.id, old.bucket_id, old.name, old.owner, old.created_at, old.updated_at, old.last_accessed_at, old.metadata, old.version,
    old.owner_id, old.user_metadata, old.size_bytes, old.sha256, old.crc32, old.damaged_version,
    old.is_versioned, now());
  delete from storage.retired_blobs where version = old.version;
  if not new.is_versioned then
    perform storage.forget_null_version(old.bucket_id, old.name);
  end if;
  perform storage.check_version_quota(new.bucket_id, case when old.owner_id = new.owner_id then new.owner_id end,
    coalesce(old.size_bytes, 0), coalesce(new.size_bytes, 0));
  return null;
end $$;
create trigger objects_versioned_update after update of version on storage.objects
  for each row when (old.version is distinct from new.version and old.version is not null and (old.is_versioned or new.is_versioned))
  execute function storage.archive_overwritten();

-- A renamed row takes its version along. The key it leaves ends with a delete marker, the key it comes to has a current object.
create function storage.version_rename() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  status text;
begin
  select versioning_status into status from storage.buckets where id = old.bucket_id;
  if status <> 'DISABLED' then
    if status = 'SUSPENDED' then
      perform storage.forget_null_version(old.bucket_id, old.name);
    end if;
    perform storage.insert_delete_marker(old.bucket_id, old.name, gen_random_uuid()::text, status = 'ENABLED');
  end if;
  select versioning_status into status from storage.buckets where id = new.bucket_id;
  if status <> 'DISABLED' then
    perform storage.make_current(new.bucket_id, new.name, new.is_versioned);
  end if;
  return null;
end $$;
create trigger objects_versioned_rename after update of bucket_id, name on storage.objects
  for each row when ((old.bucket_id, old.name) is distinct from (new.bucket_id, new.name))
  execute function storage.version_rename();

create function storage.version_delete() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  mode text := current_setting('storage.versions', true);
  key record;
begin
  if mode = 'purge' or not exists (
    select from gone g join storage.buckets b on b.id = g.bucket_id where b.versioning_status <> 'DISABLED') then
    return null;
  end if;
  if mode = 'permanent' then
    for key in select distinct bucket_id, name from gone order by 1, 2 loop
      perform storage.promote_version(key.bucket_id, key.name);
    end loop;
    return null;
  end if;
  with kept as (
    insert into storage_versions.objects (${SHARED}, archived_at)
    select ${SHARED.replace(/\w+/g, 'g.$&')}, now() from gone g join storage.buckets b on b.id = g.bucket_id
    where g.version is not null and (b.versioning_status = 'ENABLED' or (b.versioning_status = 'SUSPENDED' and g.is_versioned))
    returning version)
  delete from storage.retired_blobs r using kept k where r.version = k.version;
  for key in
    select g.bucket_id, g.name, b.versioning_status as status from gone g join storage.buckets b on b.id = g.bucket_id
    where b.versioning_status <> 'DISABLED' order by 1, 2
  loop
    if key.status = 'SUSPENDED' then
      perform storage.forget_null_version(key.bucket_id, key.name);
    end if;
    perform storage.insert_delete_marker(key.bucket_id, key.name, gen_random_uuid()::text, key.status = 'ENABLED');
  end loop;
  return null;
end $$;
create trigger objects_versioned_delete after delete on storage.objects referencing old table as gone
  for each statement execute function storage.version_delete();

create function storage.version_removed() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  mode text := coalesce(current_setting('storage.versions', true), '');
  key record;
begin
  if mode in ('promote', 'probe') then
    return null;
  end if;
  insert into storage.retired_blobs (version, size_bytes)
  select version, size_bytes from gone where not is_delete_marker on conflict do nothing;
  if mode = 'replace' then
    return null;
  end if;
  insert into storage.object_events (event, bucket_id, name, version, size_bytes, operation, actor, removal)
  select 'object.removed', bucket_id, name, version, size_bytes,
    current_setting('storage.operation', true), current_setting('request.jwt.claim.sub', true), 'version'
  from gone where not is_delete_marker order by seq;
  if mode = 'purge' then
    return null;
  end if;
  for key in select distinct bucket_id, name from gone where archived_at is null order by 1, 2 loop
    perform storage.promote_version(key.bucket_id, key.name);
  end loop;
  return null;
end $$;
create trigger versions_removed after delete on storage_versions.objects referencing old table as gone
  for each statement execute function storage.version_removed();

-- Deleting keys that have no current object leaves a delete marker too. Returns those that got one.
create function storage.mark_absent(in_bucket text, in_names text[]) returns setof storage_versions.objects language plpgsql as $$
declare
  state text;
  key text;
  marker text;
begin
  select versioning_status into state from storage.buckets where id = in_bucket;
  if state is null or state = 'DISABLED' then
    return;
  end if;
  perform storage.lock_keys(in_bucket, in_names);
  for key in select distinct n from unnest(in_names) n order by n loop
    continue when exists (select from storage.objects where bucket_id = in_bucket and name = key);
    perform storage.make_current(in_bucket, key, state = 'ENABLED');
    marker := gen_random_uuid()::text;
    perform storage.insert_delete_marker(in_bucket, key, marker, state = 'ENABLED');
    insert into storage.object_events (event, bucket_id, name, version, operation, actor, removal)
    values ('object.removed', in_bucket, key, marker, current_setting('storage.operation', true),
      current_setting('request.jwt.claim.sub', true), 'marker');
    return query select * from storage_versions.objects where bucket_id = in_bucket and name = key and archived_at is null;
  end loop;
end $$;

alter table storage.object_events add column removal text check (removal in ('object', 'marker', 'version'));
comment on column storage.object_events.removal is
  'Of object.removed: object, nothing is left; marker, a delete marker hides the versions; version, one version is gone for good.';
create function storage.describe_removal() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  status text;
begin
  select versioning_status into status from storage.buckets where id = new.bucket_id;
  new.removal := case
    when coalesce(status, 'DISABLED') = 'DISABLED' then 'object'
    when current_setting('storage.versions', true) in ('permanent', 'purge') then 'version'
    else 'marker' end;
  return new;
end $$;
create trigger object_events_removal before insert on storage.object_events
  for each row when (new.event = 'object.removed' and new.removal is null) execute function storage.describe_removal();

-- Every version counts, delete markers do not. Promotion changes nothing, so it never fails.
create or replace function storage.count_quota() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  lock table storage.objects, storage_versions.objects in share row exclusive mode;
  select coalesce(sum(size_bytes), 0), count(*) into new.used_bytes, new.used_objects from (
    select bucket_id, owner_id, size_bytes from storage.objects
    union all select bucket_id, owner_id, size_bytes from storage_versions.objects where not is_delete_marker) kept
  where case new.kind when 'bucket' then bucket_id else owner_id end = new.subject;
  return new;
end $$;

create or replace function storage.charge_quotas() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  plus constant text := 'select bucket_id, owner_id, coalesce(size_bytes, 0) as bytes, 1 as objects from fresh';
  minus constant text := 'select bucket_id, owner_id, -coalesce(size_bytes, 0) as bytes, -1 as objects from gone';
  change record;
  quota storage.quotas;
begin
  if not exists (select from storage.quotas) then
    return null;
  end if;
  for change in execute format(
    'with changes as (%s), charges as (
       select ''bucket'' collate "C" as kind, bucket_id as subject, bytes, objects from changes
       union all select ''owner'', owner_id, bytes, objects from changes where owner_id is not null)
     select kind, subject, sum(bytes) as bytes, sum(objects) as objects from charges join storage.quotas using (kind, subject)
     group by kind, subject having sum(bytes) <> 0 or sum(objects) <> 0 order by kind, subject',
    case tg_op when 'INSERT' then plus when 'DELETE' then minus else plus || ' union all ' || minus end)
  loop
    update storage.quotas q set used_bytes = q.used_bytes + change.bytes, used_objects = q.used_objects + change.objects
      where q.kind = change.kind and q.subject = change.subject returning * into quota;
    if not found or current_setting('storage.versions', true) = 'promote' then
      continue;
    end if;
    if change.bytes > 0 and quota.used_bytes > quota.max_bytes then
      raise exception 'The % may hold at most % bytes', change.kind, quota.max_bytes using errcode = 'SJ020';
    end if;
    if change.objects > 0 and quota.used_objects > quota.max_objects then
      raise exception 'The % may hold at most % objects', change.kind, quota.max_objects using errcode = 'SJ020';
    end if;
  end loop;
  return null;
end $$;

-- A version was charged as an object before; whether there is room is asked where the new object is charged.
create function storage.charge_version_quotas() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  change record;
begin
  if not exists (select from storage.quotas) then
    return null;
  end if;
  for change in execute format(
    'with charges as (
       select ''bucket'' collate "C" as kind, bucket_id as subject, size_bytes from changed where not is_delete_marker
       union all select ''owner'', owner_id, size_bytes from changed where not is_delete_marker and owner_id is not null)
     select kind, subject, %1$s * coalesce(sum(size_bytes), 0) as bytes, %1$s * count(*) as objects
     from charges group by kind, subject order by kind, subject',
    case tg_op when 'INSERT' then 1 else -1 end)
  loop
    update storage.quotas q set used_bytes = q.used_bytes + change.bytes, used_objects = q.used_objects + change.objects
      where q.kind = change.kind and q.subject = change.subject;
  end loop;
  return null;
end $$;
create trigger versions_charged_insert after insert on storage_versions.objects referencing new table as changed
  for each statement execute function storage.charge_version_quotas();
create trigger versions_charged_delete after delete on storage_versions.objects referencing old table as changed
  for each statement execute function storage.charge_version_quotas();

do $$ begin
  execute format('create or replace view storage.blob_references as %s
    union all
    select version, ''version'', bucket_id, name, size_bytes, crc32, sha256, null from storage_versions.objects where not is_delete_marker',
    rtrim(pg_get_viewdef('storage.blob_references'::regclass), '; '));
end $$;
create or replace function storage.mark_damaged(in_version text, in_reason text, in_found_by text) returns void language sql as $$
  insert into storage.damaged_blobs as d (version, bucket_id, name, size_bytes, reason, found_by)
    select version, bucket_id, name, size_bytes, in_reason, in_found_by from storage.blob_references where version = in_version limit 1
    on conflict (version) do update set reason = excluded.reason;
  update storage.objects set damaged_version = in_version where version = in_version and damaged_version is distinct from in_version;
  update storage_versions.objects set damaged_version = in_version where version = in_version and damaged_version is distinct from in_version;
$$;
create or replace function storage.clear_damaged(in_versions text[]) returns void language sql as $$
  update storage.objects set damaged_version = null where version = any(in_versions) and damaged_version is not null;
  update storage_versions.objects set damaged_version = null where version = any(in_versions) and damaged_version is not null;
  delete from storage.damaged_blobs where version = any(in_versions);
$$;

revoke execute on function storage.lock_key(text, text), storage.lock_keys(text, text[]),
  storage.insert_delete_marker(text, text, text, boolean), storage.forget_null_version(text, text),
  storage.make_current(text, text, boolean), storage.promote_version(text, text), storage.mark_absent(text, text[]),
  storage.check_version_quota(text, text, bigint, bigint) from public;
`,
};
