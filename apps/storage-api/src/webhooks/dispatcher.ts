import type { Logger } from '@supastor/adapters/telemetry/logger';
import type { CdnPurger } from '../cdn/cdn-purger.ts';
import { PURGE_TARGET } from '../cdn/purge-target.ts';
import type { Metrics } from '../http/metrics.ts';
import type { Database } from '../metadata/database.ts';
import { type Message, composeMessage } from './message.ts';
import { postMessage } from './post-message.ts';
import { WakeUp } from './wake-up.ts';
import {
  claimDeliveries,
  type Delivery,
  expireDeliveries,
  findOutlook,
  markDelivered,
  markFailed,
  releaseDelivery,
} from './webhook-queries.ts';

export interface WebhookSettings {
  /** Target of every event besides those in the table; null for none. */
  readonly target: { readonly url: string; readonly bearer: string | null; readonly secret: string | null } | null;
  readonly tenantId: string;
  readonly allowPrivate: boolean;
  readonly timeoutMs: number;
  /** Wait after the first failure; doubles each time, up to an hour. */
  readonly backoffMs: number;
  readonly maxAttempts: number;
  /** Messages under way at the same time. */
  readonly concurrency: number;
  readonly retentionSeconds: number;
  /** Longest pause between looks at the table. */
  readonly pollMs: number;
}

export interface DispatcherOptions extends WebhookSettings {
  readonly database: Database;
  readonly databaseUrl: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Purges objects that changed from the cache in front; null: there is none. */
  readonly cdn: Pick<CdnPurger, 'purgeSoon'> | null;
}

const MAX_BACKOFF_MS = 3_600_000;
const CLAIM_BATCH = 4;
const EXPIRE_PERIOD_MS = 600_000;

