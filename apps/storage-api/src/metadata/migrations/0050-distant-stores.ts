import type { Migration } from './migration.ts';

/**
 * What a byte store needs that many servers reach but that has no directory of theirs: notes of what is under way, and the
 * parts of resumable uploads as versions of their own.
 */
export const distantStores: Migration = {
  name: '0050-distant-stores',
  sql: `
-- Written before bytes are sent, removed when the row is committed or the bytes are gone.
create table storage.blob_intents (
  version text collate "C" primary key,
  instance uuid not null,
  created_at timestamptz not null default now()
);
create index blob_intents_by_instance on storage.blob_intents (instance);
alter table storage.blob_intents enable row level security;

-- Whose bytes a bucket holds: two databases must not clean up in the same place.
create table storage.installation (
  only_one boolean primary key default true check (only_one),
  id uuid not null default gen_random_uuid()
);
insert into storage.installation default values;
alter table storage.installation enable row level security;

create table storage.resumable_parts (
  upload uuid not null references storage.resumable_uploads (version) on delete cascade,
  offset_bytes bigint not null,
  size_bytes bigint not null,
  version text collate "C" not null,
  created_at timestamptz not null default now(),
  primary key (upload, offset_bytes)
);
create index resumable_parts_version on storage.resumable_parts (version);
alter table storage.resumable_parts enable row level security;
create trigger resumable_part_deleted after delete on storage.resumable_parts
  for each row execute function storage.s3_retire_part();

-- A later part that begins where an earlier one was not yet acknowledged takes its place. Whoever lost the upload's lock
-- is behind what was acknowledged since, and fails.
create function storage.put_resumable_part(in_upload uuid, in_offset bigint, in_size bigint, in_version text)
returns void language plpgsql as $$
declare
  acknowledged bigint;
begin
  select offset_bytes into acknowledged from storage.resumable_uploads
    where version = in_upload and completed_at is null for update;
  if not found or in_offset < acknowledged then
    raise exception 'upload is not open at this offset' using errcode = 'SJ002';
  end if;
  delete from storage.resumable_parts where upload = in_upload and offset_bytes >= in_offset;
  insert into storage.resumable_parts (upload, offset_bytes, size_bytes, version) values (in_upload, in_offset, in_size, in_version);
end $$;
revoke execute on function storage.put_resumable_part(uuid, bigint, bigint, text) from public;
`,
};
