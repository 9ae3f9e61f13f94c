import type { Migration } from './migration.ts';

/** `auth.uid()`, `auth.role()` and `auth.jwt()` for policies, made only where no auth server has made them. */
export const authHelpers: Migration = {
  name: '0002-auth-helpers',
  sql: `
do $$
begin
  if to_regnamespace('auth') is null then
    create schema auth;
    grant usage on schema auth to anon, authenticated, service_role;
  end if;
  if not has_schema_privilege('auth', 'create') then
    raise notice 'schema auth belongs to someone else; its functions are left alone';
    return;
  end if;
  if to_regprocedure('auth.uid()') is null then
    create function auth.uid() returns uuid language sql stable as $f$
      select coalesce(
        nullif(current_setting('request.jwt.claim.sub', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
      )::uuid
    $f$;
    grant execute on function auth.uid() to public;
  end if;
  if to_regprocedure('auth.role()') is null then
    create function auth.role() returns text language sql stable as $f$
      select coalesce(
        nullif(current_setting('request.jwt.claim.role', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role'
      )
    $f$;
    grant execute on function auth.role() to public;
  end if;
  if to_regprocedure('auth.email()') is null then
    create function auth.email() returns text language sql stable as $f$
      select nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email'
    $f$;
    grant execute on function auth.email() to public;
  end if;
  if to_regprocedure('auth.jwt()') is null then
    create function auth.jwt() returns jsonb language sql stable as $f$
      select nullif(current_setting('request.jwt.claims', true), '')::jsonb
    $f$;
    grant execute on function auth.jwt() to public;
  end if;
end $$;
`,
};
