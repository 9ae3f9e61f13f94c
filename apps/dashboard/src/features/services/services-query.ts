import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';

/** State of every service. The live connection pushes changes; the slow poll refreshes memory figures. */
export const servicesQuery = queryOptions({
  queryKey: keys.services,
  queryFn: ({ signal }) => call(operations.servicesList, {}, signal),
  refetchInterval: 15_000,
});
