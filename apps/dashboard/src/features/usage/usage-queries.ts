import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';

export const GROUPS = ['bucket', 'folder', 'type', 'owner', 'age'] as const;
export type Group = (typeof GROUPS)[number];

/** What the address of the page says. */
export interface UsageQuestion {
  readonly by?: string;
  readonly bucket?: string;
  readonly prefix?: string;
}

/** The group that is asked for; buckets from the top, folders inside one. */
export function groupOf({ by, bucket }: UsageQuestion): Group {
  const known = GROUPS.find((group) => group === by);
  if (known === undefined || (known === 'bucket' && bucket !== undefined)) return bucket === undefined ? 'bucket' : 'folder';
  return known === 'folder' && bucket === undefined ? 'bucket' : known;
}

const EXTREMES = 10;

/** The first objects by size or by age, where the question looks. */
export function extremesQuery({ bucket, prefix }: UsageQuestion, sort: 'largest' | 'oldest') {
  const input = {
    sort,
    limit: EXTREMES,
    ...(bucket !== undefined && { bucket }),
    ...(bucket !== undefined && prefix !== undefined && { prefix }),
  };
  return queryOptions({
    queryKey: keys.search(input),
    queryFn: ({ signal }) => call(operations.objectsSearch, input, signal),
    staleTime: 15_000,
  });
}

export function usageQuery(question: UsageQuestion) {
  const { bucket, prefix } = question;
  const input = {
    by: groupOf(question),
    limit: 50,
    ...(bucket !== undefined && { bucket }),
    ...(prefix !== undefined && bucket !== undefined && { prefix }),
  };
  return queryOptions({
    queryKey: keys.usage(input),
    queryFn: ({ signal }) => call(operations.usageGet, input, signal),
    staleTime: 15_000,
  });
}
