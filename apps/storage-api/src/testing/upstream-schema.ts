import { BOOTSTRAP_SQL } from './server.ts';

/**
 * Schemas as Supabase Storage leaves them, in shape and not in words: the first ones (buckets and objects only, owners in `auth.users`),
 * those of 1.11 (a table of folders kept by triggers, multipart uploads) and the newest (guards against DELETE, object versioning).
 */
export type UpstreamStage = 'early' | 'folders' | 'newest';

export const UPSTREAM_STAGES: readonly UpstreamStage[] = ['early', 'folders', 'newest'];

export const ALICE = '11111111-1111-4111-8111-111111111111';
export const UPSTREAM_VERSION = 'a0000000-0000-4000-8000-000000000001';

/** Statements for a superuser that make roles and such a schema with rows and policies of users. */
export function upstreamSchema(stage: UpstreamStage): string {
  return `
${AUTH}
create schema storage authorization supabase_storage_admin;
grant usage on schema storage to anon, authenticated, service_role, postgres;
set role supabase_storage_admin;
alter default privileges in schema storage grant all on tables to anon, authenticated, service_role, postgres;
alter default privileges in schema storage grant all on functions to anon, authenticated, service_role, postgres;
alter default privileges in schema storage grant all on sequences to anon, authenticated, service_role, postgres;
${BASE}
${stage === 'early' ? EARLY : LATER}
${stage === 'folders' ? FOLDERS : ''}
${stage === 'newest' ? NEWEST : ''}
${migrationRows(stage)}
${rows(stage)}
reset role;
${USERS_OWN}`;
}

/** Roles of the cluster; once per server. */
export const UPSTREAM_ROLES = BOOTSTRAP_SQL;

const AUTH = `
create schema auth;
grant usage on schema auth to anon, authenticated, service_role, supabase_storage_admin;
create table auth.users (id uuid primary key);
grant references on auth.users to supabase_storage_admin;
insert into auth.users values ('${ALICE}');
create function auth.uid() returns uuid language sql stable as $$
  select (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid $$;`;

const BASE = `
create table storage.migrations (id integer primary key, name varchar(100) unique not null, hash varchar(40) not null,
  executed_at timestamp default current_timestamp);
alter table storage.migrations enable row level security;
create table storage.buckets (id text primary key, name text not null, owner uuid, created_at timestamptz default now(),
  updated_at timestamptz default now(), public boolean default false);
create unique index bname on storage.buckets using btree (name);
create table storage.objects (id uuid primary key default gen_random_uuid(), bucket_id text, name text, owner uuid,
  created_at timestamptz default now(), updated_at timestamptz default now(), last_accessed_at timestamptz default now(), metadata jsonb,
  path_tokens text[] generated always as (string_to_array(name, '/')) stored,
  constraint "objects_bucketId_fkey" foreign key (bucket_id) references storage.buckets (id));
create unique index bucketid_objname on storage.objects using btree (bucket_id, name);
create index name_prefix_search on storage.objects (name text_pattern_ops);
alter table storage.buckets enable row level security;
alter table storage.objects enable row level security;
create function storage.foldername(name text) returns text[] language plpgsql as $$
  begin return (string_to_array(name, '/'))[1 : array_length(string_to_array(name, '/'), 1) - 1]; end $$;
create function storage.filename(name text) returns text language plpgsql as $$
  begin return (string_to_array(name, '/'))[array_length(string_to_array(name, '/'), 1)]; end $$;
create function storage.extension(name text) returns text language plpgsql as $$
  begin return reverse(split_part(reverse(storage.filename(name)), '.', 1)); end $$;
create function storage.get_size_by_bucket() returns table (size bigint, bucket_id text) language plpgsql as $$
  begin return query select sum((o.metadata ->> 'size')::bigint)::bigint, o.bucket_id from storage.objects o group by o.bucket_id; end $$;`;

const EARLY = `
alter table storage.buckets add constraint buckets_owner_fkey foreign key (owner) references auth.users (id);
alter table storage.objects add constraint objects_owner_fkey foreign key (owner) references auth.users (id);
create function storage.search(prefix text, bucketname text, limits int default 100, levels int default 1, offsets int default 0)
  returns table (name text, id uuid, updated_at timestamptz, created_at timestamptz, last_accessed_at timestamptz, metadata jsonb)
  language plpgsql as $$ begin return query select o.path_tokens[levels], o.id, o.updated_at, o.created_at, o.last_accessed_at, o.metadata
    from storage.objects o where o.name like prefix || '%' and o.bucket_id = bucketname limit limits offset offsets; end $$;`;

