import type { Logger } from '@supastor/adapters/telemetry/logger';
import type { Metrics } from '../../http/metrics.ts';
import { PeriodicTask } from '../../periodic-task.ts';
import type { Database } from '../database.ts';
import { isConnectionError } from '../database-error.ts';
import type { Step } from '../step.ts';
import type { PrimaryPosition } from './primary-position.ts';
import { askStandby, type Refusal, refusalOf, replayedBy, type StandbyRow, type WalPosition } from './standby-check.ts';

/** Why a replica is not read from; null: it is. */
export type ReplicaTrouble = Refusal | 'unreachable' | 'not-asked-yet' | null;

/** Why one read was not answered by a replica. */
export type MissReason = Refusal | 'unreachable' | 'refused';

interface ReplicaOptions {
  /** Host and port. */
  readonly name: string;
  readonly database: Database;
  /** A connection of its own for questions, which must not wait behind long reads. */
  readonly watcher: Database;
  readonly primary: PrimaryPosition;
  /** Longest that a read waits for what it must see. */
  readonly maxLagMs: number;
  readonly metrics: Pick<Metrics, 'replicaUsable' | 'replicaLagBytes'>;
  readonly logger: Logger;
}

/** What came of waiting for a replica; null: it has caught up. */
type Outcome = Exclude<MissReason, 'refused'> | null;

interface Waiter {
  readonly wanted: WalPosition;
  readonly settle: (outcome: Outcome) => void;
}

const WATCH_PERIOD_MS = 1000;
/** Longest wait for a replica to say where it is. */
const ASK_TIMEOUT_MS = 2000;
const POLL_PAUSE_MS = 4;

const HINTS: Readonly<Record<Exclude<ReplicaTrouble, null | 'not-asked-yet'>, string>> = {
  promoted:
    'it is no standby: it was promoted or never followed the primary; rebuild it from the primary or take it out of postgres.replicas',
  'other-cluster': 'it is a copy of another cluster than the primary; correct postgres.replicas or rebuild it from the primary',
  'other-timeline': 'it follows another timeline than the primary: after a failover let it follow the new primary, or rebuild it',
  behind: 'it is further behind than postgres.maxReplicaLag allows; see whether its replay is paused or its link is slow',
  unreachable: 'it does not answer; see whether it runs and lets this server in',
};

/** One standby: whether it can be read from, and reads that must see all there was at a position of the primary. */
export class Replica {
  readonly name: string;
  readonly #options: ReplicaOptions;
  readonly #watch: PeriodicTask;
  readonly #waiters = new Set<Waiter>();
  #trouble: ReplicaTrouble = 'not-asked-yet';
  #known: StandbyRow | null = null;
  #isPolling = false;
  /** Rejects when the replica is found to be silent: for reads that it has not answered yet. */
  #silent = newSilence();

  constructor(options: ReplicaOptions) {
    this.name = options.name;
    this.#options = options;
    this.#watch = new PeriodicTask(WATCH_PERIOD_MS, () => this.#look());
  }

  /** Why it is not read from; null when it is. */
  get trouble(): ReplicaTrouble {
    return this.#trouble;
  }

