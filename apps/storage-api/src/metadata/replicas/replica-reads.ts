import type { Metrics } from '../../http/metrics.ts';
import type { Database } from '../database.ts';
import { inScope, type Scope } from '../scope.ts';
import type { Step } from '../step.ts';
import type { PrimaryPosition } from './primary-position.ts';
import type { Reads } from './reads.ts';
import type { MissReason, Replica } from './replica.ts';

interface ReplicaReadsOptions {
  readonly database: Database;
  readonly primary: PrimaryPosition;
  readonly replicas: readonly Replica[];
  readonly metrics: Pick<Metrics, 'replicaReads' | 'replicaFallbacks'>;
}

/**
 * Reads that a standby answers where it can: each sees everything that was acknowledged before it began, to whomever, as it would on the
 * primary. Where no standby can promise that in time, or anything goes wrong there, the primary answers.
 */
export class ReplicaReads implements Reads {
  readonly #options: ReplicaReadsOptions;
  #turn = 0;

  constructor(options: ReplicaReadsOptions) {
    this.#options = options;
  }

  async read(...steps: Step<unknown>[]): Promise<void> {
    const { database } = this.#options;
    if (!(await this.#tryReplica(steps, (copies) => copies))) await database.read(...steps);
  }

  async readAs(scope: Scope, ...steps: Step<unknown>[]): Promise<void> {
    await this.readBoth(scope, [], steps);
  }

  async readBoth(scope: Scope, prelude: readonly Step<unknown>[], steps: readonly Step<unknown>[]): Promise<void> {
    const layOut = (copies: readonly Step<unknown>[]) => [
      ...copies.slice(0, prelude.length),
      ...inScope(scope, copies.slice(prelude.length)),
    ];
    if (!(await this.#tryReplica([...prelude, ...steps], layOut))) await this.#options.database.readBoth(scope, prelude, steps);
  }

  /** Whether a replica has filled the steps. It works on copies: what it answers too late must not get among the rows of the primary. */
  async #tryReplica(
    steps: readonly Step<unknown>[],
    layOut: (copies: readonly Step<unknown>[]) => readonly Step<unknown>[],
  ): Promise<boolean> {
    const replica = this.#choose();
    if (replica === null) return this.#miss('unavailable');
    const wanted = await this.#options.primary.ask().catch(() => null);
    if (wanted === null) return this.#miss('primary');
    const copies = steps.map((each): Step<unknown> => ({ ...each, rows: [], rowCount: 0 }));
    const missed = await replica.read(layOut(copies), wanted);
    if (missed !== null) return this.#miss(missed);
    for (const [index, each] of steps.entries()) Object.assign(each, { rows: copies[index]?.rows, rowCount: copies[index]?.rowCount });
    this.#options.metrics.replicaReads.inc({ replica: replica.name });
    return true;
  }

  /** One after the other of those that can be read from. */
  #choose(): Replica | null {
    const usable = this.#options.replicas.filter(({ trouble }) => trouble === null);
    this.#turn = (this.#turn + 1) % Math.max(1, usable.length);
    return usable[this.#turn] ?? null;
  }

  #miss(reason: MissReason | 'unavailable' | 'primary'): false {
    this.#options.metrics.replicaFallbacks.inc({ reason });
    return false;
  }
}
