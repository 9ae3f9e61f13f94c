import { hostname } from 'node:os';
import type { AdminDatabase } from '@supastor/adapters/db/admin-database';
import { findScrapeTargets, scrape } from '@supastor/adapters/monitoring/scrape';
import type { Metrics } from '@supastor/core/monitoring/metric-handlers';
import { parsePrometheusText } from '@supastor/core/monitoring/prometheus-text';
import { toReading } from '@supastor/core/monitoring/reading';
import { pruneFrames, rollUp, sample, SAMPLE_MS, type Source } from '@supastor/core/monitoring/sampler';
import type { Clock, OperationLogger } from '@supastor/core/operations/ports';
import type { OwnMetrics } from './own-metrics.ts';

export interface MonitoringOptions {
  readonly database: AdminDatabase;
  readonly own: OwnMetrics;
  /** Base URLs of storage; every address behind one is an instance. */
  readonly scrapeUrls: readonly string[];
  /** Milliseconds between two looks. */
  readonly periodMs?: number | undefined;
  /** Where this server listens. */
  readonly listening: () => string;
  readonly processId: string;
  readonly clock: Clock;
  readonly logger: OperationLogger;
}

export interface RunningMonitoring {
  readonly metrics: Metrics;
  start(): void;
  stop(): Promise<void>;
}

const LEASE = 'monitoring';
/** A server that died is replaced after this long. */
const LEASE_MS = SAMPLE_MS * 2 + 5000;
const PRUNE_MS = 600_000;
/** A timer may be early; this long after the start of an interval it is surely in it. */
const AFTER_MS = 20;

/**
 * Samples every 15 seconds. Each server says how it is itself; what all of them would see alike (storage, Postgres) and what is made of
 * the samples is the work of the one that holds the lease.
 */
export function startMonitoring(options: MonitoringOptions): RunningMonitoring {
  const { database, own, scrapeUrls, listening, processId, clock, logger, periodMs = SAMPLE_MS } = options;
  const { metrics: store, leases } = database;
  let timer: NodeJS.Timeout | undefined;
  let prunedAtMs = 0;
  let running: Promise<void> = Promise.resolve();
  let isStopped = false;

  const itself = (): Source => ({
    instance: `${hostname()}:${new URL(listening()).port}`,
    job: 'admin',
    read: async () => toReading(parsePrometheusText(await own.registry.metrics()), clock.now()),
  });

  async function shared(): Promise<readonly Source[]> {
    const targets = (await Promise.all(scrapeUrls.map(findScrapeTargets))).flat();
    return [
      ...targets.map((target): Source => {
        return { instance: target.instance, job: 'storage', read: (signal) => scrape(target, clock.now(), signal) };
      }),
      { instance: 'postgres', job: 'postgres', read: () => database.facts(clock.now()) },
    ];
  }

  async function tick(): Promise<void> {
    const nowMs = clock.now();
    const isLeader = await leases.acquire(LEASE, processId, LEASE_MS);
    await sample([itself(), ...(isLeader ? await shared() : [])], store, nowMs);
    if (!isLeader) return;
    await rollUp(store, nowMs);
    if (nowMs - prunedAtMs < PRUNE_MS) return;
    prunedAtMs = nowMs;
    await pruneFrames(store, nowMs);
  }

  const look = () => {
    if (isStopped) return;
    running = tick()
      .catch((error: unknown) => logger.debug({ err: error }, 'metrics cannot be stored yet'))
      .finally(() => {
        if (!isStopped) timer = setTimeout(look, periodMs - (clock.now() % periodMs) + AFTER_MS);
      });
  };

  return {
    metrics: { store, clock },
    start: look,
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await running;
      await leases.release(LEASE, processId).catch(() => undefined);
    },
  };
}
