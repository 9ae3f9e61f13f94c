import { infiniteQueryOptions } from '@tanstack/react-query';
import { call } from '../../../api/call.ts';
import { operations } from '../../../api/operations.ts';
import { keys } from '../../../api/query-keys.ts';

const PAGE = 200;

/** What was deleted below a folder and can be brought back, in the order of names. Whatever changes in the bucket asks for it again. */
export function deletedQuery(bucket: string, prefix: string) {
  return infiniteQueryOptions({
    queryKey: [...keys.objects(bucket), 'deleted', prefix],
    queryFn: ({ pageParam, signal }) =>
      call(operations.objectsDeleted, { bucket, prefix, limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}
