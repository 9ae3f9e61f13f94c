import type { Migration } from './migration.ts';

/** Parts of resumable uploads are versions whose bytes must stay, like everything that the view of references names. */
export const resumablePartReferences: Migration = {
  name: '0079-resumable-part-references',
  sql: `
do $$ begin
  execute format('create or replace view storage.blob_references as %s
    union all
    select version collate "default", ''resumable part'', null, upload::text, size_bytes, null::bigint, null, null from storage.resumable_parts',
    rtrim(pg_get_viewdef('storage.blob_references'::regclass), '; '));
end $$;
`,
};
