/** Users with their roles, links to set passwords with, and failed sign-ins. Secrets are here as hashes only. */
export const USERS_MIGRATION = `
create table supastor.users (
  id text primary key,
  email text not null unique check (email = lower(email)),
  name text not null default '',
  state text not null check (state in ('invited', 'active', 'disabled')),
  password_hash text,
  break_glass boolean not null default false,
  created_by text not null,
  created_at timestamptz not null default now(),
  last_login_at timestamptz
);
create unique index users_break_glass on supastor.users (break_glass) where break_glass;

-- Roles of this installation; the built-in ones are in the program.
create table supastor.roles (
  name text primary key,
  description text not null,
  permissions text[] not null,
  created_by text not null,
  created_at timestamptz not null default now()
);

create table supastor.grants (
  id text primary key,
  user_id text not null references supastor.users on delete cascade,
  role text not null,
  environment text,
  bucket text,
  prefix text,
  granted_by text not null,
  granted_at timestamptz not null default now(),
  check (prefix is null or bucket is not null)
);
create unique index grants_once on supastor.grants
  (user_id, role, coalesce(environment, ''), coalesce(bucket, ''), coalesce(prefix, ''));
create index grants_role on supastor.grants (role);

create table supastor.user_links (
  token_hash text primary key,
  user_id text not null references supastor.users on delete cascade,
  kind text not null check (kind in ('invitation', 'reset')),
  created_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index user_links_user on supastor.user_links (user_id);

create table supastor.login_failures (key text primary key, failures int not null, last_at timestamptz not null);

alter table supastor.sessions add user_id text;
create index sessions_user on supastor.sessions (user_id) where ended_at is null;
alter table supastor.api_keys add created_by_user text;
`;
