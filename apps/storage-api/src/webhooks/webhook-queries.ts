import { PURGE_TARGET } from '../cdn/purge-target.ts';
import { type Step, step } from '../metadata/step.ts';

/** A row of storage.object_events as JSON. */
interface ObjectEvent {
  readonly id: number;
  readonly event: 'object.created' | 'object.updated' | 'object.removed';
  readonly bucket_id: string;
  readonly name: string;
  readonly version: string | null;
  readonly size_bytes: number | null;
  readonly operation: string | null;
  readonly actor: string | null;
  /** Of `object.removed`: nothing is left; a delete marker hides the versions; or one version is gone for good. */
  readonly removal: 'object' | 'marker' | 'version' | null;
  /** ISO 8601. */
  readonly created_at: string;
}

/** A message that this server has taken on, with its target. */
export interface Delivery {
  /** bigint as text. */
  readonly id: string;
  readonly key: string;
  readonly webhook_id: string;
  /** This one included. */
  readonly attempts: number;
  readonly event: ObjectEvent;
  readonly url: string;
  readonly secret: string;
  readonly bearer: string | null;
}

/** Name of the target that the environment sets. */
const ENVIRONMENT_TARGET = 'WEBHOOK_URL';

/** Whether a target of this name is what the environment of the servers says, written anew at each start. */
export function isSetByEnvironment(name: string): boolean {
  return name === ENVIRONMENT_TARGET || name === PURGE_TARGET.name;
}

const SQL = {
  // Of each object's messages to a target only the oldest may be taken, so that they arrive in order; a dead one makes way.
  claim: {
    name: 'webhook_claim',
    text: `with due as (
        select d.id from storage.webhook_deliveries d join storage.webhooks w on w.id = d.webhook_id and w.active
        where d.state = 'pending' and d.next_attempt_at <= now() and d.webhook_id <> all ($3::uuid[])
          and not exists (select from storage.webhook_deliveries e where e.webhook_id = d.webhook_id and e.bucket_id = d.bucket_id
            and e.name = d.name and e.state = 'pending' and e.id < d.id)
        order by d.next_attempt_at, d.id limit $1 for update of d skip locked)
      update storage.webhook_deliveries d set attempts = d.attempts + 1, next_attempt_at = now() + make_interval(secs => $2)
      from due, storage.webhooks w where d.id = due.id and w.id = d.webhook_id
      returning d.id, d.key, d.webhook_id, d.attempts, d.event, w.url, w.secret, w.bearer`,
  },
  delivered: {
    name: 'webhook_delivered',
    text: `update storage.webhook_deliveries set state = 'delivered', settled_at = now(), last_status = $2, last_error = null
      where id = $1`,
  },
  failed: {
    name: 'webhook_failed',
    text: `update storage.webhook_deliveries set last_status = $3, last_error = $4, next_attempt_at = now() + make_interval(secs => $5),
        state = case when $6 then 'dead' else state end, settled_at = case when $6 then now() end
      where id = $1 and state = 'pending' and attempts = $2`,
  },
  release: {
    name: 'webhook_release',
    text: `update storage.webhook_deliveries set attempts = attempts - 1, next_attempt_at = now()
      where id = $1 and state = 'pending' and attempts = $2`,
  },
  outlook: {
    name: 'webhook_outlook',
    text: `select exists (select from storage.webhooks where active) as is_needed,
      (select extract(epoch from min(next_attempt_at) - now())::float8 * 1000 from storage.webhook_deliveries
        where state = 'pending' and next_attempt_at > now()) as next_ms`,
  },
  expire: {
    name: 'webhook_expire',
    text: `delete from storage.webhook_deliveries where state <> 'pending' and settled_at < now() - make_interval(secs => $1)`,
  },
  set: {
    name: 'webhook_set',
    text: `insert into storage.webhooks as w (name, url, bearer, secret) values ('${ENVIRONMENT_TARGET}', $1, $2,
        coalesce($3, 'whsec_' || replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')))
      on conflict (name) do update set url = excluded.url, bearer = excluded.bearer, secret = coalesce($3, w.secret), active = true`,
  },
  // Nothing is written when it is as it should be.
  setPurge: {
    name: 'webhook_set_purge',
    text: `insert into storage.webhooks as w (name, url) values ($1, $2)
      on conflict (name) do update set url = excluded.url, active = true where w.url <> excluded.url or not w.active`,
  },
  unsetPurge: { name: 'webhook_unset_purge', text: 'delete from storage.webhooks where name = $1' },
  unset: { name: 'webhook_unset', text: `update storage.webhooks set active = false where name = '${ENVIRONMENT_TARGET}' and active` },
} as const;

/** Takes on up to `limit` messages that are due, for `leaseSeconds`; whoever dies with them loses them to the others. */
export function claimDeliveries(limit: number, leaseSeconds: number, exceptWebhooks: readonly string[]): Step<Delivery> {
  return step(SQL.claim, [limit, leaseSeconds, exceptWebhooks]);
}

export function markDelivered({ id }: Delivery, status: number): Step<never> {
  return step(SQL.delivered, [id, status]);
}

export interface Failure {
  readonly status: number | null;
  readonly reason: string;
  readonly retrySeconds: number;
  /** No further attempt. */
  readonly isFinal: boolean;
}

export function markFailed({ id, attempts }: Delivery, { status, reason, retrySeconds, isFinal }: Failure): Step<never> {
  return step(SQL.failed, [id, attempts, status, reason, retrySeconds, isFinal]);
}

/** Gives a message back as if it had not been taken on. */
export function releaseDelivery({ id, attempts }: Delivery): Step<never> {
  return step(SQL.release, [id, attempts]);
}

/** Whether there are targets at all, and when the next message falls due that is not due yet. */
export function findOutlook(): Step<{ is_needed: boolean; next_ms: number | null }> {
  return step(SQL.outlook);
}

export function expireDeliveries(olderThanSeconds: number): Step<never> {
  return step(SQL.expire, [olderThanSeconds]);
}

/** The target that stands for the cache in front, or none: then nothing is left to be purged either. */
export function setPurgeTarget(isWanted: boolean): Step<never> {
  return isWanted ? step(SQL.setPurge, [PURGE_TARGET.name, PURGE_TARGET.url]) : step(SQL.unsetPurge, [PURGE_TARGET.name]);
}

/** The target of the environment, or none. */
export function setEnvironmentTarget(target: { url: string; bearer: string | null; secret: string | null } | null): Step<never> {
  return target === null ? step(SQL.unset) : step(SQL.set, [target.url, target.bearer, target.secret]);
}
