import type { DeliveryQuery, Replay, WebhookCreate, WebhookUpdate } from '@supastor/contract/wire/webhook';
import { type Step, step } from '../metadata/step.ts';

/** A row of storage.webhooks with what waits for it. */
export interface TargetRow {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly secret: string;
  readonly bearer: string | null;
  readonly events: ('object.created' | 'object.updated' | 'object.removed')[];
  readonly bucket_id: string | null;
  readonly prefix: string;
  readonly active: boolean;
  readonly created_at: Date;
  readonly pending: string;
  readonly dead: string;
  readonly last_delivered_at: Date | null;
}

export interface DeliveryRow {
  readonly id: string;
  readonly key: string;
  readonly webhook_id: string;
  readonly event: string;
  readonly bucket_id: string;
  readonly name: string;
  readonly state: 'pending' | 'delivered' | 'dead';
  readonly attempts: number;
  readonly created_at: Date;
  readonly next_attempt_at: Date;
  readonly settled_at: Date | null;
  readonly last_status: number | null;
  readonly last_error: string | null;
}

const COUNTS = `(select count(*) from storage.webhook_deliveries d where d.webhook_id = w.id and d.state = 'pending') as pending,
  (select count(*) from storage.webhook_deliveries d where d.webhook_id = w.id and d.state = 'dead') as dead,
  (select max(d.settled_at) from storage.webhook_deliveries d where d.webhook_id = w.id and d.state = 'delivered') as last_delivered_at`;
const COLUMNS = `w.id, w.name, w.url, w.secret, w.bearer, w.events, w.bucket_id, w.prefix, w.active, w.created_at, ${COUNTS}`;
const MOST_TARGETS = 1000;

const SQL = {
  list: { name: 'target_list', text: `select ${COLUMNS} from storage.webhooks w order by w.created_at, w.id limit ${MOST_TARGETS}` },
  find: { name: 'target_find', text: `select ${COLUMNS} from storage.webhooks w where w.id = $1` },
  insert: {
    name: 'target_insert',
    text: `insert into storage.webhooks as w (name, url, events, bucket_id, prefix, active, bearer) values ($1, $2, $3, $4, $5, $6, $7)
      on conflict (name) do nothing returning ${COLUMNS}`,
  },
  // What was not given is null; whether bucket and bearer shall change is told apart from to what.
  update: {
    name: 'target_update',
    text: `update storage.webhooks w set name = coalesce($2, name), url = coalesce($3, url), events = coalesce($4, events),
        bucket_id = case when $5 then $6 else bucket_id end, prefix = coalesce($7, prefix), active = coalesce($8, active),
        bearer = case when $9 then $10 else bearer end
      where id = $1 returning ${COLUMNS}`,
  },
  renewSecret: {
    name: 'target_renew_secret',
    text: `update storage.webhooks w set secret = 'whsec_' || replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')
      where id = $1 returning ${COLUMNS}`,
  },
  remove: { name: 'target_remove', text: 'delete from storage.webhooks where id = $1 returning id' },
  // A target that is active again has messages that were due long ago.
  wake: { name: 'target_wake', text: `select pg_notify('storage_webhooks', '')` },
  deliveries: {
    name: 'target_deliveries',
    text: `select id, key, webhook_id, event ->> 'event' as event, bucket_id, name, state, attempts, created_at, next_attempt_at, settled_at,
        last_status, last_error
      from storage.webhook_deliveries
      where ($1::uuid is null or webhook_id = $1) and ($2::text is null or state = $2) and ($3::bigint is null or id < $3)
      order by id desc limit $4`,
  },
  replayIds: {
    name: 'target_replay_ids',
    text: 'select count(*) filter (where storage.replay_webhook_delivery(id)) as replayed from unnest($1::bigint[]) as id',
  },
  replayTarget: {
    name: 'target_replay',
    text: `select storage.replay_webhook_deliveries($1, coalesce($2::timestamptz, '-infinity'), 'infinity', not $3::boolean) as replayed`,
  },
} as const;

export function listTargets(): Step<TargetRow> {
  return step(SQL.list);
}

export function findTarget(id: string): Step<TargetRow> {
  return step(SQL.find, [id]);
}

/** No row when the name is taken. */
export function insertTarget({ name, url, events, bucket, prefix, active, bearer }: WebhookCreate): Step<TargetRow> {
  return step(SQL.insert, [name, url, events, bucket, prefix, active, bearer]);
}

export function updateTarget(id: string, { name, url, events, bucket, prefix, active, bearer }: WebhookUpdate): Step<TargetRow> {
  const given = [bucket !== undefined, bucket ?? null, prefix ?? null, active ?? null, bearer !== undefined, bearer ?? null];
  return step(SQL.update, [id, name ?? null, url ?? null, events ?? null, ...given]);
}

export function renewSecret(id: string): Step<TargetRow> {
  return step(SQL.renewSecret, [id]);
}

export function removeTarget(id: string): Step<{ readonly id: string }> {
  return step(SQL.remove, [id]);
}

/** Makes servers look whether there is something to send. */
export function wakeDispatchers(): Step<unknown> {
  return step(SQL.wake);
}

export function listDeliveries({ webhookId, state, cursor, limit }: DeliveryQuery): Step<DeliveryRow> {
  return step(SQL.deliveries, [webhookId ?? null, state ?? null, cursor ?? null, limit]);
}

export function replayDeliveries({ ids, webhookId, since, includeDelivered }: Replay): Step<{ readonly replayed: string }> {
  if (ids !== undefined) return step(SQL.replayIds, [ids]);
  return step(SQL.replayTarget, [webhookId, since ?? null, includeDelivered]);
}
