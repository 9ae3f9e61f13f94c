const MAX_REMEMBERED = 4096;

interface Remembered<T> {
  readonly atMs: number;
  readonly value: Promise<T>;
}

/**
 * Remembers for a fraction of a second what was looked up, so that a busy server asks once and not per request, and a change made
 * anywhere counts everywhere almost at once. Failures are not remembered.
 */
export class ShortMemory<T> {
  readonly #freshMs: number;
  readonly #lookUp: (id: string) => Promise<T>;
  readonly #now: () => number;
  readonly #remembered = new Map<string, Remembered<T>>();

  constructor(freshMs: number, lookUp: (id: string) => Promise<T>, now: () => number = Date.now) {
    this.#freshMs = freshMs;
    this.#lookUp = lookUp;
    this.#now = now;
  }

  /** It has just changed. */
  forget(id: string): void {
    this.#remembered.delete(id);
  }

  /** What `lookUp` said at most `freshMs` ago. @throws what it throws */
  get(id: string): Promise<T> {
    const remembered = this.#remembered.get(id);
    const atMs = this.#now();
    if (remembered !== undefined && atMs - remembered.atMs < this.#freshMs) return remembered.value;
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    const entry = { atMs, value: this.#lookUp(id) };
    this.#remembered.set(id, entry);
    entry.value.catch(() => {
      if (this.#remembered.get(id) === entry) this.#remembered.delete(id);
    });
    return entry.value;
  }
}
