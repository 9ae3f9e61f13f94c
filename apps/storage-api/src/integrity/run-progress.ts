import type { Database } from '../metadata/database.ts';
import { type RunHold, saveRun } from './run-queries.ts';

/** The run was cancelled, another server has it, or this one stops: not a failure. */
export class RunInterrupted extends Error {
  /** Whether the run is still this server's to give back. */
  readonly isOurs: boolean;

  constructor(isOurs: boolean) {
    super('the run was interrupted');
    this.isOurs = isOurs;
  }
}

const BEAT_MS = 5000;

export interface RunProgressOptions extends RunHold {
  readonly database: Database;
  readonly counts: Readonly<Record<string, number>>;
  readonly signal: AbortSignal;
}

/** How far a run has come, kept in Postgres so that any server can go on from there. */
export class RunProgress {
  readonly #options: RunProgressOptions;
  readonly #counts: Map<string, number>;
  #position: unknown;
  #savedAtMs = performance.now();

  constructor(options: RunProgressOptions, position: unknown) {
    this.#options = options;
    this.#counts = new Map(Object.entries(options.counts));
    this.#position = position;
  }

  get runId(): string {
    return this.#options.id;
  }

  get signal(): AbortSignal {
    return this.#options.signal;
  }

  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }

  count(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  add(name: string, amount = 1): void {
    this.#counts.set(name, this.count(name) + amount);
  }

  /** Everything before `position` is done. @throws RunInterrupted */
  async save(position: unknown): Promise<void> {
    this.#position = position;
    await this.#write();
  }

  /** Says from time to time that the run is alive; call it often. @throws RunInterrupted */
  async beat(): Promise<void> {
    if (this.#options.signal.aborted) throw new RunInterrupted(true);
    if (performance.now() - this.#savedAtMs > BEAT_MS) await this.#write();
  }

  async #write(): Promise<void> {
    const saved = saveRun(this.#options, this.#position, this.counts);
    await this.#options.database.transact({ steps: [saved] });
    this.#savedAtMs = performance.now();
    if (saved.rowCount === 0) throw new RunInterrupted(false);
    if (this.#options.signal.aborted) throw new RunInterrupted(true);
  }
}
