/**
 * Retention of the audit trail: `audit_prune` takes rows off the beginning and leaves a signed cut in their place. It removes
 * nothing younger than 30 days, never the last row, and only up to a checkpoint. Outside of it the tables stay frozen: a row
 * can be deleted only when a cut covers it, and cuts are added by this function alone.
 */
export const AUDIT_RETENTION_MIGRATION = `
do $body$
declare
  service text := current_user;
  keeper text := (select tableowner from pg_tables where schemaname = 'supastor' and tablename = 'audit_log');
begin
  if keeper <> service then
    execute format('grant %I to %I', keeper, service);
    execute format('grant usage, create on schema supastor to %I', keeper);
    execute format('set local role %I', keeper);
  end if;

  create table supastor.audit_cuts (
    n bigint primary key,
    seq bigint not null,
    hash text not null,
    at text not null,
    checkpoint bigint not null,
    previous text not null,
    signature text not null,
    key_id text not null
  );

  create function supastor.audit_refuse_uncovered() returns trigger language plpgsql set search_path = pg_catalog as $trigger$
  declare
    covered bigint;
    first_kept bigint;
    highest bigint;
  begin
    select c.seq, c.checkpoint into covered, first_kept from supastor.audit_cuts c order by c.n desc limit 1;
    if tg_table_name = 'audit_log' then
      select max(seq) into highest from gone;
      if highest > coalesce(covered, 0) then
        raise exception 'the audit trail can only grow' using errcode = 'insufficient_privilege';
      end if;
    else
      select max(n) into highest from gone;
      if highest >= coalesce(first_kept, 0) then
        raise exception 'the audit trail can only grow' using errcode = 'insufficient_privilege';
      end if;
    end if;
    return null;
  end $trigger$;

  drop trigger audit_log_frozen on supastor.audit_log;
  drop trigger audit_checkpoints_frozen on supastor.audit_checkpoints;
  create trigger audit_log_frozen before update or truncate on supastor.audit_log
    for each statement execute function supastor.audit_refuse();
  create trigger audit_checkpoints_frozen before update or truncate on supastor.audit_checkpoints
    for each statement execute function supastor.audit_refuse();
  create trigger audit_cuts_frozen before update or delete or truncate on supastor.audit_cuts
    for each statement execute function supastor.audit_refuse();
  create trigger audit_log_kept after delete on supastor.audit_log referencing old table as gone
    for each statement execute function supastor.audit_refuse_uncovered();
  create trigger audit_checkpoints_kept after delete on supastor.audit_checkpoints referencing old table as gone
    for each statement execute function supastor.audit_refuse_uncovered();

  create function supastor.audit_prune(cut jsonb) returns bigint
  language plpgsql security definer set search_path = pg_catalog as $prune$
  declare
    wanted record;
    removed bigint;
  begin
    perform pg_advisory_xact_lock(7303001, 1);
    select r.* into wanted from jsonb_to_record(cut) as r(
      n bigint, seq bigint, hash text, at text, checkpoint bigint, previous text, signature text, key_id text);
    if wanted.n <> (select coalesce(max(c.n), 0) + 1 from supastor.audit_cuts c) then
      return 0;
    end if;
    if not exists (select from supastor.audit_log l where l.seq = wanted.seq and l.hash = wanted.hash and l.at < now() - interval '30 days')
      or not exists (select from supastor.audit_checkpoints p where p.n = wanted.checkpoint and p.seq = wanted.seq and p.hash = wanted.hash)
      or not exists (select from supastor.audit_log l where l.seq > wanted.seq)
    then
      raise exception 'this part of the audit trail cannot be removed' using errcode = 'insufficient_privilege';
    end if;
    insert into supastor.audit_cuts values (
      wanted.n, wanted.seq, wanted.hash, wanted.at, wanted.checkpoint, wanted.previous, wanted.signature, wanted.key_id);
    delete from supastor.audit_log where seq <= wanted.seq;
    get diagnostics removed = row_count;
    delete from supastor.audit_checkpoints where n < wanted.checkpoint;
    return removed;
  end $prune$;
  revoke all on function supastor.audit_prune(jsonb) from public;
  execute format('grant execute on function supastor.audit_prune(jsonb) to %I', service);
  execute format('grant select on supastor.audit_cuts to %I', service);

  if keeper <> service then
    reset role;
    execute format('revoke create on schema supastor from %I', keeper);
    execute format('revoke %I from %I', keeper, service);
  end if;
end $body$;
`;
