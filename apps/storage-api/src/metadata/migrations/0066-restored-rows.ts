import type { Migration } from './migration.ts';

/** A row that comes back from the quarantine is known as missing, so that the next scan or scrub says whether its bytes are there again. */
export const restoredRows: Migration = {
  name: '0066-restored-rows',
  sql: `
create function storage.restore_missing_row(in_entry uuid) returns void language plpgsql as $$
declare
  restored text := (select content ->> 'version' from storage.quarantine where id = in_entry);
begin
  perform storage.restore_row(in_entry);
  perform storage.mark_damaged(restored, 'missing', 'scan');
end $$;
revoke execute on function storage.restore_missing_row(uuid) from public;
`,
};
