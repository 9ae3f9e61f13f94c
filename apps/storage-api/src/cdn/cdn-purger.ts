import { setTimeout as wait } from 'node:timers/promises';
import { failures } from '../errors.ts';
import { type CdnDriver, PurgeProblem, type PurgeTarget } from './cdn-driver.port.ts';
import { type CdnDriverSettings, createCdnDriver } from './create-cdn-driver.ts';

export type CdnSettings = CdnDriverSettings & {
  /** Objects that change are purged by themselves. */
  readonly isAutomatic?: boolean;
  /** Longest that a client waits, all attempts together; 10,000 as in the original when absent. */
  readonly timeoutMs?: number;
};

const DEFAULT_TIMEOUT_MS = 10_000;
const MAX_ATTEMPTS = 3;
const FIRST_PAUSE_MS = 200;
/** Changes that come within this time share an order. */
const GATHER_MS = 200;

interface Waiting {
  readonly target: PurgeTarget;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Tells the cache in front of this server what it must forget. */
export class CdnPurger {
  readonly #driver: CdnDriver;
  readonly #timeoutMs: number;
  readonly #stopping = new AbortController();
  #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor({ timeoutMs = DEFAULT_TIMEOUT_MS, ...settings }: CdnSettings) {
    this.#driver = createCdnDriver(settings);
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Resolves once the cache has taken the order. Purging twice does no harm, so what may pass is tried again.
   * @throws ProtocolError InternalError when it was not taken in time
   */
  async purge(target: PurgeTarget): Promise<void> {
    const deadline = AbortSignal.any([AbortSignal.timeout(this.#timeoutMs), this.#stopping.signal]);
    for (let attempt = 1; ; attempt += 1) {
      const problem = await this.#try([target], deadline);
      if (problem === null) return;
      if (!problem.mayPass || attempt === MAX_ATTEMPTS || deadline.aborted) throw failures.purgeFailed(problem);
      const pauseMs = FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random());
      await wait(pauseMs, undefined, { signal: deadline }).catch(() => undefined);
    }
  }

  /** Purges an object that has changed, together with others that do; one attempt. @throws PurgeProblem when it was not taken */
  purgeSoon(bucket: string, key: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ target: { bucket, key, transforms: false }, resolve, reject });
      this.#timer ??= setTimeout(() => void this.#sendWaiting(), GATHER_MS);
    });
  }

  /** Headers of an answer about an object, by which the cache finds it again. */
  headersFor(bucket: string, key: string, isTransform: boolean): Readonly<Record<string, string>> {
    return this.#driver.headersFor?.(bucket, key, isTransform) ?? {};
  }

  /** Gives up what is under way. */
  stop(): void {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    for (const { reject } of this.#waiting.splice(0)) reject(new PurgeProblem('the server is stopping', { mayPass: true }));
  }

  async #sendWaiting(): Promise<void> {
    this.#timer = undefined;
    const all = this.#waiting;
    this.#waiting = [];
    for (let at = 0; at < all.length; at += this.#driver.maxTargets) {
      const group = all.slice(at, at + this.#driver.maxTargets);
      const signal = AbortSignal.any([AbortSignal.timeout(this.#timeoutMs), this.#stopping.signal]);
      const problem = await this.#try(
        group.map(({ target }) => target),
        signal,
      );
      for (const { resolve, reject } of group)
        if (problem === null) resolve();
        else reject(problem);
    }
  }

  async #try(targets: readonly PurgeTarget[], signal: AbortSignal): Promise<PurgeProblem | null> {
    try {
      await this.#driver.purge(targets, signal);
      return null;
    } catch (error) {
      return error instanceof PurgeProblem ? error : new PurgeProblem('the cache cannot be purged', { mayPass: true, cause: error });
    }
  }
}