  /** Looks at once, and then every second. */
  start(): void {
    void this.#look().finally(() => {
      if (!this.#watch.stopped) this.#watch.start();
    });
  }

  async stop(): Promise<void> {
    await this.#watch.stop();
    const { database, watcher } = this.#options;
    // One that is frozen gives no connection back.
    const late = new Promise((resolve) => void setTimeout(resolve, ASK_TIMEOUT_MS).unref());
    await Promise.race([Promise.all([database.stop(), watcher.stop()]), late]);
  }

  /**
   * Runs reads that see at least what there was at `wanted`. Null when they are answered; else their rows mean nothing.
   * Never rejects.
   */
  async read(steps: readonly Step<unknown>[], wanted: WalPosition): Promise<MissReason | null> {
    if (this.#known === null || refusalOf(this.#known, wanted) !== null) {
      const missed = await this.#waitFor(wanted);
      if (missed !== null) return this.#note(missed);
    }
    // Who answers is asked in the same transaction: behind an address may be another server than a moment ago.
    const check = askStandby();
    try {
      await Promise.race([this.#options.database.readOnce(check, ...steps), this.#silent.promise]);
    } catch (error) {
      this.#options.logger.debug({ err: error, replica: this.name }, 'a read replica did not answer a read');
      return isLost(error) ? this.#note('unreachable', error) : 'refused';
    }
    const [row] = check.rows;
    if (row === undefined) return 'refused';
    const missed = refusalOf(row, wanted);
    return missed === null ? null : this.#note(missed);
  }

  /** Whether it can be read from, now. */
  async #look(): Promise<void> {
    const wanted = await this.#options.primary.ask().catch(() => null);
    // Without the primary there is nothing to compare with, and no read either.
    if (wanted === null) return;
    const missed = await this.#waitFor(wanted);
    if (this.#watch.stopped) return;
    this.#note(missed);
    const { metrics } = this.#options;
    metrics.replicaUsable.set({ replica: this.name }, this.#trouble === null ? 1 : 0);
    if (this.#known !== null && missed !== 'other-cluster') metrics.replicaLagBytes.set({ replica: this.name }, lagOf(this.#known, wanted));
    else metrics.replicaLagBytes.remove({ replica: this.name });
  }

  /** Null as soon as it has all that there was at `wanted`. */
  #waitFor(wanted: WalPosition): Promise<Outcome> {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const settle = (outcome: Outcome) => {
      clearTimeout(timer);
      this.#waiters.delete(waiter);
      resolve(outcome);
    };
    const waiter = { wanted, settle };
    const timer = setTimeout(() => settle('behind'), this.#options.maxLagMs);
    this.#waiters.add(waiter);
    if (!this.#isPolling) void this.#poll();
    return promise;
  }

  /** Asks again and again while anybody waits; each answer is for all of them. */
  async #poll(): Promise<void> {
    this.#isPolling = true;
    while (this.#waiters.size > 0) {
      // oxlint-disable-next-line no-await-in-loop -- one question at a time
      const answer = await this.#ask();
      for (const { wanted, settle } of this.#waiters) {
        const missed = typeof answer === 'string' ? answer : refusalOf(answer, wanted);
        if (missed !== 'behind') settle(missed);
      }
      // oxlint-disable-next-line no-await-in-loop -- replay needs a moment
      if (this.#waiters.size > 0) await new Promise((resolve) => setTimeout(resolve, POLL_PAUSE_MS));
    }
    this.#isPolling = false;
  }

  async #ask(): Promise<StandbyRow | 'unreachable'> {
    const check = askStandby();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer for ${ASK_TIMEOUT_MS} ms`)), ASK_TIMEOUT_MS);
    });
    try {
      await Promise.race([this.#options.watcher.readOnce(check), late]);
      const [row] = check.rows;
      if (row === undefined) throw new Error('Postgres did not say where it is');
      this.#known = row;
      return row;
    } catch (error) {
      this.#known = null;
      this.#note('unreachable', error);
      return 'unreachable';
    } finally {
      clearTimeout(timer);
    }
  }

  /** Remembers what came of it, tells of changes, and hands it back. */
  #note(trouble: Outcome, error?: unknown): Outcome {
    if (trouble === 'unreachable') {
      this.#silent.reject(new Lost());
      this.#silent = newSilence();
    }
    if (trouble === this.#trouble) return trouble;
    const { logger } = this.#options;
    this.#trouble = trouble;
    if (trouble === null) logger.info({ replica: this.name }, 'a read replica is read from');
    else logger.warn({ replica: this.name, reason: trouble, err: error, hint: HINTS[trouble] }, 'a read replica is not read from');
    return trouble;
  }
}

class Lost extends Error {}

function newSilence(): PromiseWithResolvers<never> {
  const silence = Promise.withResolvers<never>();
  silence.promise.catch(() => {});
  return silence;
}

function isLost(error: unknown): boolean {
  return error instanceof Lost || isConnectionError(error) || (error instanceof Error && isConnectionError(error.cause));
}

function lagOf(standby: StandbyRow, wanted: WalPosition): number {
  return Math.max(0, Number(wanted.bytes - replayedBy(standby)));
}
