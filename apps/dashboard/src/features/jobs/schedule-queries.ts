import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';

const LOOK_MS = 30_000;

/** What runs at set times. */
export const schedulesQuery = queryOptions({
  queryKey: keys.schedules,
  queryFn: async ({ signal }) => (await call(operations.schedulesList, {}, signal)).schedules,
  refetchInterval: LOOK_MS,
});
