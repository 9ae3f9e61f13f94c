import { useEffect, useState } from 'react';
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

/** "3 hours ago", with the exact time on hover. */
export function RelativeTime({ at }: { readonly at: string | null }) {
  const now = useNow();
  if (at === null) return '–';
  return (
    <time dateTime={at} title={formatDateTime(at)}>
      {formatRelative(at, now)}
    </time>
  );
}
