import type { OutputOf } from '@supastor/contract/operations/all';
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useCallback } from 'react';
import { keys } from '../../api/query-keys.ts';
import { rememberSignedIn } from './session-query.ts';

/** Notes a session that has just begun, and goes where somebody wanted to go. */
export function useEnter() {
  const client = useQueryClient();
  const router = useRouter();
  return useCallback(
    async (
      { token: _token, refreshToken: _refreshToken, ...session }: OutputOf<'session.login'>,
      to: string | undefined,
    ): Promise<void> => {
      // The answer also has tokens for other clients; the browser keeps only the cookies.
      rememberSignedIn(true);
      client.setQueryData(keys.session, session);
      await router.navigate({ href: to ?? '/', replace: true });
    },
    [client, router],
  );
}
