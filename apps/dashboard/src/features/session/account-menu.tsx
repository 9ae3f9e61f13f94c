import AccountIcon from '@mui/icons-material/AccountCircleOutlined';
import SettingsIcon from '@mui/icons-material/ManageAccountsOutlined';
import DocsIcon from '@mui/icons-material/ArticleOutlined';
import SignOutIcon from '@mui/icons-material/LogoutOutlined';
import Button from '@mui/material/Button';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { createLink, useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { live } from '../../api/live.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { useToasts } from '../../ui/toast.tsx';
import { rememberSignedIn, sessionQuery } from './session-query.ts';

const RouteItem = createLink(MenuItem);

/** Who is signed in, how, and the way out. */
export function AccountMenu() {
  const session = useQuery(sessionQuery);
  const signOut = useSignOut();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const email = session.data?.email ?? '';
  const close = () => setAnchor(null);
  return (
    <>
      <Button
        color="inherit"
        aria-haspopup="menu"
        aria-label={`Account ${email}`}
        onClick={(event) => setAnchor(event.currentTarget)}
        sx={{ flex: 1, minWidth: 0, justifyContent: 'flex-start', gap: 2, px: 2, fontWeight: 400 }}
      >
        <AccountIcon fontSize="small" />
        <span style={{ overflow: 'hidden', textOverflow: 'ellipsis' }}>{email}</span>
      </Button>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={close}>
        <RouteItem to="/account" onClick={close}>
          <SettingsIcon fontSize="small" />
          Your account
        </RouteItem>
        <MenuItem component="a" href="/docs" target="_blank" rel="noreferrer" onClick={close}>
          <DocsIcon fontSize="small" />
          API reference
        </MenuItem>
        <MenuItem onClick={() => signOut.mutate()} disabled={signOut.isPending}>
          <SignOutIcon fontSize="small" />
          Sign out
        </MenuItem>
      </Menu>
    </>
  );
}

function useSignOut() {
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
