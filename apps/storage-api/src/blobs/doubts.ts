import type { Logger } from '@supastor/adapters/telemetry/logger';
import type { Database } from '../metadata/database.ts';
import { step } from '../metadata/step.ts';
import { findCommittedVersions } from './instance-registry.ts';
import type { Doubt, ManagedStore } from './managed-store.port.ts';

export interface DoubtsOptions {
  readonly database: Database;
  readonly store: ManagedStore;
  readonly logger: Logger;
  readonly periodMs?: number;
}

/** By then no transaction that was under way when a connection broke can still commit: statements and idling are limited to less. */
const SETTLES_AFTER_MS = 90_000;
const PERIOD_MS = 500;
const BACKENDS = {
  name: 'backends_running',
  text: 'select pid, extract(epoch from backend_start)::text as "startedAt" from pg_stat_activity where pid = any($1::integer[])',
};

/**
 * Decides versions whose COMMIT nobody heard the outcome of, as soon as it is settled: when the Postgres process that had
 * the transaction is gone, be it alone or with the whole server, the rows say what became of it.
 */
export class Doubts {
  readonly #options: DoubtsOptions;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();

  constructor(options: DoubtsOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => {
      if (this.#options.store.doubts().length > 0) this.#round = this.#round.then(() => this.runOnce());
    }, this.#options.periodMs ?? PERIOD_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#round;
  }

  /** Decides what can be decided now. While the database is away nothing can; the next round tries again. */
  async runOnce(): Promise<void> {
    const { database, store, logger } = this.#options;
    try {
      // Who still runs is asked before what is committed: a process that ends in between has committed by then, or never will.
      const settled = await findSettled(database, store.doubts());
      if (settled.length === 0) return;
      const versions = settled.map(({ version }) => version);
      const committed = await findCommittedVersions(database, versions);
      await Promise.all(versions.map((version) => store.resolve(version, committed.has(version))));
      logger.info({ kept: committed.size, removed: versions.length - committed.size }, 'versions in doubt were decided');
    } catch (error) {
      logger.debug({ err: error }, 'versions in doubt cannot be decided yet');
    }
  }
}

async function findSettled(database: Database, doubts: readonly Doubt[]): Promise<readonly Doubt[]> {
  const pids = doubts.flatMap(({ backend }) => (backend === null ? [] : [backend.pid]));
  const query = step<{ pid: number; startedAt: string | null }>(BACKENDS, [pids]);
  if (pids.length > 0) await database.read(query);
  const nowMs = performance.now();
  return doubts.filter(({ backend, sinceMs }) => {
    if (nowMs - sinceMs > SETTLES_AFTER_MS) return true;
    // The start of a process that is not ours to see is null; then it may be the one.
    const mayRun = ({ pid, startedAt }: { pid: number; startedAt: string | null }) =>
      pid === backend?.pid && (startedAt === null || startedAt === backend.startedAt);
    return backend !== null && !query.rows.some(mayRun);
  });
}
