import type { Migration } from './migration.ts';

/**
 * Keys are listed in the order of their bytes. In a schema of our own the column says so; in one that was taken over the column has the
 * order of the database, and cannot get another one while policies and views use it. So the functions say it themselves.
 */
export const keysByBytes: Migration = {
  name: '0061-keys-by-bytes',
  sql: `
do $$
declare
  listing regprocedure;
begin
  foreach listing in array array[
    'storage.list_entries(text, text, boolean, text, text, text, boolean, integer, integer)',
    'storage.s3_list_entries(text, text, text, text, text, text, integer)',
    'storage.list_versions(text, text, text, text, text, text, text, bigint, text, text, text, boolean, integer, integer)']::regprocedure[]
  loop
    execute regexp_replace(regexp_replace(pg_get_functiondef(listing),
      '((?:o\\.)?name) >= \\$2 and ((?:o\\.)?name) < \\$3', '\\1 collate "C" >= $2 and \\2 collate "C" < $3', 'g'),
      'order by ((?:o\\.)?name) ', 'order by \\1 collate "C" ', 'g');
  end loop;
end $$;
`,
};
