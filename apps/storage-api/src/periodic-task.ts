/** Runs rounds of background work, each `periodMs` after the last one ended, so that rounds never overlap. */
export class PeriodicTask {
  readonly #periodMs: number;
  readonly #round: () => Promise<void>;
  #timer: NodeJS.Timeout | undefined;
  #current: Promise<void> = Promise.resolve();
  #stopped = false;

  /** `round` handles its own failures, and looks at {@link stopped} where it may end early. */
  constructor(periodMs: number, round: () => Promise<void>) {
    this.#periodMs = periodMs;
    this.#round = round;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.#current = this.#round().finally(() => {
        if (!this.#stopped) this.start();
      });
    }, this.#periodMs);
    this.#timer.unref();
  }

  /** Resolves when the round that is under way has ended; there is none afterwards. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#current;
  }
}
