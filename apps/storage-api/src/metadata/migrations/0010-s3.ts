import type { Migration } from './migration.ts';

/**
 * What the S3 door needs: unfinished multipart uploads with their parts, whose bytes are retired like those of objects;
 * conditions that are checked under the row's lock; and listings with any delimiter.
 */
export const s3: Migration = {
  name: '0010-s3',
  sql: `
create table storage.s3_multipart_uploads (
  id text collate "C" primary key,
  bucket_id text collate "C" not null references storage.buckets (id) on delete cascade,
  key text collate "C" not null,
  role text not null,
  owner_id text not null,
  head jsonb not null,
  created_at timestamptz not null default now()
);
create index s3_multipart_uploads_by_key on storage.s3_multipart_uploads (bucket_id, key, id);
comment on column storage.s3_multipart_uploads.head is 'What the object will carry besides its bytes, as the upload was begun.';

create table storage.s3_multipart_uploads_parts (
  upload_id text collate "C" not null references storage.s3_multipart_uploads (id) on delete cascade,
  part_number integer not null,
  version text not null,
  size_bytes bigint not null,
  etag text not null,
  checksum text,
  created_at timestamptz not null default now(),
  primary key (upload_id, part_number)
);
create index s3_multipart_uploads_parts_version on storage.s3_multipart_uploads_parts (version);

alter table storage.s3_multipart_uploads enable row level security;
alter table storage.s3_multipart_uploads_parts enable row level security;

create function storage.s3_retire_part() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into storage.retired_blobs (version, size_bytes) values (old.version, old.size_bytes) on conflict do nothing;
  return null;
end $$;
create trigger s3_part_deleted after delete on storage.s3_multipart_uploads_parts
  for each row execute function storage.s3_retire_part();
create trigger s3_part_replaced after update of version on storage.s3_multipart_uploads_parts
  for each row when (old.version is distinct from new.version) execute function storage.s3_retire_part();

-- The lock makes writers with a condition on the same key queue, so that of two with the same entity tag one fails.
create function storage.s3_require_etag(in_bucket text, in_name text, in_etag text) returns void language plpgsql as $$
declare
  found_etag text;
begin
  select trim(both '"' from metadata ->> 'eTag') into found_etag from storage.objects
    where bucket_id = in_bucket and name = in_name for update;
  if not found then
    raise exception 'the object of a conditional request does not exist' using errcode = 'SJ013';
  end if;
  if in_etag <> '*' and found_etag is distinct from in_etag then
    raise exception 'the object of a conditional request has another entity tag' using errcode = 'SJ012';
  end if;
end $$;

create function storage.s3_finish_upload(in_id text) returns void language plpgsql as $$
begin
  delete from storage.s3_multipart_uploads where id = in_id;
  if not found then
    raise exception 'no such upload' using errcode = 'SJ014';
  end if;
end $$;
revoke execute on function storage.s3_finish_upload(text) from public;

-- Jumps over the inside of common prefixes, so that a page costs what it shows. Runs with the caller's rights.
create function storage.s3_list_entries(
  in_bucket text,
  in_prefix text,
  in_delimiter text,
  in_after_delimiter text,
  in_from text,
  in_until text,
  in_limit integer
) returns table (entry text, is_prefix boolean, metadata jsonb, size_bytes bigint, updated_at timestamptz, owner_id text)
language plpgsql stable security invoker as $$
#variable_conflict use_column
declare
  lower_bound text collate "C" := in_from;
  prefix_length integer := length(in_prefix);
  delimiter_length integer := length(in_delimiter);
  emitted integer := 0;
  batch integer := least(in_limit, 1000) + 1;
  seen integer;
  delimiter_at integer;
  shared text collate "C";
  found_row record;
begin
  while emitted < in_limit loop
    seen := 0;
    shared := null;
    for found_row in execute
      'select o.name, o.metadata, o.size_bytes, o.updated_at, o.owner_id from storage.objects o
       where o.bucket_id = $1 and o.name >= $2 and o.name < $3 order by o.name limit $4'
      using in_bucket, lower_bound, in_until, batch
    loop
      seen := seen + 1;
      delimiter_at := 0;
      if delimiter_length > 0 then
        delimiter_at := position(in_delimiter in substr(found_row.name, prefix_length + 1));
      end if;
      if delimiter_at > 0 then
        shared := left(found_row.name, prefix_length + delimiter_at - 1 + delimiter_length);
        entry := shared; is_prefix := true; metadata := null; size_bytes := null; updated_at := null; owner_id := null;
      else
        lower_bound := found_row.name || chr(1);
        entry := found_row.name; is_prefix := false; metadata := found_row.metadata; size_bytes := found_row.size_bytes;
        updated_at := found_row.updated_at; owner_id := found_row.owner_id;
      end if;
      return next;
      emitted := emitted + 1;
      exit when shared is not null or emitted >= in_limit;
    end loop;
    if shared is not null then
      lower_bound := left(shared, -delimiter_length) || in_after_delimiter;
    elsif seen < batch then
      return;
    end if;
  end loop;
end $$;
`,
};
