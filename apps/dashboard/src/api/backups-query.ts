import type { Job } from '@supastor/contract/operations/jobs';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call } from './call.ts';
import { operations } from './operations.ts';
import { keys } from './query-keys.ts';

/** Backups, newest first, and where they are kept. `ended`: jobs about them that have ended, so that the next one to end renews the list. */
export const backupsQuery = (ended = 0) =>
  queryOptions({
    queryKey: [...keys.backups, ended],
    queryFn: ({ signal }) => call(operations.backupsList, {}, signal),
    placeholderData: keepPreviousData,
  });

/** The jobs about backups: those that go on, and how many have ended. */
export function sortBackupJobs(jobs: readonly Job[]): { readonly open: readonly Job[]; readonly ended: number } {
  const about = jobs.filter(({ kind }) => kind.startsWith('backups.'));
  const open = about.filter(({ state }) => state === 'queued' || state === 'running');
  return { open, ended: about.length - open.length };
}
