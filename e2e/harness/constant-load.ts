/** Requests that are sent again and again until told to stop, and what became of them. */
export class ConstantLoad {
  readonly #controller = new AbortController();
  readonly #workers: Promise<void>[];
  /** Requests that were answered as they should be. */
  done = 0;
  /** What went wrong, in words. */
  readonly failures: string[] = [];

  /** `request` is given a number that is its own; it throws when the answer is not the right one. */
  constructor(workers: number, request: (number: number) => Promise<void>) {
    let next = 0;
    const work = async () => {
      while (!this.#controller.signal.aborted) {
        const number = next++;
        try {
          await request(number);
          this.done += 1;
        } catch (error) {
          const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
          this.failures.push(`${number}: ${error instanceof Error ? error.message : String(error)}${cause}`);
        }
      }
    };
    this.#workers = Array.from({ length: workers }, work);
  }

  async stop(): Promise<void> {
    this.#controller.abort();
    await Promise.all(this.#workers);
  }
}
