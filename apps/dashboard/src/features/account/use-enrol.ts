import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { live } from '../../api/live.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';

/** Asks for a secret; the password shows that it is not just somebody at an open browser. */
export function useBeginEnrol() {
  return useMutation({ mutationFn: (password: string) => call(operations.accountBeginSecondFactor, { password }) });
}

/** Turns the second factor on. The server ends the session and answers with another one. */
export function useConfirmEnrol(onDone: (recoveryCodes: readonly string[]) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (code: string) => {
      // The live connection belongs to the session that ends; that is no reason to ask who is signed in.
      const wasLive = live.state !== 'closed';
      if (wasLive) live.stop();
      return call(operations.accountConfirmSecondFactor, { code }).finally(() => {
        if (wasLive) live.start();
      });
    },
    onSuccess: ({ recoveryCodes, token: _token, refreshToken: _refreshToken, ...session }) => {
      client.setQueryData(keys.session, session);
      onDone(recoveryCodes);
      for (const queryKey of [keys.secondFactor, keys.users, keys.sessions, keys.heldPermissions])
        void client.invalidateQueries({ queryKey });
    },
  });
}
