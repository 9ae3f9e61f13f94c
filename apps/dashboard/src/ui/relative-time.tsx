import { useEffect, useState, useSyncExternalStore } from 'react';
import { formatDateTime, formatRelative } from '../format/time.ts';

const TICK_MS = 30_000;

/** The current time, renewed now and then. */
export function useNow(everyMs = TICK_MS): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** One clock for all times that are shown: lists have hundreds of them. It stands while nobody looks. */
const watchers = new Set<() => void>();
let shared = Date.now();
let ticking: ReturnType<typeof setInterval> | undefined;

function watchClock(watcher: () => void): () => void {
  if (watchers.size === 0) {
    shared = Date.now();
    ticking = setInterval(() => {
      shared = Date.now();
      for (const each of watchers) each();
    }, TICK_MS);
  }
  watchers.add(watcher);
  return () => {
    watchers.delete(watcher);
    if (watchers.size === 0) clearInterval(ticking);
  };
}

/** "3 hours ago", with the exact time on hover. */
export function RelativeTime({ at }: { readonly at: string | null }) {
  const now = useSyncExternalStore(watchClock, () => shared);
  if (at === null) return '–';
  return (
    <time dateTime={at} title={formatDateTime(at)}>
      {formatRelative(at, now)}
    </time>
  );
}
