/** Postgres did not answer for so long that nothing can come any more. The words tell that the connection is gone, see database-error.ts. */
export class PostgresSilent extends Error {
  override readonly name = 'PostgresSilent';

  constructor(silenceMs: number) {
    super(`Connection terminated: Postgres did not answer for ${silenceMs} ms`);
  }
}

/**
 * Postgres gives a statement up in time by itself, but a host that is frozen or a network that swallows packets tells nobody; without a
 * limit here requests would wait for as long as that lasts.
 */
export class AnswerGuard {
  /** Never resolves; rejects with {@link PostgresSilent} when nothing was heard for too long. */
  readonly silent: Promise<never>;
  readonly #timer: NodeJS.Timeout;

  constructor(silenceMs: number) {
    const { promise, reject } = Promise.withResolvers<never>();
    this.silent = promise;
    this.#timer = setTimeout(() => reject(new PostgresSilent(silenceMs)), silenceMs);
  }

  /** Something has come. */
  heard(): void {
    this.#timer.refresh();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