/** Sends the messages in storage.webhook_deliveries. Any number of servers share the work; each message is sent at least once. */
export class WebhookDispatcher {
  readonly #options: DispatcherOptions;
  readonly #wakeUp: WakeUp;
  readonly #stopping = new AbortController();
  /** Messages under way, by target. */
  readonly #busy = new Map<string, number>();
  readonly #underWay = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #pump: Promise<void> | undefined;
  #isDirty = false;
  #expiredAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#wakeUp = new WakeUp(options.databaseUrl, () => this.#wake());
  }

  start(): void {
    this.#wake();
  }

  /** Takes on nothing more and gives back what is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    await this.#pump;
    await Promise.all(this.#underWay);
    await this.#wakeUp.stop();
  }

  #wake(): void {
    this.#isDirty = true;
    if (this.#stopping.signal.aborted) return;
    this.#pump ??= this.#run().finally(() => {
      this.#pump = undefined;
      if (this.#isDirty) this.#wake();
    });
  }

  async #run(): Promise<void> {
    clearTimeout(this.#timer);
    let waitMs = this.#options.pollMs;
    this.#isDirty = false;
    try {
      waitMs = await this.#round();
    } catch (error) {
      this.#options.logger.debug({ err: error }, 'webhooks wait for the database');
    }
    if (this.#stopping.signal.aborted) return;
    this.#timer = setTimeout(() => this.#wake(), waitMs);
    this.#timer.unref();
  }

  /** Starts everything that is due and fits; returns how long nothing will fall due. */
  async #round(): Promise<number> {
    const { database, pollMs } = this.#options;
    const outlook = findOutlook();
    await database.read(outlook);
    const [found] = outlook.rows;
    if (found?.is_needed !== true) {
      await this.#wakeUp.stop();
      return pollMs;
    }
    await this.#wakeUp.start();
    await this.#expire();
    while (await this.#claim());
    return Math.min(pollMs, Math.max(1, found.next_ms ?? pollMs));
  }

  async #claim(): Promise<boolean> {
    const { database, concurrency, timeoutMs } = this.#options;
    const free = concurrency - this.#underWay.size;
    if (free <= 0 || this.#stopping.signal.aborted) return false;
    const full = [...this.#busy].filter(([, count]) => count >= concurrency / 2).map(([id]) => id);
    const claim = claimDeliveries(Math.min(free, CLAIM_BATCH), (timeoutMs * 2) / 1000 + 1, full);
    await database.transact({ steps: [claim] });
    for (const delivery of claim.rows) this.#start(delivery);
    return claim.rows.length > 0;
  }

  #start(delivery: Delivery): void {
    const { webhook_id: target } = delivery;
    this.#busy.set(target, (this.#busy.get(target) ?? 0) + 1);
    const work = this.#deliver(delivery).finally(() => {
      const left = (this.#busy.get(target) ?? 1) - 1;
      if (left === 0) this.#busy.delete(target);
      else this.#busy.set(target, left);
      this.#underWay.delete(work);
      this.#wake();
    });
    this.#underWay.add(work);
  }

  /** Never rejects: an outcome that cannot be written down means another attempt when the lease is over. */
  async #deliver(delivery: Delivery): Promise<void> {
    const { database, metrics, logger, tenantId } = this.#options;
    const outcome = await this.#send(delivery, composeMessage(delivery, { tenantId, now: new Date() }));
    const isDelivered = outcome.status !== null && outcome.status >= 200 && outcome.status < 300;
    try {
      if (isDelivered) await database.transact({ steps: [markDelivered(delivery, outcome.status)] });
      else if (this.#stopping.signal.aborted) await database.transact({ steps: [releaseDelivery(delivery)] });
      else await this.#fail(delivery, outcome);
      metrics.webhookDeliveries.inc({ outcome: isDelivered ? 'delivered' : 'failed' });
    } catch (error) {
      logger.debug({ err: error, delivery: delivery.key }, 'the outcome of a webhook could not be recorded');
    }
  }

  async #fail(delivery: Delivery, { status, reason }: Outcome): Promise<void> {
    const { database, logger, maxAttempts, backoffMs } = this.#options;
    const isFinal = delivery.attempts >= maxAttempts;
    const retrySeconds = backoffFor(delivery.attempts, backoffMs) / 1000;
    await database.transact({ steps: [markFailed(delivery, { status, reason, retrySeconds, isFinal })] });
    const fields = { webhook: delivery.webhook_id, delivery: delivery.key, attempt: delivery.attempts, status, reason };
    if (isFinal) logger.warn(fields, 'a webhook was given up; it can be replayed');
    else logger.debug(fields, 'a webhook failed and will be tried again');
  }

  async #send({ url, event }: Delivery, { body, headers }: Message): Promise<Outcome> {
    const { timeoutMs, allowPrivate, cdn } = this.#options;
    if (url === PURGE_TARGET.url) return purge(cdn, event);
    try {
      const status = await postMessage(url, body, { headers, timeoutMs, allowPrivate, signal: this.#stopping.signal });
      return { status, reason: `answered ${status}` };
    } catch (error) {
      return { status: null, reason: error instanceof Error ? error.message.slice(0, 500) : 'failed' };
    }
  }

  async #expire(): Promise<void> {
    if (performance.now() - this.#expiredAtMs < EXPIRE_PERIOD_MS) return;
    this.#expiredAtMs = performance.now();
    await this.#options.database.transact({ steps: [expireDeliveries(this.#options.retentionSeconds)] });
  }
}

/** An order to the cache in front, with an outcome as that of a message. */
async function purge(cdn: DispatcherOptions['cdn'], { bucket_id: bucket, name }: Delivery['event']): Promise<Outcome> {
  if (cdn === null) return { status: null, reason: 'this server knows no cache in front' };
  return cdn.purgeSoon(bucket, name).then(
    () => ({ status: 200, reason: 'purged' }),
    (error: unknown) => ({ status: null, reason: error instanceof Error ? error.message.slice(0, 500) : 'failed' }),
  );
}

interface Outcome {
  readonly status: number | null;
  readonly reason: string;
}

/** Doubles with each attempt, and differs by up to a half so that many failures do not come back at once. */
export function backoffFor(attempts: number, backoffMs: number, random: () => number = Math.random): number {
  const full = Math.min(MAX_BACKOFF_MS, backoffMs * 2 ** Math.min(attempts - 1, 30));
  return full * (0.5 + random() / 2);
}
