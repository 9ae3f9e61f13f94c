import type { StorageDeps } from '../deps.ts';
import { nameOperation } from '../metadata/scope.ts';
import { step } from '../metadata/step.ts';
import { lockKeys, versionMode } from '../metadata/version-queries.ts';
import { PeriodicTask } from '../periodic-task.ts';
import {
  countDue,
  type Due,
  type DueKind,
  findDue,
  type FoundVersion,
  isFullBatch,
  removeDue,
  removeFoundVersions,
} from './due-queries.ts';
import { type DueWork, midnightBefore, workOf } from './due-work.ts';
import { findWaiting, finishLifecycle, type LifecycleRow } from './lifecycle-queries.ts';
import { type LifecycleRule, lifecycleSchema } from './lifecycle-rules.ts';

export interface LifecycleRunnerOptions extends Pick<StorageDeps, 'database' | 'logger'> {
  readonly periodMs: number;
  /** The clock of the database when absent, by which everything there is dated. */
  readonly now?: () => Promise<Date>;
}

/** What a rule would delete now. Things that two rules match are in both. */
export type RulePreview = { readonly id: string } & Readonly<Partial<Record<DueKind, { readonly count: number; readonly bytes: number }>>>;

const LOCK_KEY = 730_517_044;
const OPERATION = 'storage.lifecycle.expire';
const NOW = { name: 'lifecycle_now', text: 'select now() as now' };

/**
 * Deletes what the lifecycle rules of buckets name, once a day and after each change of the rules. One server at a time works;
 * another goes on when it dies. Should two ever meet, each deletion still checks its condition under the lock of its row or key.
 */
export class LifecycleRunner {
  readonly #options: LifecycleRunnerOptions;
  readonly #task: PeriodicTask;

  constructor(options: LifecycleRunnerOptions) {
    this.#options = options;
    this.#task = new PeriodicTask(options.periodMs, async () => void (await this.runOnce()));
  }

  start(): void {
    this.#task.start();
  }

  async stop(): Promise<void> {
    await this.#task.stop();
  }

  /** What `rules` would delete of a bucket by now, the disabled ones too. */
  async preview(bucket: string, rules: readonly LifecycleRule[]): Promise<readonly RulePreview[]> {
    const midnight = midnightBefore(await this.#now());
    const previews: RulePreview[] = [];
    for (const rule of rules) {
      const kinds = new Map<DueKind, { count: number; bytes: number }>();
      for (const { kind, due } of workOf(rule, bucket, midnight)) {
        const count = countDue(kind, due);
        await this.#options.database.read(count);
        kinds.set(kind, { count: Number(count.rows[0]?.count), bytes: Number(count.rows[0]?.bytes) });
      }
      previews.push({ id: rule.id, ...Object.fromEntries(kinds) });
    }
    return previews;
  }

  /** One round; returns how much it deleted. Failures are logged; the next round tries again. */
  async runOnce(): Promise<number> {
    const { database, logger } = this.#options;
    try {
      const midnight = midnightBefore(await this.#now());
      const waiting = findWaiting(midnight);
      await database.read(waiting);
      if (waiting.rows.length === 0) return 0;
      return await database.script(async (client) => {
        const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock($1) as held', [LOCK_KEY]);
        if (rows[0]?.held !== true) return 0;
        try {
          return await this.#runAll(midnight);
        } finally {
          await client.query('select pg_advisory_unlock($1)', [LOCK_KEY]);
        }
      });
    } catch (error) {
      logger.warn({ err: error }, 'a round of lifecycle rules failed');
      return 0;
    }
  }

  async #runAll(midnight: Date): Promise<number> {
    const { database, logger } = this.#options;
    const waiting = findWaiting(midnight);
    await database.read(waiting);
    let removed = 0;
    for (const row of waiting.rows) {
      try {
        removed += await this.#runBucket(row, midnight);
      } catch (error) {
        logger.error({ err: error, bucket: row.bucket_id }, 'the lifecycle rules of a bucket failed; they are tried again');
      }
    }
    return removed;
  }

  async #runBucket(row: LifecycleRow, midnight: Date): Promise<number> {
    const { database, logger } = this.#options;
    const { rules } = lifecycleSchema.parse(row.configuration);
    const counts: Partial<Record<DueKind, number>> = {};
    let total = 0;
    for (const rule of rules.filter(({ status }) => status === 'Enabled')) {
      for (const work of workOf(rule, row.bucket_id, midnight)) {
        for await (const removed of this.#removeAll(work, row.revision)) {
          counts[work.kind] = (counts[work.kind] ?? 0) + removed;
          total += removed;
          if (this.#task.stopped) return total;
        }
      }
    }
    await database.transact({ steps: [finishLifecycle(row, midnight)] });
    if (total > 0) logger.info({ bucket: row.bucket_id, ...counts }, 'lifecycle rules deleted what was due');
    return total;
  }

  /** Batch by batch, how many were removed. */
  #removeAll({ kind, due }: DueWork, revision: string): AsyncGenerator<number> {
    return kind === 'objects' || kind === 'uploads' ? this.#removeCurrent(kind, due, revision) : this.#removeVersions(kind, due, revision);
  }

  async *#removeCurrent(kind: 'objects' | 'uploads', due: Due, revision: string): AsyncGenerator<number> {
    for (let after = ''; ;) {
      const removal = removeDue(kind, due, revision, after);
      await this.#options.database.transact({ steps: [nameOperation(OPERATION), removal] });
      const [batch] = removal.rows;
      yield batch?.removed ?? 0;
      if (batch?.last === undefined || batch.last === null || !isFullBatch(batch.found)) return;
      after = batch.last;
    }
  }

  async *#removeVersions(kind: 'versions' | 'markers', due: Due, revision: string): AsyncGenerator<number> {
    const { database } = this.#options;
    for (let after: FoundVersion | null = null; ;) {
      const found = findDue(kind, due, revision, after);
      await database.read(found);
      const last = found.rows.at(-1);
      if (last === undefined) return;
      const keys = [...new Set(found.rows.map(({ name }) => name))];
      const removal = removeFoundVersions(kind, due, revision, found.rows);
      const before = [nameOperation(OPERATION), lockKeys(due.bucket, keys)];
      await database.transact({ before, steps: [versionMode('permanent'), removal] });
      yield removal.rowCount;
      if (!isFullBatch(found.rows.length)) return;
      after = last;
    }
  }

  async #now(): Promise<Date> {
    const { now, database } = this.#options;
    if (now) return now();
    const clock = step<{ now: Date }>(NOW);
    await database.read(clock);
    return clock.rows[0]?.now ?? new Date(0);
  }
}
