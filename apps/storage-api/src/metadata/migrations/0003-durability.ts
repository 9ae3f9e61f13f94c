import type { Migration } from './migration.ts';

/**
 * What ties rows to bytes: servers that may have unfinished uploads, versions whose bytes nothing refers to any more,
 * and object events, all written by triggers in the transaction that changes the row. Plain SQL on
 * `storage.objects` is covered too.
 */
export const durability: Migration = {
  name: '0003-durability',
  sql: `
create table storage.instances (
  id uuid primary key,
  host text not null,
  pid integer not null,
  process_start text not null,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now()
);

create table storage.retired_blobs (
  version text collate "C" primary key,
  size_bytes bigint,
  retired_at timestamptz not null default now()
);
create index retired_blobs_by_time on storage.retired_blobs (retired_at);

create table storage.object_events (
  id bigint generated always as identity primary key,
  event text not null,
  bucket_id text not null,
  name text not null,
  version text,
  size_bytes bigint,
  operation text,
  actor text,
  created_at timestamptz not null default now()
);

-- A server may only publish bytes while it is registered. Whoever cleans up after it deletes the registration first
-- and then waits for the exclusive lock, after which none of its transactions can still commit.
create function storage.hold_instance(instance uuid) returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(hashtextextended(instance::text, 7305));
  if not exists (select from storage.instances where id = instance) then
    raise exception 'instance is retired' using errcode = 'SJ001';
  end if;
end $$;
create function storage.wait_for_instance(instance uuid) returns void language sql as $$
  select pg_advisory_xact_lock(hashtextextended(instance::text, 7305))
$$;
revoke execute on function storage.hold_instance(uuid), storage.wait_for_instance(uuid) from public;

create function storage.record_object_insert() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into storage.object_events (event, bucket_id, name, version, size_bytes, operation, actor)
  values ('object.created', new.bucket_id, new.name, new.version, new.size_bytes,
    current_setting('storage.operation', true), current_setting('request.jwt.claim.sub', true));
  return null;
end $$;

create function storage.record_object_update() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  op text := current_setting('storage.operation', true);
  who text := current_setting('request.jwt.claim.sub', true);
begin
  if old.version is distinct from new.version and old.version is not null then
    insert into storage.retired_blobs (version, size_bytes) values (old.version, old.size_bytes) on conflict do nothing;
  end if;
  if (old.bucket_id, old.name) is distinct from (new.bucket_id, new.name) then
    insert into storage.object_events (event, bucket_id, name, version, size_bytes, operation, actor) values
      ('object.removed', old.bucket_id, old.name, old.version, old.size_bytes, op, who),
      ('object.created', new.bucket_id, new.name, new.version, new.size_bytes, op, who);
  elsif old.version is distinct from new.version then
    insert into storage.object_events (event, bucket_id, name, version, size_bytes, operation, actor)
    values ('object.created', new.bucket_id, new.name, new.version, new.size_bytes, op, who);
  else
    insert into storage.object_events (event, bucket_id, name, version, size_bytes, operation, actor)
    values ('object.updated', new.bucket_id, new.name, new.version, new.size_bytes, op, who);
  end if;
  return null;
end $$;

create function storage.record_object_delete() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into storage.retired_blobs (version, size_bytes)
  select version, size_bytes from gone where version is not null on conflict do nothing;
  insert into storage.object_events (event, bucket_id, name, version, size_bytes, operation, actor)
  select 'object.removed', bucket_id, name, version, size_bytes,
    current_setting('storage.operation', true), current_setting('request.jwt.claim.sub', true) from gone;
  return null;
end $$;

create trigger objects_inserted after insert on storage.objects
  for each row execute function storage.record_object_insert();
create trigger objects_updated after update of bucket_id, name, version, metadata, user_metadata on storage.objects
  for each row execute function storage.record_object_update();
create trigger objects_deleted after delete on storage.objects referencing old table as gone
  for each statement execute function storage.record_object_delete();
`,
};
