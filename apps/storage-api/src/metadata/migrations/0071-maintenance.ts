import type { Migration } from './migration.ts';

/** Columns of an object's row that are kept of it in quarantine; the others are made from them. */
const KEPT = `id, bucket_id, name, owner, created_at, updated_at, last_accessed_at, metadata, version, owner_id, user_metadata,
    size_bytes, sha256, crc32, damaged_version, is_versioned`;
const ROW = KEPT.replace(/\w+/g, 'r.$&');

/**
 * Runs of scan and scrub, of which one of all servers does each, and what a scan moved out of the way. The quarantine is its own
 * manifest: an entry is written before anything is moved.
 */
export const maintenance: Migration = {
  name: '0071-maintenance',
  sql: `
create table storage.maintenance_runs (
  id uuid primary key default gen_random_uuid(),
  kind text not null check (kind in ('scan', 'scrub')),
  state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
  options jsonb not null,
  position jsonb not null default '{}',
  counts jsonb not null default '{}',
  requested_by text not null,
  runner uuid,
  error text,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  seen_at timestamptz,
  finished_at timestamptz
);
create unique index maintenance_runs_open on storage.maintenance_runs (kind) where state in ('waiting', 'running');
create index maintenance_runs_by_time on storage.maintenance_runs (kind, created_at desc);
alter table storage.maintenance_runs enable row level security;

create table storage.quarantine (
  id uuid primary key default gen_random_uuid(),
  run_id uuid not null,
  place text not null,
  name text not null,
  size_bytes bigint,
  modified_at timestamptz,
  content jsonb,
  quarantined_at timestamptz not null default now()
);
create index quarantine_by_time on storage.quarantine (quarantined_at);
create index quarantine_by_run on storage.quarantine (run_id);
alter table storage.quarantine enable row level security;
comment on column storage.quarantine.place is
  'versions: bytes by version; files: a path below the store; a table: its row, in content.';

-- The rows go without leaving a delete marker or an older version in their place: nobody deleted the object.
create function storage.quarantine_rows(in_run uuid, in_versions text[]) returns bigint language plpgsql as $$
declare
  mode text := coalesce(current_setting('storage.versions', true), '');
  moved bigint;
begin
  perform storage.set_version_mode('purge');
  with current as (delete from storage.objects where version = any(in_versions) returning *),
    former as (delete from storage_versions.objects where version = any(in_versions) and not is_delete_marker returning *),
    parts as (delete from storage.s3_multipart_uploads_parts where version = any(in_versions) returning *),
    entries as (
      insert into storage.quarantine (run_id, place, name, size_bytes, content)
      select in_run, 'storage.objects', bucket_id || '/' || name, size_bytes, to_jsonb(c) from current c
      union all select in_run, 'storage_versions.objects', bucket_id || '/' || name, size_bytes, to_jsonb(f) from former f
      union all select in_run, 'storage.s3_multipart_uploads_parts', upload_id || '/' || part_number, size_bytes, to_jsonb(p) from parts p
      returning 1)
  select count(*) into moved from entries;
  delete from storage.damaged_blobs where version = any(in_versions) and not storage.is_referenced(version);
  perform storage.set_version_mode(mode);
  return moved;
end $$;

create function storage.restore_row(in_entry uuid) returns void language plpgsql as $$
declare
  mode text := coalesce(current_setting('storage.versions', true), '');
  entry storage.quarantine;
begin
  delete from storage.quarantine where id = in_entry returning * into entry;
  perform storage.set_version_mode('promote');
  if entry.place = 'storage.objects' then
    insert into storage.objects (${KEPT})
      select ${ROW} from jsonb_populate_record(null::storage.objects, entry.content) r;
  elsif entry.place = 'storage_versions.objects' then
    insert into storage_versions.objects (seq, ${KEPT}, archived_at, is_delete_marker) overriding system value
      select r.seq, ${ROW}, r.archived_at, r.is_delete_marker from jsonb_populate_record(null::storage_versions.objects, entry.content) r;
  elsif entry.place = 'storage.s3_multipart_uploads_parts' then
    insert into storage.s3_multipart_uploads_parts
      select r.* from jsonb_populate_record(null::storage.s3_multipart_uploads_parts, entry.content) r;
  end if;
  perform storage.set_version_mode(mode);
end $$;
revoke execute on function storage.quarantine_rows(uuid, text[]), storage.restore_row(uuid) from public;
`,
};
