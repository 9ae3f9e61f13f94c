import type { Migration } from './migration.ts';

/** Access keys of the S3 door. Secrets are sealed by the server, see s3-keys/secret-sealer.ts; no role but the server's sees them. */
export const s3AccessKeys: Migration = {
  name: '0080-s3-access-keys',
  sql: `
create table storage.s3_access_keys (
  id text collate "C" primary key,
  name text not null,
  enabled boolean not null default true,
  role text not null,
  claims jsonb not null default '{}',
  scope jsonb not null,
  secret text not null,
  previous_secret text,
  previous_until timestamptz,
  expires_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  last_used_at timestamptz,
  last_used_ip text
);
comment on column storage.s3_access_keys.scope is 'Buckets, prefixes, verbs and addresses as JSON.';
comment on column storage.s3_access_keys.secret is 'Sealed: <id of the encryption key>.<nonce>.<ciphertext>.<tag>, base64url.';
alter table storage.s3_access_keys enable row level security;
revoke all on storage.s3_access_keys from public;
`,
};
