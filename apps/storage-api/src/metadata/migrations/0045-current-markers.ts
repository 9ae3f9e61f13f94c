import type { Migration } from './migration.ts';

/** Delete markers that are the current version are few among old versions; lifecycle rules look for them in the order of their making. */
export const currentMarkers: Migration = {
  name: '0045-current-markers',
  sql: `
create index objects_current_markers on storage_versions.objects (bucket_id, seq) where archived_at is null;
`,
};
