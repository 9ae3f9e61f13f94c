/** API keys; of the secret only its SHA-256. */
export const API_KEYS_MIGRATION = `
create table supastor.api_keys (
  id text primary key,
  name text not null,
  prefix text not null,
  secret_hash text not null unique,
  permissions text[] not null,
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  last_used_at timestamptz,
  last_used_ip text,
  replaced_by text,
  revoked_at timestamptz
);
`;
