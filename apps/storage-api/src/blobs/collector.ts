import type { Logger } from '@supastor/adapters/telemetry/logger';
import { NO_BACKUP_RUNS } from '@supastor/contract/wire/backup';
import type { Metrics } from '../http/metrics.ts';
import type { Database } from '../metadata/database.ts';
import { step } from '../metadata/step.ts';
import { PeriodicTask } from '../periodic-task.ts';
import {
  findCommittedVersions,
  findLiveVersions,
  isDead,
  listInstanceRows,
  registerInstance,
  retireInstance,
  touchInstance,
} from './instance-registry.ts';
import type { ManagedStore } from './managed-store.port.ts';

export interface CollectorOptions {
  readonly database: Database;
  readonly store: ManagedStore;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Bytes stay this long after their row was replaced or deleted, for readers that already hold the row. */
  readonly graceSeconds: number;
  /** Object events are kept this long for those who read them. */
  readonly eventRetentionSeconds: number;
  readonly periodMs: number;
}

const BATCH = 500;

const SQL = {
  due: {
    name: 'retired_due',
    text: `select version from storage.retired_blobs where retired_at < now() - make_interval(secs => $1)
      and ${NO_BACKUP_RUNS} order by retired_at limit ${BATCH}`,
  },
  forget: { name: 'retired_forget', text: 'delete from storage.retired_blobs where version = any($1::text[])' },
  expire: {
    name: 'events_expire',
    text: 'delete from storage.object_events where created_at < now() - make_interval(secs => $1)',
  },
};

/** Removes bytes that nothing refers to any more, in the background. Requests never unlink what was visible. */
export class Collector {
  readonly #options: CollectorOptions;
  readonly #task: PeriodicTask;

  constructor(options: CollectorOptions) {
    this.#options = options;
    this.#task = new PeriodicTask(options.periodMs, () => this.runOnce());
  }

  start(): void {
    this.#task.start();
  }

  async stop(): Promise<void> {
    await this.#task.stop();
  }

  /** One round of everything. Failures are logged; the next round tries again. */
  async runOnce(): Promise<void> {
    const { database, store, logger, eventRetentionSeconds } = this.#options;
    try {
      if (!(await touchInstance(database, store.instanceId))) await this.#comeBack();
      await sweepDeadInstances(this.#options);
      await this.#collectRetired();
      await store.tidy();
      await database.transact({ steps: [step(SQL.expire, [eventRetentionSeconds])] });
    } catch (error) {
      logger.warn({ err: error }, 'collection round failed');
    }
  }

  /**
   * Removes the bytes of all versions whose grace is over, unless a backup is being made: its rows may still name what was retired since it
   * began. What was found due before then, those rows do not name any more. Bytes go before their entry, so a crash only repeats the work.
   */
  async #collectRetired(): Promise<void> {
    const { database, store, graceSeconds, metrics } = this.#options;
    for (;;) {
      const due = step<{ version: string }>(SQL.due, [graceSeconds]);
      await database.read(due);
      if (due.rows.length === 0 || this.#task.stopped) return;
      const versions = due.rows.map(({ version }) => version);
      const live = await findLiveVersions(database, versions);
      const dead = versions.filter((version) => !live.has(version));
      await Promise.all(dead.map((version) => store.remove(version)));
      await database.transact({ steps: [step(SQL.forget, [versions])] });
      await touchInstance(database, store.instanceId);
      metrics.collectedBlobs.inc(dead.length);
    }
  }

  async #comeBack(): Promise<void> {
    const { database, store, logger } = this.#options;
    const former = store.instanceId;
    await store.adoptInstance(await registerInstance(database));
    logger.warn({ former, instance: store.instanceId }, 'this server had been taken for dead and goes on under a new id');
  }
}

type SweepOptions = Pick<CollectorOptions, 'database' | 'store' | 'logger'>;

/**
 * Cleans up after servers that died: their half-received uploads go, and of what they had put in place all that no row
 * refers to. Looks only at what those servers had under way, never at the whole store.
 */
export async function sweepDeadInstances({ database, store, logger }: SweepOptions): Promise<void> {
  const [rows, directories] = [await listInstanceRows(database), await store.listInstances()];
  const registered = new Map(rows.map((row) => [row.id, row]));
  const dead = new Set(rows.filter((row) => row.id !== store.instanceId && isDead(row)).map(({ id }) => id));
  for (const id of directories) if (!registered.has(id) && id !== store.instanceId) dead.add(id);
  for (const id of dead) {
    await retireInstance(database, id);
    const versions = await store.listIntents(id);
    const committed = await findCommittedVersions(database, versions);
    const orphans = versions.filter((version) => !committed.has(version));
    await Promise.all(orphans.map((version) => store.removeUnsettled(version)));
    await store.forgetInstance(id);
    logger.info({ instance: id, unsettled: versions.length, removed: orphans.length }, 'cleaned up after a server that died');
  }
}
