import type { Migration } from './migration.ts';

/**
 * Whoever writes a key waits for a deletion of it that is under way. Otherwise the row it saw was gone by the time it wrote, and the
 * delete marker of that deletion stayed current beside the new object.
 */
export const oneCurrentVersion: Migration = {
  name: '0049-one-current-version',
  sql: `
create or replace function storage.version_insert() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  status text;
begin
  select versioning_status into status from storage.buckets where id = new.bucket_id;
  if status is null or status = 'DISABLED' or current_setting('storage.versions', true) = 'promote' then
    return new;
  end if;
  perform storage.lock_key(new.bucket_id, new.name);
  new.is_versioned := status = 'ENABLED';
  perform from storage.objects where bucket_id = new.bucket_id and name = new.name for update;
  if not found then
    perform storage.make_current(new.bucket_id, new.name, new.is_versioned);
  end if;
  return new;
end $$;

-- What the race left behind before: a marker is over where there is an object.
update storage_versions.objects v set archived_at = now() where archived_at is null
  and exists (select from storage.objects o where o.bucket_id = v.bucket_id and o.name = v.name);
`,
};
