import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';

/** All policies of buckets and objects, each with what is wrong with it. */
export const policiesQuery = queryOptions({
  queryKey: keys.policies,
  queryFn: async ({ signal }) => (await call(operations.policiesList, {}, signal)).policies,
});

export const patternsQuery = queryOptions({
  queryKey: keys.policyPatterns,
  queryFn: async ({ signal }) => (await call(operations.policiesPatterns, {}, signal)).patterns,
  staleTime: Number.POSITIVE_INFINITY,
});
