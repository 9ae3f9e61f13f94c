import type { Migration } from './migration.ts';

/**
 * What bytes must be, and which are known not to be: a fast checksum beside the SHA-256, the versions found damaged, and the one
 * place that says what refers to bytes.
 */
export const integrity: Migration = {
  name: '0070-integrity',
  sql: `
alter table storage.objects add column crc32 bigint, add column damaged_version text collate "C";
comment on column storage.objects.crc32 is 'CRC-32 of the stored bytes, checked whenever they are read whole.';
comment on column storage.objects.damaged_version is 'The version whose bytes were found damaged; an overwrite heals the object.';
alter table storage.s3_multipart_uploads_parts add column crc32 bigint;

-- Marking damage is no change of the object.
drop trigger update_objects_updated_at on storage.objects;
create trigger update_objects_updated_at before update on storage.objects for each row
  when (old.damaged_version is not distinct from new.damaged_version) execute function storage.update_updated_at_column();

-- Everything whose bytes must stay. Whatever keeps versions in another table adds itself here; all collectors ask this view.
create view storage.blob_references as
  select version, 'object' as kind, bucket_id, name, size_bytes, crc32, sha256, null::text as md5
    from storage.objects where version is not null
  union all
  select version, 'part', null, upload_id, size_bytes, crc32, null, etag from storage.s3_multipart_uploads_parts;

create function storage.is_referenced(in_version text) returns boolean language sql stable as $$
  select exists (select from storage.blob_references where version = in_version)
$$;
revoke execute on function storage.is_referenced(text) from public;

create table storage.damaged_blobs (
  version text collate "C" primary key,
  bucket_id text,
  name text,
  size_bytes bigint,
  reason text not null check (reason in ('missing', 'truncated', 'altered', 'unreadable')),
  found_by text not null check (found_by in ('read', 'scrub', 'scan')),
  found_at timestamptz not null default now()
);
alter table storage.damaged_blobs enable row level security;

create function storage.mark_damaged(in_version text, in_reason text, in_found_by text) returns void language sql as $$
  insert into storage.damaged_blobs as d (version, bucket_id, name, size_bytes, reason, found_by)
    select version, bucket_id, name, size_bytes, in_reason, in_found_by from storage.blob_references where version = in_version limit 1
    on conflict (version) do update set reason = excluded.reason;
  update storage.objects set damaged_version = in_version where version = in_version and damaged_version is distinct from in_version;
$$;
create function storage.clear_damaged(in_versions text[]) returns void language sql as $$
  update storage.objects set damaged_version = null where version = any(in_versions) and damaged_version is not null;
  delete from storage.damaged_blobs where version = any(in_versions);
$$;
revoke execute on function storage.mark_damaged(text, text, text), storage.clear_damaged(text[]) from public;
`,
};
