import type { Quota } from '@supastor/contract/wire/quota';
import { queryOptions } from '@tanstack/react-query';
import { ApiError } from '../../api/api-error.ts';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';

/** All quotas with what is used of them; none where the role may not see them, or storage has none. */
export const quotasQuery = queryOptions({
  queryKey: ['quotas'],
  queryFn: async ({ signal }) =>
    call(operations.quotasList, {}, signal).catch((error: unknown) => {
      if (error instanceof ApiError && (error.status === 403 || error.code === 'SJ_TARGET_UNSUPPORTED')) return { quotas: [] };
      throw error;
    }),
  staleTime: 15_000,
});

/** How full a quota is by its tighter limit: 1 is full, 0 when there is no limit. */
export function quotaShare({ maxBytes, maxObjects, usedBytes, usedObjects }: Quota): number {
  return Math.max(shareOf(usedBytes, maxBytes), shareOf(usedObjects, maxObjects));
}

function shareOf(used: number, limit: number | null): number {
  if (limit === null) return 0;
  return limit === 0 ? 1 : used / limit;
}
