import type { Job } from '@supastor/contract/operations/jobs';
import { type QueryClient, queryOptions } from '@tanstack/react-query';
import { call } from '../../../api/call.ts';
import { operations } from '../../../api/operations.ts';
import { keys } from '../../../api/query-keys.ts';

/** A job that this page started, and how to take it back. */
export interface StartedJob {
  readonly id: string;
  /** Starts the opposite; null when there is none, and `undoHint` says why, unless it goes without saying. */
  readonly undo: (() => Promise<Job>) | null;
  readonly undoHint: string;
}

const LOOK_EVERY_MS = 700;

/** Jobs that were started in a bucket since the page was loaded and that are still shown. */
export function startedJobsQuery(bucket: string) {
  return queryOptions({
    queryKey: ['started-jobs', bucket],
    queryFn: (): readonly StartedJob[] => [],
    initialData: [],
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  });
}

/** One job, looked at until it is over. */
export function jobQuery(id: string) {
  return queryOptions({
    queryKey: [...keys.jobs, id],
    queryFn: ({ signal }) => call(operations.jobsGet, { id }, signal),
    refetchInterval: ({ state }) => (state.data && isOver(state.data) ? false : LOOK_EVERY_MS),
  });
}

export function isOver(job: Job): boolean {
  return job.state !== 'queued' && job.state !== 'running';
}

/** Has the bucket's page follow a job. */
export function followJob(client: QueryClient, bucket: string, started: StartedJob): void {
  const { queryKey } = startedJobsQuery(bucket);
  client.setQueryData(queryKey, (before: readonly StartedJob[] = []) => [...before, started]);
}

/** Has the bucket's page forget a job. */
export function dismissJob(client: QueryClient, bucket: string, id: string): void {
  const { queryKey } = startedJobsQuery(bucket);
  client.setQueryData(queryKey, (before: readonly StartedJob[] = []) => before.filter((started) => started.id !== id));
}
