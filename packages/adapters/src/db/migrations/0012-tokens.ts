/** Keys that sign session tokens, their private halves sealed, and refresh tokens as hashes. */
export const TOKENS_MIGRATION = `
create table supastor.signing_keys (
  kid text primary key,
  public_jwk text not null,
  private_sealed text not null,
  created_at timestamptz not null default now(),
  retired_at timestamptz
);
create unique index signing_keys_current on supastor.signing_keys ((true)) where retired_at is null;

create table supastor.refresh_tokens (
  token_hash text primary key,
  session_id text not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index refresh_tokens_session on supastor.refresh_tokens (session_id);
`;
