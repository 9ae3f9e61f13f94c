import { failures, ProtocolError } from '../errors.ts';
import { connectionLostIn } from './connection-lost.ts';
import type { Database } from './database.ts';
import { holdInstance, type NewObject, writeObject } from './object-queries.ts';
import { inScope, type Scope } from './scope.ts';
import { step } from './step.ts';

/** A row to insert, on behalf of a role that policies do not bind. */
export interface ObjectInsert {
  readonly row: NewObject;
  readonly scope: Scope;
  /** Server under which the bytes were published. */
  readonly instanceId: string;
}

interface Waiting {
  readonly insert: ObjectInsert;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A second one at the same time would be small, and cost a round trip and a sync of its own: those that wait meanwhile go together. */
const MAX_RUNNING = 1;
const MAX_TOGETHER = 32;
/** Whoever waited this long goes, however many are running: one of them may be held up by a lock that concerns nobody else. */
const MAX_WAIT_MS = 25;
/** Rows that share a transaction wait only so long for a lock that one of them needs; alone they may wait on. */
const SHORT_LOCKS = { name: 'inserts_short_locks', text: `select set_config('lock_timeout', '500ms', true)` };

/**
 * Inserts rows. Those that arrive while others are being committed share a transaction, and so its round trip and its sync; nobody
 * waits for others to come. When a shared transaction fails each of its rows is inserted alone, so that one cannot be the others' failure.
 * Not for roles that policies bind: a policy may be slow, or leave something behind in the session.
 */
export class ObjectInserts {
  readonly #database: Database;
  #waiting: Waiting[] = [];
  #running = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Resolves when the row is committed. @throws what `transact` of the database throws */
  insert(insert: ObjectInsert): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ insert, resolve, reject });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#waiting.length === 0) return;
    if (this.#running < MAX_RUNNING || this.#waiting.length >= MAX_TOGETHER) return this.#start();
    this.#timer ??= setTimeout(() => this.#start(), MAX_WAIT_MS);
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const together = this.#waiting.splice(0, MAX_TOGETHER);
    if (together.length === 0) return;
    this.#running += 1;
    void this.#commit(together).finally(() => {
      this.#running -= 1;
      this.#schedule();
    });
    this.#schedule();
  }

  async #commit(together: readonly Waiting[]): Promise<void> {
    try {
      await this.#transact(together);
      for (const { resolve } of together) resolve();
    } catch (error) {
      if (together.length === 1 || !isAnswered(error)) for (const { reject } of together) reject(error);
      else await Promise.all(together.map((each) => this.#transact([each]).then(each.resolve, each.reject)));
    }
  }

  /** In the order of keys, so that two transactions with the same keys wait for each other instead of in a circle. */
  async #transact(together: readonly Waiting[]): Promise<void> {
    const inserts = together.map(({ insert }) => insert).toSorted(byKey);
    const instances = [...new Set(inserts.map(({ instanceId }) => instanceId))];
    const steps = inserts.flatMap(({ row, scope }) => inScope(scope, [writeObject(row, false)]));
    const patience = inserts.length === 1 ? [] : [step(SHORT_LOCKS)];
    await this.#database.transact({ before: [...patience, ...instances.map(holdInstance)], steps });
  }
}

/** Whether Postgres refused, so that nothing was committed and trying alone can help. */
function isAnswered(error: unknown): boolean {
  if (connectionLostIn(error) !== undefined) return false;
  return !(error instanceof ProtocolError && error.protocolCode === failures.databaseUnavailable(error).protocolCode);
}

function byKey({ row: a }: ObjectInsert, { row: b }: ObjectInsert): number {
  if (a.bucket !== b.bucket) return a.bucket < b.bucket ? -1 : 1;
  if (a.key === b.key) return 0;
  return a.key < b.key ? -1 : 1;
}
