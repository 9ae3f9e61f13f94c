import type { Migration } from './migration.ts';

/**
 * Later migrations add tables of ours to this view, whose bucket ids are in the order of bytes. Where `storage.objects` was taken over and
 * is not, the view says so itself, because a column of a view cannot change its order. Stands right behind the migration of the view.
 */
export const referencesByBytes: Migration = {
  name: '0063-references-by-bytes',
  sql: `
do $$
declare
  definition text := rtrim(pg_get_viewdef('storage.blob_references'::regclass), '; ');
begin
  if exists (select from pg_attribute where attrelid = 'storage.blob_references'::regclass and attname = 'bucket_id'
    and attcollation = '"default"'::regcollation) then
    drop view storage.blob_references;
    execute 'create view storage.blob_references as
      select version, kind, bucket_id collate "C" as bucket_id, name collate "C" as name, size_bytes, crc32, sha256, md5
      from (' || definition || ') as found';
  end if;
end $$;
`,
};
