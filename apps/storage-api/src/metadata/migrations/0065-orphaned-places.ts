import type { Migration } from './migration.ts';

/** Places of versions that are gone while their bytes could not be removed, or may be needed again out of the quarantine. */
export const orphanedPlaces: Migration = {
  name: '0065-orphaned-places',
  sql: `
alter table storage.adopted_blobs add column orphaned_at timestamptz;
create index adopted_blobs_orphaned on storage.adopted_blobs (orphaned_at) where orphaned_at is not null;
`,
};