const LATER = `
alter table storage.buckets add column avif_autodetection boolean default false, add column file_size_limit bigint,
  add column allowed_mime_types text[], add column owner_id text;
alter table storage.objects add column version text, add column owner_id text, add column user_metadata jsonb;
create type storage.buckettype as enum ('STANDARD', 'ANALYTICS');
alter table storage.buckets add column type storage.buckettype not null default 'STANDARD';
create table storage.buckets_analytics (id text primary key, type storage.buckettype not null default 'ANALYTICS',
  format text not null default 'ICEBERG', created_at timestamptz not null default now(), updated_at timestamptz not null default now());
alter table storage.buckets_analytics enable row level security;
insert into storage.buckets_analytics (id) values ('lake');
create table storage.s3_multipart_uploads (id text primary key, in_progress_size bigint not null default 0, upload_signature text not null,
  bucket_id text not null references storage.buckets (id), key text collate "C" not null, version text not null, owner_id text,
  created_at timestamptz not null default now(), user_metadata jsonb);
create table storage.s3_multipart_uploads_parts (id uuid primary key default gen_random_uuid(),
  upload_id text not null references storage.s3_multipart_uploads (id) on delete cascade, size bigint not null default 0,
  part_number int not null, bucket_id text not null references storage.buckets (id), key text collate "C" not null, etag text not null,
  owner_id text, version text not null, created_at timestamptz not null default now());
create index idx_multipart_uploads_list on storage.s3_multipart_uploads (bucket_id, key, created_at);
create index idx_objects_bucket_id_name on storage.objects (bucket_id, name collate "C");
alter table storage.s3_multipart_uploads enable row level security;
alter table storage.s3_multipart_uploads_parts enable row level security;
create function storage.operation() returns text language plpgsql stable as $$ begin return current_setting('storage.operation', true); end $$;
create function storage.update_updated_at_column() returns trigger language plpgsql as $$ begin new.updated_at = now(); return new; end $$;
create trigger update_objects_updated_at before update on storage.objects
  for each row execute function storage.update_updated_at_column();
create function storage.enforce_bucket_name_length() returns trigger language plpgsql as $$
  begin if length(new.name) > 100 then raise exception 'bucket name is too long'; end if; return new; end $$;
create trigger enforce_bucket_name_length_trigger before insert or update of name on storage.buckets
  for each row execute function storage.enforce_bucket_name_length();
create function storage.can_insert_object(bucketid text, name text, owner uuid, metadata jsonb) returns void language plpgsql as $$
  begin insert into storage.objects (bucket_id, name, owner, metadata) values (bucketid, name, owner, metadata);
  raise sqlstate 'PT200' using message = 'ROLLBACK'; end $$;
create function storage.search(prefix text, bucketname text, limits int default 100, levels int default 1, offsets int default 0,
  search text default '', sortcolumn text default 'name', sortorder text default 'asc')
  returns table (name text, id uuid, updated_at timestamptz, created_at timestamptz, last_accessed_at timestamptz, metadata jsonb)
  language plpgsql stable as $$ begin return query select o.path_tokens[levels], o.id, o.updated_at, o.created_at, o.last_accessed_at, o.metadata
    from storage.objects o where o.name like prefix || '%' and o.bucket_id = bucketname limit limits offset offsets; end $$;`;

const FOLDERS = `
create function storage.get_level(name text) returns int language sql immutable strict as $$ select array_length(string_to_array(name, '/'), 1) $$;
alter table storage.objects add column level int;
create index idx_objects_level on storage.objects (bucket_id, level, name collate "C");
create table storage.prefixes (bucket_id text, name text collate "C" not null, level int generated always as (storage.get_level(name)) stored,
  created_at timestamptz default now(), updated_at timestamptz default now(),
  constraint "prefixes_bucketId_fkey" foreign key (bucket_id) references storage.buckets (id), primary key (bucket_id, level, name));
alter table storage.prefixes enable row level security;
create function storage.objects_insert_prefix_trigger() returns trigger language plpgsql security definer as $$
  begin
    insert into storage.prefixes (bucket_id, name) select new.bucket_id, array_to_string((string_to_array(new.name, '/'))[1 : depth], '/')
      from generate_series(1, storage.get_level(new.name) - 1) as depth on conflict do nothing;
    new.level := storage.get_level(new.name);
    return new;
  end $$;
create trigger objects_insert_create_prefix before insert on storage.objects
  for each row execute function storage.objects_insert_prefix_trigger();
create function storage.search_v2(prefix text, bucket_name text, limits int default 100, levels int default 1, start_after text default '')
  returns table (key text, name text, id uuid, updated_at timestamptz, created_at timestamptz, metadata jsonb) language plpgsql stable as $$
  begin return query select p.name, p.name, null::uuid, p.updated_at, p.created_at, null::jsonb from storage.prefixes p
    where p.bucket_id = bucket_name and p.level = levels limit limits; end $$;`;

