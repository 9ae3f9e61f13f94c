import { queryOptions } from '@tanstack/react-query';
import { call } from './call.ts';
import { operations } from './operations.ts';
import { keys } from './query-keys.ts';

const LIMIT = 100;
const BUSY_MS = 1000;
const CALM_MS = 10_000;

/** The newest jobs; looked at often while one of them moves. */
export const jobsQuery = queryOptions({
  queryKey: keys.jobs,
  queryFn: ({ signal }) => call(operations.jobsList, { limit: LIMIT }, signal),
  refetchInterval: ({ state }) => (state.data?.jobs.some((job) => job.state === 'queued' || job.state === 'running') ? BUSY_MS : CALM_MS),
});
