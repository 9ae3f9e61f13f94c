import { infiniteQueryOptions } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { type AuditFilter, toAuditInput } from './audit-filter.ts';

const PAGE_SIZE = 50;

/** The trail, newest first, page by page. */
export function auditQuery(filter: AuditFilter) {
  return infiniteQueryOptions({
    queryKey: keys.audit({ ...filter }),
    queryFn: ({ signal, pageParam }) =>
      call(
        operations.auditList,
        { ...toAuditInput(filter, Date.now()), limit: PAGE_SIZE, ...(pageParam !== '' && { cursor: pageParam }) },
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor,
    staleTime: 5000,
  });
}
