import type { Migration } from './migration.ts';

/**
 * Policies of storage.objects also decide over versions. Before versions are touched as a caller, the policies and grants of
 * storage_versions.objects are made those of storage.objects, if they are not. What cannot be carried over grants nothing.
 */
export const versionPolicies: Migration = {
  name: '0041-version-policies',
  sql: `
create table storage_versions.policy_mirror (fingerprint text not null);
alter table storage_versions.policy_mirror enable row level security;

create function storage.version_policies_fingerprint() returns text language sql stable set search_path = '' as $$
  select concat_ws('|', c.relacl::text, c.relrowsecurity, (
    select string_agg(p.oid || ':' || p.xmin, ',' order by p.oid) from pg_catalog.pg_policy p where p.polrelid = c.oid))
  from pg_catalog.pg_class c where c.oid = 'storage.objects'::pg_catalog.regclass
$$;

create function storage.copy_version_policies() returns void language plpgsql set search_path = '' as $$
declare
  target constant text := 'storage_versions.objects';
  entry record;
begin
  for entry in select polname from pg_policy where polrelid = target::regclass loop
    execute format('drop policy %I on %s', entry.polname, target);
  end loop;
  for entry in
    select distinct case when a.grantee = 0 then 'public' else a.grantee::regrole::text end as grantee
    from pg_class c, aclexplode(c.relacl) a where c.oid = target::regclass and a.grantee <> c.relowner
  loop
    execute format('revoke all on %s from %s', target, entry.grantee);
  end loop;
  for entry in
    select case when a.grantee = 0 then 'public' else a.grantee::regrole::text end as grantee,
      case a.privilege_type when 'UPDATE' then 'update (metadata)' else lower(a.privilege_type) end as privilege
    from pg_class c, aclexplode(c.relacl) a
    where c.oid = 'storage.objects'::regclass and a.grantee <> c.relowner and a.privilege_type in ('SELECT', 'UPDATE', 'DELETE')
  loop
    execute format('grant %s on %s to %s', entry.privilege, target, entry.grantee);
  end loop;
  if (select relrowsecurity from pg_class where oid = 'storage.objects'::regclass) then
    execute format('alter table %s enable row level security', target);
  else
    execute format('alter table %s disable row level security', target);
  end if;
  for entry in
    select polname, polcmd, case when polpermissive then 'permissive' else 'restrictive' end as kind, polpermissive,
      case polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end as command,
      (select string_agg(case when r = 0 then 'public' else r::regrole::text end, ', ') from unnest(polroles) r) as roles,
      coalesce(' using (' || pg_get_expr(polqual, polrelid) || ')', '') || coalesce(' with check (' || pg_get_expr(polwithcheck, polrelid) || ')', '')
        as rule
    from pg_policy where polrelid = 'storage.objects'::regclass order by polname
  loop
    begin
      execute format('create policy %I on %s as %s for %s to %s%s', entry.polname, target, entry.kind, entry.command, entry.roles, entry.rule);
    exception when others then
      raise warning 'policy "%" of storage.objects does not fit versions of objects: %', entry.polname, sqlerrm;
      if not entry.polpermissive then
        execute format('create policy %I on %s as restrictive for %s to %s %s (false)', entry.polname, target, entry.command, entry.roles,
          case entry.command when 'insert' then 'with check' else 'using' end);
      end if;
    end;
  end loop;
end $$;

create function storage.sync_version_policies() returns void language plpgsql set search_path = '' as $$
begin
  if exists (select from storage_versions.policy_mirror where fingerprint = storage.version_policies_fingerprint()) then
    return;
  end if;
  perform pg_advisory_xact_lock(730517040);
  if exists (select from storage_versions.policy_mirror where fingerprint = storage.version_policies_fingerprint()) then
    return;
  end if;
  perform storage.copy_version_policies();
  delete from storage_versions.policy_mirror;
  insert into storage_versions.policy_mirror values (storage.version_policies_fingerprint());
end $$;

-- Whether the caller could delete a marker on a key without a current object: markers are put there on trial, the caller deletes
-- those that the policies allow, and only for these a marker stays.
create function storage.try_markers(in_bucket text, in_names text[], in_versions text[], in_actor text) returns void language plpgsql as $$
declare
  trial record;
begin
  perform set_config('request.jwt.claim.sub', in_actor, true);
  perform storage.lock_keys(in_bucket, in_names);
  perform storage.set_version_mode('probe');
  for trial in select * from unnest(in_names, in_versions) as t(name, version) loop
    perform storage.insert_delete_marker(in_bucket, trial.name, trial.version, true);
  end loop;
end $$;
create function storage.settle_markers(in_bucket text, in_names text[], in_versions text[]) returns setof storage_versions.objects
language plpgsql as $$
declare
  refused text[];
begin
  with kept as (delete from storage_versions.objects where bucket_id = in_bucket and version = any (in_versions) returning name)
  select array_agg(name) into refused from kept;
  perform storage.set_version_mode('');
  return query select * from storage.mark_absent(in_bucket,
    array(select n from unnest(in_names) n where n <> all (coalesce(refused, '{}'))));
end $$;

-- For moves: the version is there, and stays until the transaction ends; and at its end it is gone.
create function storage.require_version(in_bucket text, in_name text, in_version text) returns void language plpgsql as $$
begin
  perform storage.lock_key(in_bucket, in_name);
  perform from storage.objects where bucket_id = in_bucket and name = in_name and version = in_version for update;
  if found then
    return;
  end if;
  perform from storage_versions.objects where bucket_id = in_bucket and name = in_name and version = in_version for update;
  if not found then
    raise exception 'the version is gone' using errcode = 'SJ031';
  end if;
end $$;
create function storage.require_version_gone(in_bucket text, in_name text, in_version text) returns void language plpgsql as $$
begin
  if exists (select from storage.objects where bucket_id = in_bucket and name = in_name and version = in_version)
    or exists (select from storage_versions.objects where bucket_id = in_bucket and name = in_name and version = in_version) then
    raise exception 'the version may not be removed' using errcode = '42501';
  end if;
end $$;

revoke execute on function storage.require_version(text, text, text), storage.require_version_gone(text, text, text),
  storage.version_policies_fingerprint(), storage.copy_version_policies(), storage.sync_version_policies(),
  storage.try_markers(text, text[], text[], text), storage.settle_markers(text, text[], text[]) from public;
select storage.sync_version_policies();
`,
};
