import type { Session } from '@supastor/contract/operations/session';
import { queryOptions } from '@tanstack/react-query';
import { ApiError } from '../../api/api-error.ts';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { mayBeSignedIn, noteSignedIn } from './session-hint.ts';

const storage = () => localStorage;

/** Who is signed in; null when nobody is. The cookie is httpOnly, so the server is asked. */
export const sessionQuery = queryOptions({
  queryKey: keys.session,
  queryFn: async ({ signal }): Promise<Session | null> => {
    if (!mayBeSignedIn(storage)) return null;
    return call(operations.sessionGet, {}, signal).catch((error: unknown) => {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      noteSignedIn(storage, false);
      return null;
    });
  },
  staleTime: 60_000,
});

/** Whether it is likely that somebody is signed in here. */
export function mayLoadSignedIn(): boolean {
  return mayBeSignedIn(storage);
}

/** Notes a sign-in or sign-out that has just happened. */
export function rememberSignedIn(signedIn: boolean): void {
  noteSignedIn(storage, signedIn);
}
