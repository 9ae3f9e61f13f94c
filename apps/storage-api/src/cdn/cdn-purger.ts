import { setTimeout as wait } from 'node:timers/promises';
import { failures } from '../errors.ts';

export interface CdnSettings {
  /** Base URL of the service that purges; `/purge` is added to its path. */
  readonly url: string;
  /** Sent as `Authorization: Bearer`; null sends none. */
  readonly bearer: string | null;
  /** What the service knows this project by. */
  readonly tenantId: string;
  /** Longest that a client waits, all attempts together; 10,000 as in the original when absent. */
  readonly timeoutMs?: number;
}

/** What is purged: an object, a bucket or everything; with `transforms`, only the pictures made from it. */
export interface PurgeTarget {
  readonly bucket?: string;
  readonly key?: string;
  readonly transforms: boolean;
}

const DEFAULT_TIMEOUT_MS = 10_000;
const ATTEMPT_MS = 4000;
const MAX_ATTEMPTS = 3;
const FIRST_PAUSE_MS = 200;
/** Answers that may be another one a moment later. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Tells the cache in front of this server what it must forget, in the words of the original. */
export class CdnPurger {
  readonly #endpoint: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #tenantId: string;
  readonly #timeoutMs: number;
  readonly #stopping = new AbortController();

  constructor({ url, bearer, tenantId, timeoutMs = DEFAULT_TIMEOUT_MS }: CdnSettings) {
    this.#endpoint = purgeEndpoint(url);
    this.#headers = { 'content-type': 'application/json', ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }) };
    this.#tenantId = tenantId;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Resolves once the service has taken the order. Purging twice does no harm, so what may pass is tried again.
   * @throws ProtocolError InternalError when it was not taken in time
   */
  async purge(target: PurgeTarget): Promise<void> {
    const body = JSON.stringify(describe(target, this.#tenantId));
    const deadline = AbortSignal.any([AbortSignal.timeout(this.#timeoutMs), this.#stopping.signal]);
    for (let attempt = 1; ; attempt += 1) {
      const problem = await this.#post(body, deadline);
      if (problem === null) return;
      if (!problem.mayPass || attempt === MAX_ATTEMPTS || deadline.aborted) throw failures.purgeFailed(problem.cause);
      const pauseMs = FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random());
      await wait(pauseMs, undefined, { signal: deadline }).catch(() => undefined);
    }
  }

  /** Gives up what is under way. */
  stop(): void {
    this.#stopping.abort();
  }

  async #post(body: string, deadline: AbortSignal): Promise<{ readonly mayPass: boolean; readonly cause: unknown } | null> {
    try {
      const signal = AbortSignal.any([AbortSignal.timeout(ATTEMPT_MS), deadline]);
      const response = await fetch(this.#endpoint, { method: 'POST', headers: this.#headers, body, signal });
      // Only the status counts; an endless body must not hold the connection.
      await response.body?.cancel().catch(() => undefined);
      if (response.ok) return null;
      return { mayPass: PASSING.has(response.status), cause: new Error(`the purge service answered ${response.status}`) };
    } catch (cause) {
      return { mayPass: true, cause };
    }
  }
}

function purgeEndpoint(base: string): string {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/purge`;
  url.search = '';
  url.hash = '';
  return url.toString();
}

function describe({ bucket, key, transforms }: PurgeTarget, tenantId: string) {
  const suffix = transforms ? '-transforms' : '';
  const tenant = { ref: tenantId };
  if (bucket === undefined) return { type: `tenant${suffix}`, tenant };
  if (key === undefined) return { type: `bucket${suffix}`, tenant, bucketId: bucket };
  return { type: `object${suffix}`, tenant, bucketId: bucket, objectName: key };
}
