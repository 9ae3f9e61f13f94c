import type { BackupSummary } from '@supastor/contract/wire/backup';
import { fail, ok, skip, warn, type Verdict } from './verdict.ts';

/** What is found at the place for backups. */
export interface BackupFact {
  readonly destination: string;
  /** It lies on the same file system as the data. */
  readonly isOnDiskOfData: boolean;
  readonly backups: readonly BackupSummary[];
}

const DAY_MS = 86_400_000;

/** Whether backups would survive the disk of the data. `fact` is null when no place is configured. */
export function checkBackupPlace(fact: BackupFact | null): Verdict {
  if (fact === null) return skip('no place for backups is configured (backups.destination)');
  if (fact.isOnDiskOfData) {
    return warn(`${fact.destination} is on the same disk as the data`, 'set backups.destination to a directory on another disk');
  }
  return ok(fact.destination);
}

/** Whether there is a backup that is whole and not too old; `maxAgeDays` undefined: of any age. */
export function checkBackupAge(fact: BackupFact | null, maxAgeDays: number | undefined, nowMs: number): Verdict {
  if (fact === null) return skip('no place for backups is configured (backups.destination)');
  const damaged = fact.backups.find(({ state }) => state === 'damaged');
  if (damaged)
    return fail(damaged.problem ?? `${damaged.id} is damaged`, `make another one, then remove it: supastor backups delete ${damaged.id}`);
  const newest = fact.backups.find(({ state }) => state === 'complete');
  if (newest?.cutAt == null) return warn('there is no backup yet', 'supastor backups create, or a schedule of kind backups.create');
  const days = (nowMs - Date.parse(newest.cutAt)) / DAY_MS;
  const age = `the newest is of ${newest.cutAt}`;
  if (maxAgeDays !== undefined && days > maxAgeDays) {
    return warn(`${age}, more than ${maxAgeDays} days ago`, 'look at the jobs of the schedule: supastor jobs list --kind backups.create');
  }
  return ok(age);
}