const NEWEST = `
alter type storage.buckettype add value 'VECTOR';
create table storage.buckets_vectors (id text primary key, created_at timestamptz not null default now());
create function storage.protect_delete() returns trigger language plpgsql as $$
  begin
    if coalesce(current_setting('storage.allow_delete_query', true), 'false') <> 'true' then
      raise exception 'Direct deletion from storage tables is not allowed. Use the Storage API instead.' using errcode = '42501';
    end if;
    return null;
  end $$;
create trigger protect_buckets_delete before delete on storage.buckets for each statement execute function storage.protect_delete();
create trigger protect_objects_delete before delete on storage.objects for each statement execute function storage.protect_delete();
create trigger protect_s3_multipart_uploads_delete before delete on storage.s3_multipart_uploads
  for each statement execute function storage.protect_delete();
alter table storage.buckets add column versioning_status text not null default 'DISABLED';
alter table storage.objects add column archived_at timestamptz, add column is_delete_marker boolean not null default false,
  add column is_versioned boolean not null default false;
alter table storage.objects drop constraint objects_pkey;
drop index storage.bucketid_objname;
create unique index idx_objects_key_version on storage.objects (bucket_id, name, version);
create unique index idx_objects_current_version on storage.objects (bucket_id, name) where archived_at is null;
create unique index idx_objects_null_version on storage.objects (bucket_id, name) where not is_versioned;`;

function migrationRows(stage: UpstreamStage): string {
  const last = { early: [10, 'search-files-search-function'], folders: [37, 'add-bucket-name-length-trigger'], newest: [69, 'validate'] }[
    stage
  ];
  return `insert into storage.migrations (id, name, hash) values (0, 'create-migrations-table', 'x'), (${last[0]}, '${last[1]}', 'x');`;
}

function rows(stage: UpstreamStage): string {
  const isEarly = stage === 'early';
  const versions = isEarly ? '' : ', version, owner_id';
  const values = (number: number) => (isEarly ? '' : `, '${UPSTREAM_VERSION.slice(0, -1)}${number}', '${ALICE}'`);
  const metadata = `'{"eTag":"\\"900150983cd24fb0d6963f7d28e17f72\\"","size":3,"mimetype":"text/plain","cacheControl":"max-age=3600","contentLength":3}'`;
  return `
insert into storage.buckets (id, name, owner, public) values ('avatars', 'avatars', '${ALICE}', false), ('public', 'public', null, true);
insert into storage.objects (bucket_id, name, owner, metadata${versions}) values
  ('avatars', '${ALICE}/Zebra.txt', '${ALICE}', ${metadata}${values(1)}),
  ('avatars', '${ALICE}/apple.txt', '${ALICE}', ${metadata}${values(2)}),
  ('avatars', '${ALICE}/Äpfel/one.txt', '${ALICE}', ${metadata}${values(3)}),
  ('public', 'a/b.txt', null, ${metadata}${values(4)});
${isEarly ? '' : `insert into storage.s3_multipart_uploads (id, upload_signature, bucket_id, key, version) values ('open', 'x', 'public', 'big', 'x');`}
${stage === 'newest' ? HISTORY : ''}`;
}

const HISTORY = `
insert into storage.objects (bucket_id, name, version, archived_at, is_versioned) values ('avatars', '${ALICE}/apple.txt', 'old', now(), true);
insert into storage.objects (bucket_id, name, version, is_delete_marker, is_versioned) values ('avatars', 'gone', 'marker', true, true);`;

/** What belongs to users: policies, a view and a trigger. */
const USERS_OWN = `
create policy "own folder" on storage.objects for all to authenticated
  using (bucket_id = 'avatars' and (storage.foldername(name))[1] = auth.uid()::text)
  with check (bucket_id = 'avatars' and (storage.foldername(name))[1] = auth.uid()::text);
create policy "see buckets" on storage.buckets for select to authenticated using (true);
create view public.my_files as select name, metadata, path_tokens from storage.objects;
create function public.sizes() returns bigint language sql begin atomic select sum(size)::bigint from storage.get_size_by_bucket(); end;
create table public.uploads_seen (name text);
create function public.note_upload() returns trigger language plpgsql security definer set search_path = '' as $$
  begin insert into public.uploads_seen values (new.name); return new; end $$;
create trigger note_upload after insert on storage.objects for each row execute function public.note_upload();`;
