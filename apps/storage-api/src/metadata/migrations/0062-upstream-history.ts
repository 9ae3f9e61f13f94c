import type { Migration } from './migration.ts';

/** Versions and delete markers that were put aside when a schema of the original was taken over become versions here. */
export const upstreamHistory: Migration = {
  name: '0062-upstream-history',
  sql: `
do $$ begin
  if to_regclass('storage.upstream_object_versions') is null then
    return;
  end if;
  insert into storage_versions.objects (id, bucket_id, name, owner, created_at, updated_at, last_accessed_at, metadata, version, owner_id,
    user_metadata, size_bytes, archived_at, is_delete_marker, is_versioned)
  select id, bucket_id, name, owner, created_at, updated_at, last_accessed_at, metadata, version, owner_id, user_metadata,
    case when metadata ->> 'size' ~ '^[0-9]{1,18}$' then (metadata ->> 'size')::bigint end, archived_at, is_delete_marker, is_versioned
  from storage.upstream_object_versions order by bucket_id, name, archived_at nulls last, created_at;
  drop table storage.upstream_object_versions;
end $$;
`,
};
