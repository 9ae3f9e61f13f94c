import type { Migration } from './migration.ts';

/** Uploads in parts: what is known of each between its requests. Their bytes wait outside the object tree. */
export const resumableUploads: Migration = {
  name: '0020-resumable-uploads',
  sql: `
create table storage.resumable_uploads (
  version uuid primary key,
  bucket_id text collate "C" not null,
  name text collate "C" not null,
  owner_role text,
  owner_subject text not null,
  upsert boolean not null,
  metadata_header text not null,
  mime_type text not null,
  cache_control text not null,
  user_metadata jsonb,
  length_bytes bigint,
  offset_bytes bigint not null default 0,
  max_bytes bigint not null,
  created_at timestamptz not null,
  completed_at timestamptz
);
create index resumable_uploads_by_time on storage.resumable_uploads (created_at);
alter table storage.resumable_uploads enable row level security;

create function storage.complete_resumable_upload(upload uuid, bytes bigint) returns void language plpgsql as $$
begin
  update storage.resumable_uploads set completed_at = now(), offset_bytes = bytes, length_bytes = bytes
    where version = upload and completed_at is null;
  if not found then
    raise exception 'upload is not open' using errcode = 'SJ002';
  end if;
end $$;
revoke execute on function storage.complete_resumable_upload(uuid, bigint) from public;
`,
};
