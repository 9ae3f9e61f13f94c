import { hostname } from 'node:os';
import type { AdminDatabase } from '@supastor/adapters/db/admin-database';
import { createChannels, type Post } from '@supastor/adapters/notify/channels';
import { createSmtpSender } from '@supastor/adapters/mail/smtp-sender';
import type { AuditLog } from '@supastor/core/audit/audit-log';
import type { EventBus } from '@supastor/core/events/event-bus';
import { type Alerting, createAlerting } from '@supastor/core/monitoring/alerting';
import { readExposedLevels } from '@supastor/core/monitoring/exposed-levels';
import type { Metrics } from '@supastor/core/monitoring/metric-handlers';
import { parsePrometheusText } from '@supastor/core/monitoring/prometheus-text';
import { toReading } from '@supastor/core/monitoring/reading';
import { type Gauge, renderExposition } from '@supastor/core/monitoring/render-exposition';
import { serviceGauges } from '@supastor/core/monitoring/service-gauges';
import { noteSilent, pruneFrames, rollUp, sample, SAMPLE_MS, type Source } from '@supastor/core/monitoring/sampler';
import type { Clock, IdSource, OperationLogger } from '@supastor/core/operations/ports';
import type { StackControl } from '@supastor/core/stack/stack-control.port';
import type { AdminApiOptions } from '../options.ts';
import type { OwnMetrics } from './own-metrics.ts';
import { createSharedSources } from './shared-sources.ts';

export interface MonitoringOptions {
  readonly options: AdminApiOptions;
  readonly database: AdminDatabase;
  readonly own: OwnMetrics;
  readonly auditLog: AuditLog;
  readonly events: EventBus;
  readonly post: Post;
  /** Says what the services use. */
  readonly control: Pick<StackControl, 'status'>;
  /** Where people reach the dashboard. */
  readonly publicUrl: () => string;
  /** Where this server listens. */
  readonly listening: () => string;
  readonly processId: string;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: OperationLogger;
}

export interface RunningMonitoring {
  readonly metrics: Metrics;
  readonly alerting: Alerting;
  /** Figures of the installation, in the Prometheus text format; none while the database cannot be asked. */
  expose(): Promise<string>;
  start(): void;
  stop(): Promise<void>;
}

const LEASE = 'monitoring';
const SERVICES_TIMEOUT_MS = 2000;
const PRUNE_MS = 600_000;
const ALERTS_KEPT_MS = 7 * 86_400_000;
/** A timer may be early; this long after the start of an interval it is surely in it. */
const AFTER_MS = 20;

/**
 * Samples every 15 seconds. Each server says how it is itself; what all of them would see alike (storage, Postgres), what is made of
 * the samples, and the judgement of the alert rules is the work of the one that holds the lease. Any of them sends notices.
 */
export function startMonitoring(given: MonitoringOptions): RunningMonitoring {
  const { options, database, own, listening, processId, clock, logger } = given;
  const { scrapeUrls, periodMs = SAMPLE_MS } = options.monitoring;
  const { metrics: store, leases, alerts } = database;
  const leaseMs = periodMs * 2 + 5000;
  const alerting = createOwnAlerting(given);
  const ending = new AbortController();
  const publicUrls = () => [given.publicUrl(), options.storagePublicUrl];
  const shared = createSharedSources({ database, auditLog: given.auditLog, scrapeUrls, publicUrls, ending: ending.signal, clock });
  let timer: NodeJS.Timeout | undefined;
  let isStarted = false;
  let prunedAtMs = 0;
  let running: Promise<void> = Promise.resolve();

  const ownName = () => `${hostname()}:${new URL(listening()).port}`;
  const itself = (): Source => ({
    instance: ownName(),
    job: 'admin',
    read: async () => toReading(parsePrometheusText(await own.registry.metrics()), clock.now()),
  });

  async function tick(): Promise<void> {
    const nowMs = clock.now();
    const isLeader = await leases.acquire(LEASE, processId, leaseMs);
    await sample([itself(), ...(isLeader ? await shared() : [])], store, nowMs);
    if (isLeader) await lead(nowMs);
    await alerting.deliver(ending.signal);
  }

  async function lead(nowMs: number): Promise<void> {
    await noteSilent(store, nowMs, SAMPLE_MS * 3);
    await rollUp(store, nowMs);
    await alerting.evaluate();
    if (nowMs - prunedAtMs < PRUNE_MS) return;
    prunedAtMs = nowMs;
    await pruneFrames(store, nowMs);
    await alerts.prune(nowMs - ALERTS_KEPT_MS);
  }

  /** Asked for by a scrape, which waits for nobody: without an answer there are no such figures. */
  async function readServices(): Promise<readonly Gauge[]> {
    try {
      return serviceGauges(await given.control.status(AbortSignal.timeout(SERVICES_TIMEOUT_MS)));
    } catch {
      return [];
    }
  }

  const look = () => {
    if (ending.signal.aborted) return;
    running = tick()
      .catch((error: unknown) => logger.debug({ err: error }, 'metrics cannot be stored yet'))
      .finally(() => {
        if (!ending.signal.aborted) timer = setTimeout(look, periodMs - (clock.now() % periodMs) + AFTER_MS);
      });
  };

  return {
    metrics: { store, clock },
    alerting,
    async expose() {
      const nowMs = clock.now();
      const services = renderExposition(await readServices());
      try {
        const [levels, business] = await Promise.all([readExposedLevels(store, nowMs), database.business(nowMs)]);
        return services + renderExposition([...levels, ...business]);
      } catch (error) {
        // What a server counts of itself is wanted most while the database is away.
        logger.debug({ err: error }, 'figures of the installation cannot be read');
        return services;
      }
    },
    start() {
      isStarted = true;
      look();
    },
    async stop() {
      ending.abort();
      clearTimeout(timer);
      await running;
      if (!isStarted) return;
      await leases.release(LEASE, processId).catch(() => undefined);
      await store.forget(ownName()).catch(() => undefined);
    },
  };
}

function createOwnAlerting({ options, database, events, post, publicUrl, clock, ids, logger }: MonitoringOptions): Alerting {
  const { thresholds, notify } = options.monitoring;
  const { project, environment } = options;
  const mail = options.mail === null ? null : createSmtpSender(options.mail);
  const name = environment === 'default' ? project : `${project} (${environment})`;
  return createAlerting({
    store: database.alerts,
    metrics: database.metrics,
    thresholds,
    channels: createChannels({ settings: notify, mail, post }),
    groupMs: notify.groupSeconds * 1000,
    repeatMs: notify.repeatMinutes * 60_000,
    site: () => ({ name, link: `${publicUrl().replace(/\/+$/, '')}/alerts` }),
    onEvent: (kind, alert) => events.emit(kind === 'fired' ? 'alert.fired' : 'alert.resolved', alert),
    clock,
    ids,
    logger,
  });
}
