import type { Migration } from './migration.ts';

/** Rules by which objects of a bucket expire. Read and written by the server itself, after it has asked whether the caller may. */
export const lifecycle: Migration = {
  name: '0044-lifecycle',
  sql: `
create table storage.bucket_lifecycle (
  bucket_id text collate "C" primary key references storage.buckets (id) on delete cascade,
  configuration jsonb not null,
  revision uuid not null default gen_random_uuid(),
  done_until timestamptz
);
comment on column storage.bucket_lifecycle.revision is 'Changes with the configuration; a server that works by another one stops.';
comment on column storage.bucket_lifecycle.done_until is 'Everything that was due at this midnight (UTC) has been deleted.';
alter table storage.bucket_lifecycle enable row level security;
revoke all on storage.bucket_lifecycle from public;
create index s3_multipart_uploads_by_created on storage.s3_multipart_uploads (bucket_id, created_at);
`,
};
