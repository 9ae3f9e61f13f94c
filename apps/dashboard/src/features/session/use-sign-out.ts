import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { call } from '../../api/call.ts';
import { live } from '../../api/live.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { useToasts } from '../../ui/toast.tsx';
import { rememberSignedIn } from './session-query.ts';

/** The way out: ends the session on the server, forgets what was read, shows the sign-in page. */
export function useSignOut() {
  const client = useQueryClient();
  const router = useRouter();
  const toasts = useToasts();
  return useMutation({
    // The server ends the live connection with the session; that is no reason to ask who is signed in.
    onMutate: () => {
      rememberSignedIn(false);
      live.stop();
    },
    mutationFn: () => call(operations.sessionLogout, {}),
    onSuccess: async ({ signOutUrl }) => {
      // The session at the provider would sign the next person at this computer in.
      if (signOutUrl !== null) {
        location.assign(signOutUrl);
        return;
      }
      client.setQueryData(keys.session, null);
      await router.navigate({ to: '/login', replace: true });
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== keys.session[0] });
    },
    onError: (error) => {
      rememberSignedIn(true);
      live.start();
      toasts.failure(error);
    },
  });
}
