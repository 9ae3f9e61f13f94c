/** Idempotency keys with their sealed answers, and locks that end by themselves. */
export const IDEMPOTENCY_MIGRATION = `
create table supastor.idempotency_keys (
  id text primary key,
  fingerprint text not null,
  owner text not null,
  answer text,
  expires_at timestamptz not null
);
create index idempotency_keys_expiry on supastor.idempotency_keys (expires_at);

create table supastor.leases (name text primary key, owner text not null, expires_at timestamptz not null);
`;
