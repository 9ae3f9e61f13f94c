/** Makes the roles that tokens name, where they are missing, and lets ours take them on. */
export const rolesOfTokens = `do $$
declare
  wanted record;
begin
  for wanted in select * from (values ('anon', ''), ('authenticated', ''), ('service_role', 'bypassrls')) as r(name, extra) loop
    if not exists (select from pg_roles where rolname = wanted.name) then
      execute format('create role %I nologin noinherit %s', wanted.name, wanted.extra);
    end if;
    if not pg_has_role(current_user, wanted.name,
      case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end) then
      execute format('grant %I to %I', wanted.name, current_user);
    end if;
  end loop;
end $$;
`;
