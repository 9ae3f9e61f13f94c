import type { BackupSummary, Retention } from '@supastor/contract/wire/backup';

export interface RetentionPlan {
  readonly remove: readonly string[];
  readonly keep: readonly string[];
}

const DAY_MS = 86_400_000;
/** The first of January 1970 was a Thursday. */
const MONDAY_SHIFT_DAYS = 3;

/** Whether it says anything at all; without that nothing is removed. */
export function isRetention({ last, daily, weekly }: Retention): boolean {
  return last !== undefined || daily !== undefined || weekly !== undefined;
}

/**
 * Decides which backups stay. Only complete ones count and only they are removed: a damaged one is somebody's to look at.
 * The newest complete one always stays.
 */
export function planRetention(backups: readonly BackupSummary[], retention: Retention): RetentionPlan {
  const complete = backups
    .flatMap(({ id, state, cutAt }) =>
      state === 'complete' && cutAt !== null ? [{ id, day: Math.floor(Date.parse(cutAt) / DAY_MS) }] : [],
    )
    .toSorted((one, other) => (one.id < other.id ? 1 : -1));
  if (!isRetention(retention)) return { remove: [], keep: complete.map(({ id }) => id) };
  const { last = 0, daily = 0, weekly = 0 } = retention;
  const kept = new Set<string>([
    ...complete.slice(0, Math.max(1, last)).map(({ id }) => id),
    ...newestOfEach(complete, ({ day }) => day, daily),
    ...newestOfEach(complete, ({ day }) => Math.floor((day + MONDAY_SHIFT_DAYS) / 7), weekly),
  ]);
  const isKept = ({ id }: { readonly id: string }) => kept.has(id);
  return {
    remove: complete.filter((backup) => !isKept(backup)).map(({ id }) => id),
    keep: complete.filter(isKept).map(({ id }) => id),
  };
}

interface Dated {
  readonly id: string;
  readonly day: number;
}

/** Of backups, newest first, the first of each period, for the first `count` periods that have one. */
function newestOfEach(backups: readonly Dated[], periodOf: (backup: Dated) => number, count: number): readonly string[] {
  const newest = new Map<number, string>();
  for (const backup of backups) {
    const period = periodOf(backup);
    if (!newest.has(period)) newest.set(period, backup.id);
  }
  return [...newest.values()].slice(0, count);
}
