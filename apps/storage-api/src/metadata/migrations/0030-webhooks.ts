import type { Migration } from './migration.ts';

/** Who is told of changes to objects, and what each of them still has to be told. Written in the transaction of the change. */
export const webhooks: Migration = {
  name: '0030-webhooks',
  sql: `
create table storage.webhooks (
  id uuid primary key default gen_random_uuid(),
  name text not null unique,
  url text not null check (url ~* '^https?://'),
  secret text not null default 'whsec_' || replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''),
  bearer text,
  events text[] not null default '{}'
    check (events <@ array['object.created', 'object.updated', 'object.removed']),
  bucket_id text collate "C",
  prefix text collate "C" not null default '',
  active boolean not null default true,
  created_at timestamptz not null default now()
);
comment on table storage.webhooks is 'Targets of object events. No events means all, no bucket_id all buckets.';
comment on column storage.webhooks.secret is 'Key of the HMAC-SHA256 signature.';
comment on column storage.webhooks.bearer is 'Sent as Authorization: Bearer, when set.';

create table storage.webhook_deliveries (
  id bigint generated always as identity primary key,
  key uuid not null unique default gen_random_uuid(),
  webhook_id uuid not null references storage.webhooks (id) on delete cascade,
  bucket_id text collate "C" not null,
  name text collate "C" not null,
  event jsonb not null,
  state text not null default 'pending' check (state in ('pending', 'delivered', 'dead')),
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  last_status integer,
  last_error text,
  created_at timestamptz not null default now(),
  settled_at timestamptz
);
create index webhook_deliveries_due on storage.webhook_deliveries (next_attempt_at, id) where state = 'pending';
create index webhook_deliveries_in_order on storage.webhook_deliveries (webhook_id, bucket_id, name, id) where state = 'pending';
create index webhook_deliveries_settled on storage.webhook_deliveries (settled_at) where state <> 'pending';
comment on column storage.webhook_deliveries.key is 'Stays the same over all attempts, so that a receiver can tell repetitions.';

alter table storage.webhooks enable row level security;
alter table storage.webhook_deliveries enable row level security;

create function storage.fan_out_object_events() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into storage.webhook_deliveries (webhook_id, bucket_id, name, event)
  select w.id, f.bucket_id, f.name, to_jsonb(f)
  from fresh f join storage.webhooks w on w.active
    and (w.events = '{}' or f.event = any (w.events))
    and (w.bucket_id is null or w.bucket_id = f.bucket_id)
    and starts_with(f.name, w.prefix)
  order by f.id;
  if found then
    perform pg_notify('storage_webhooks', '');
  end if;
  return null;
end $$;
create trigger object_events_fan_out after insert on storage.object_events referencing new table as fresh
  for each statement execute function storage.fan_out_object_events();

create function storage.replay_webhook_delivery(in_id bigint) returns boolean language plpgsql as $$
begin
  update storage.webhook_deliveries set state = 'pending', attempts = 0, next_attempt_at = now(), settled_at = null
    where id = in_id and state <> 'pending';
  perform pg_notify('storage_webhooks', '');
  return found;
end $$;

create function storage.replay_webhook_deliveries(in_webhook uuid, in_from timestamptz, in_until timestamptz,
  in_only_dead boolean default true) returns bigint language plpgsql as $$
declare
  replayed bigint;
begin
  update storage.webhook_deliveries set state = 'pending', attempts = 0, next_attempt_at = now(), settled_at = null
    where webhook_id = in_webhook and created_at >= in_from and created_at < in_until
      and (state = 'dead' or (state = 'delivered' and not in_only_dead));
  get diagnostics replayed = row_count;
  perform pg_notify('storage_webhooks', '');
  return replayed;
end $$;
revoke execute on function storage.replay_webhook_delivery(bigint),
  storage.replay_webhook_deliveries(uuid, timestamptz, timestamptz, boolean) from public;
`,
};
