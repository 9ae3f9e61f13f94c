/** Who is signed in. A row says nothing about whether a token is valid; `revoked_sessions` and the token's expiry do. */
export const SESSIONS_MIGRATION = `
create table supastor.sessions (
  id text primary key,
  email text not null,
  device text,
  ip text not null,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz
);
create index sessions_open on supastor.sessions (expires_at) where ended_at is null;
`;
