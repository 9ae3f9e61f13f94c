/**
 * The audit trail. Rows are added by `audit_append` alone, which runs as the owner of the tables; the role that the
 * service signs in as may only read and call it. Where that role may not create roles, it owns the tables itself and the
 * trigger is what keeps it from changing rows. Hashes and seals (docs/adr/0012) show what gets past both.
 */
export const AUDIT_MIGRATION = `
create table if not exists supastor.revoked_sessions (session_id text primary key, expires_at timestamptz not null);

create table supastor.audit_log (
  seq bigint primary key check (seq > 0),
  kind text not null check (kind in ('intent', 'outcome')),
  audit_id text not null,
  at timestamptz not null,
  operation text not null,
  identity text,
  outcome text,
  resource text,
  writer text not null,
  entry text not null,
  prev_hash text not null,
  hash text not null,
  mac text not null,
  key_id text not null,
  unique (audit_id, kind)
);
create index audit_log_at on supastor.audit_log (at) where kind = 'intent';
create index audit_log_identity on supastor.audit_log (identity, seq) where kind = 'intent';
create index audit_log_operation on supastor.audit_log (operation text_pattern_ops, seq) where kind = 'intent';

create table supastor.audit_checkpoints (
  n bigint primary key,
  seq bigint not null,
  hash text not null,
  at text not null,
  previous text not null,
  signature text not null,
  key_id text not null
);

-- Intents without an outcome; bookkeeping, not part of the trail.
create table supastor.audit_open (audit_id text primary key, operation text not null, writer text not null);

create function supastor.audit_refuse() returns trigger language plpgsql set search_path = pg_catalog as $body$
begin
  raise exception 'the audit trail can only grow' using errcode = 'insufficient_privilege';
end $body$;
create trigger audit_log_frozen before update or delete or truncate on supastor.audit_log
  for each statement execute function supastor.audit_refuse();
create trigger audit_checkpoints_frozen before update or delete or truncate on supastor.audit_checkpoints
  for each statement execute function supastor.audit_refuse();

create function supastor.audit_append(expected_seq bigint, expected_hash text, rows jsonb)
returns table (appended boolean, head_seq bigint, head_hash text)
language plpgsql security definer set search_path = pg_catalog as $body$
begin
  perform pg_advisory_xact_lock(7303001, 1);
  select log.seq, log.hash into head_seq, head_hash from supastor.audit_log log order by log.seq desc limit 1;
  head_seq := coalesce(head_seq, 0);
  head_hash := coalesce(head_hash, repeat('0', 64));
  appended := head_seq = expected_seq and head_hash = expected_hash;
  if appended then
    insert into supastor.audit_log
    select r.* from jsonb_to_recordset(rows) as r(
      seq bigint, kind text, audit_id text, at timestamptz, operation text, identity text, outcome text, resource text,
      writer text, entry text, prev_hash text, hash text, mac text, key_id text);
    insert into supastor.audit_open
    select r.audit_id, r.operation, r.writer from jsonb_to_recordset(rows) as r(kind text, audit_id text, operation text, writer text)
    where r.kind = 'intent';
    delete from supastor.audit_open o using jsonb_to_recordset(rows) as r(kind text, audit_id text)
    where r.kind = 'outcome' and o.audit_id = r.audit_id;
    select log.seq, log.hash into head_seq, head_hash from supastor.audit_log log order by log.seq desc limit 1;
  end if;
  return next;
end $body$;
revoke all on function supastor.audit_append(bigint, text, jsonb) from public;
grant execute on function supastor.audit_append(bigint, text, jsonb) to current_user;

do $body$
declare
  service text := current_user;
  -- Roles belong to the whole server: each database has its own.
  keeper text := 'supastor_audit_' || (select oid from pg_database where datname = current_database());
  audit_table text;
begin
  if not exists (select from pg_roles where rolname = keeper) then
    execute format('create role %I nologin noinherit', keeper);
  end if;
  execute format('grant %I to %I', keeper, service);
  execute format('grant usage, create on schema supastor to %I', keeper);
  foreach audit_table in array array['audit_log', 'audit_checkpoints', 'audit_open'] loop
    execute format('alter table supastor.%I owner to %I', audit_table, keeper);
  end loop;
  execute format('alter function supastor.audit_append(bigint, text, jsonb) owner to %I', keeper);
  execute format('alter function supastor.audit_refuse() owner to %I', keeper);
  execute format('set local role %I', keeper);
  execute format('grant select on supastor.audit_log, supastor.audit_open to %I', service);
  execute format('grant select, insert on supastor.audit_checkpoints to %I', service);
  execute format('grant execute on function supastor.audit_append(bigint, text, jsonb) to %I', service);
  reset role;
  execute format('revoke create on schema supastor from %I', keeper);
  execute format('revoke %I from %I', keeper, service);
exception when insufficient_privilege then
  raise notice 'the audit trail is owned by % because it may not create a role for it', service;
end $body$;
`;
