import type { Database } from '../database.ts';
import { askPrimary, positionOf, type WalPosition } from './standby-check.ts';

/**
 * Where the primary is. Those who ask at the same time share one answer; it is always of a question that was sent after they asked,
 * so that nothing that was acknowledged before is missing from it.
 */
export class PrimaryPosition {
  readonly #database: Pick<Database, 'read'>;
  #running = false;
  #next: PromiseWithResolvers<WalPosition> | null = null;
  #last: WalPosition | null = null;

  constructor(database: Pick<Database, 'read'>) {
    this.#database = database;
  }

  /** The newest answer there was, for measuring. */
  get last(): WalPosition | null {
    return this.#last;
  }

  /** @throws ProtocolError when the primary does not say */
  ask(): Promise<WalPosition> {
    this.#next ??= Promise.withResolvers<WalPosition>();
    const { promise } = this.#next;
    if (!this.#running) {
      this.#running = true;
      // Reads that came in the same turn of the event loop share it.
      setImmediate(() => void this.#answer());
    }
    return promise;
  }

  async #answer(): Promise<void> {
    while (this.#next !== null) {
      const asked = this.#next;
      this.#next = null;
      try {
        const ask = askPrimary();
        // oxlint-disable-next-line no-await-in-loop -- one at a time: whoever comes meanwhile shares the next one
        await this.#database.read(ask);
        const [row] = ask.rows;
        if (row === undefined) throw new Error('Postgres did not say where it is');
        this.#last = positionOf(row);
        asked.resolve(this.#last);
      } catch (error) {
        asked.reject(error);
      }
    }
    this.#running = false;
  }
}
