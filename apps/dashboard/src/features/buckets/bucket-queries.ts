import type { Bucket } from '@supastor/contract/operations/buckets';
import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';

const PAGE_SIZE = 1000;

/** All buckets, by name. */
export const bucketsQuery = queryOptions({
  queryKey: keys.buckets,
  queryFn: async ({ signal }) => {
    const buckets: Bucket[] = [];
    for (;;) {
      const page = await call(operations.bucketsList, { limit: PAGE_SIZE, offset: buckets.length }, signal);
      buckets.push(...page.buckets);
      if (page.buckets.length < PAGE_SIZE) return buckets;
    }
  },
});

/** One bucket. */
export function bucketQuery(bucket: string) {
  return queryOptions({ queryKey: keys.bucket(bucket), queryFn: ({ signal }) => call(operations.bucketsGet, { bucket }, signal) });
}
