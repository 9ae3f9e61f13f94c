/** Which users sign in with which provider, and which sessions came from one. */
export const SSO_MIGRATION = `
create table supastor.sso_identities (
  issuer text not null,
  subject text not null,
  provider text not null,
  user_id text not null references supastor.users on delete cascade,
  linked_at timestamptz not null default now(),
  primary key (issuer, subject)
);
create index sso_identities_user on supastor.sso_identities (user_id);
create table supastor.sso_sessions (session_id text primary key, provider text not null, expires_at timestamptz not null);
`;
