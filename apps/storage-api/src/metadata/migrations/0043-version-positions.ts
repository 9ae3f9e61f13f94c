import type { Migration } from './migration.ts';

/**
 * Where a listing of versions goes on. Pages are cut after a version, and the rank of a version changes when it becomes current;
 * so a position is its id. When it is gone meanwhile, the versions of its key are listed from the newest on, and none is missed.
 */
export const versionPositions: Migration = {
  name: '0043-version-positions',
  sql: `
create function storage.version_rank(in_bucket text, in_name text, in_version text) returns bigint language sql stable as $$
  select 9223372036854775807 from storage.objects
    where bucket_id = in_bucket and name = in_name and (version = in_version or (in_version = 'null' and not is_versioned))
  union all
  select seq from storage_versions.objects
    where bucket_id = in_bucket and name = in_name and (version = in_version or (in_version = 'null' and not is_versioned))
$$;
`,
};
