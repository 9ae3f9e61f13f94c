import { setTimeout as sleep } from 'node:timers/promises';
import type { ObjectFeed } from '@supastor/core/objects/object-feed.port';

const PERIOD_MS = 1000;
/** Pause after the feed failed or turned out not to exist; storage may still be creating it. */
const RETRY_MS = 10_000;

export interface ObjectWatchOptions {
  readonly feed: ObjectFeed | null;
  readonly onChanged: (bucket: string) => void;
  readonly onError: (error: unknown) => void;
}

/** Asks the feed for changes while it runs. It runs also while nobody listens: whoever comes back resumes from the stream. */
export interface ObjectWatch {
  start(): void;
  stop(): void;
  /** Resolves when a stopped watch has nothing running any more. */
  settled(): Promise<unknown>;
}

export function createObjectWatch({ feed, onChanged, onError }: ObjectWatchOptions): ObjectWatch {
  let running: AbortController | null = null;
  let work: Promise<unknown> = Promise.resolve();

  /** Reports what changed and returns how long to wait before asking again. */
  async function ask(source: ObjectFeed): Promise<number> {
    try {
      const buckets = await source.changedBuckets();
      for (const bucket of buckets ?? []) onChanged(bucket);
      return buckets === null ? RETRY_MS : PERIOD_MS;
    } catch (error) {
      onError(error);
      return RETRY_MS;
    }
  }

  async function follow(source: ObjectFeed, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const pauseMs = await ask(source);
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  return {
    start() {
      if (running || !feed) return;
      running = new AbortController();
      const { signal } = running;
      work = work.then(() => follow(feed, signal));
    },
    stop() {
      running?.abort();
      running = null;
    },
    settled: () => work,
  };
}
