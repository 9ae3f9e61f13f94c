import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';

/** Whether more than a password guards the own account. */
export const isProtectedQuery = queryOptions({
  queryKey: [...keys.secondFactor, 'any'],
  queryFn: async ({ signal }) => {
    const [factor, passkeys] = await Promise.all([
      call(operations.accountSecondFactor, {}, signal),
      call(operations.accountPasskeys, {}, signal),
    ]);
    return factor.enabled || passkeys.passkeys.length > 0;
  },
});

/** Whether there is any bucket. */
export const hasBucketQuery = queryOptions({
  queryKey: [...keys.buckets, 'any'],
  queryFn: async ({ signal }) => (await call(operations.bucketsList, { limit: 1, offset: 0 }, signal)).buckets.length > 0,
});
