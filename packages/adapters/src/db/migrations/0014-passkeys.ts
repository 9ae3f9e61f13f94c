/** Passkeys with their public keys, and what must not come twice within its short life. */
export const PASSKEYS_MIGRATION = `
create table supastor.passkeys (
  id text primary key,
  user_id text not null references supastor.users on delete cascade,
  name text not null,
  public_key text not null,
  counter bigint not null,
  transports text[] not null,
  synced boolean not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz
);
create index passkeys_user on supastor.passkeys (user_id);

create table supastor.used_once (key text primary key, expires_at timestamptz not null);
create index used_once_expiry on supastor.used_once (expires_at);
`;
