import type { Migration } from './migration.ts';

/**
 * Limits of bytes and objects per bucket and per owner. What is used is counted in the transaction of the change, under the lock of
 * the quota's row; buckets and owners without a quota are not counted and do not wait for each other.
 */
export const quotas: Migration = {
  name: '0031-quotas',
  sql: `
create table storage.quotas (
  kind text collate "C" not null check (kind in ('bucket', 'owner')),
  subject text collate "C" not null,
  max_bytes bigint check (max_bytes >= 0),
  max_objects bigint check (max_objects >= 0),
  used_bytes bigint not null default 0,
  used_objects bigint not null default 0,
  primary key (kind, subject)
);
comment on table storage.quotas is 'Limits of a bucket (subject: its id) or an owner (subject: owner_id); null is no limit.';
comment on column storage.quotas.used_bytes is 'Kept up to date with every change; do not write.';
alter table storage.quotas enable row level security;

-- Writers are locked out while a new quota is counted; from then on each of them sees it.
create function storage.count_quota() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  lock table storage.objects in share row exclusive mode;
  select coalesce(sum(size_bytes), 0), count(*) into new.used_bytes, new.used_objects from storage.objects
    where case new.kind when 'bucket' then bucket_id else owner_id end = new.subject;
  return new;
end $$;
create trigger quotas_counted before insert or update of kind, subject on storage.quotas
  for each row execute function storage.count_quota();

-- Rows are updated in the order of their key, after the rows of objects, so that writers do not wait for each other in a circle.
create function storage.charge_quotas() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  plus constant text := 'select bucket_id, owner_id, coalesce(size_bytes, 0) as bytes, 1 as objects from fresh';
  minus constant text := 'select bucket_id, owner_id, -coalesce(size_bytes, 0) as bytes, -1 as objects from gone';
  change record;
  quota storage.quotas;
begin
  if not exists (select from storage.quotas) then
    return null;
  end if;
  for change in execute format(
    'with changes as (%s), charges as (
       select ''bucket'' collate "C" as kind, bucket_id as subject, bytes, objects from changes
       union all select ''owner'', owner_id, bytes, objects from changes where owner_id is not null)
     select kind, subject, sum(bytes) as bytes, sum(objects) as objects from charges join storage.quotas using (kind, subject)
     group by kind, subject having sum(bytes) <> 0 or sum(objects) <> 0 order by kind, subject',
    case tg_op when 'INSERT' then plus when 'DELETE' then minus else plus || ' union all ' || minus end)
  loop
    update storage.quotas q set used_bytes = q.used_bytes + change.bytes, used_objects = q.used_objects + change.objects
      where q.kind = change.kind and q.subject = change.subject returning * into quota;
    if not found then
      continue;
    end if;
    if change.bytes > 0 and quota.used_bytes > quota.max_bytes then
      raise exception 'The % may hold at most % bytes', change.kind, quota.max_bytes using errcode = 'SJ020';
    end if;
    if change.objects > 0 and quota.used_objects > quota.max_objects then
      raise exception 'The % may hold at most % objects', change.kind, quota.max_objects using errcode = 'SJ020';
    end if;
  end loop;
  return null;
end $$;
create trigger objects_charged_insert after insert on storage.objects referencing new table as fresh
  for each statement execute function storage.charge_quotas();
create trigger objects_charged_update after update on storage.objects referencing old table as gone new table as fresh
  for each statement execute function storage.charge_quotas();
create trigger objects_charged_delete after delete on storage.objects referencing old table as gone
  for each statement execute function storage.charge_quotas();
`,
};
