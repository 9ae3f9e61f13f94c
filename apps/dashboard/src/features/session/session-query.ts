import type { Session } from '@supastor/contract/operations/session';
import { queryOptions } from '@tanstack/react-query';
import { ApiError } from '../../api/api-error.ts';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';

/** Who is signed in; null when nobody is. The cookie is httpOnly, so the server is asked. */
export const sessionQuery = queryOptions({
  queryKey: keys.session,
  queryFn: ({ signal }): Promise<Session | null> =>
    call(operations.sessionGet, {}, signal).catch((error: unknown) => {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }),
  staleTime: 60_000,
});
