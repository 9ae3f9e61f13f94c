import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';

const HISTORY_PAGE = 20;

/** All policies of buckets and objects, each with what is wrong with it. */
export const policiesQuery = queryOptions({
  queryKey: keys.policies,
  queryFn: async ({ signal }) => (await call(operations.policiesList, {}, signal)).policies,
});

/** Changes made here, newest first. */
export const policyHistoryQuery = infiniteQueryOptions({
  queryKey: [...keys.policies, 'history'],
  queryFn: ({ pageParam, signal }) =>
    call(operations.policiesHistory, { limit: HISTORY_PAGE, ...(pageParam !== null && { before: pageParam }) }, signal),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next,
});

export const patternsQuery = queryOptions({
  queryKey: keys.policyPatterns,
  queryFn: async ({ signal }) => (await call(operations.policiesPatterns, {}, signal)).patterns,
  staleTime: Number.POSITIVE_INFINITY,
});
