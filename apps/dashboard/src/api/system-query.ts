import { queryOptions } from '@tanstack/react-query';
import { call } from './call.ts';
import { operations } from './operations.ts';
import { keys } from './query-keys.ts';

/** What this installation is and where storage clients reach it. */
export const systemQuery = queryOptions({
  queryKey: keys.system,
  queryFn: ({ signal }) => call(operations.systemInfo, {}, signal),
  staleTime: Number.POSITIVE_INFINITY,
});
