import AccountIcon from '@mui/icons-material/AccountCircleOutlined';
import SettingsIcon from '@mui/icons-material/ManageAccountsOutlined';
import DocsIcon from '@mui/icons-material/ArticleOutlined';
import SignOutIcon from '@mui/icons-material/LogoutOutlined';
import Button from '@mui/material/Button';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { useQuery } from '@tanstack/react-query';
import { createLink } from '@tanstack/react-router';
import { useState } from 'react';
import { useMessages } from '../../messages/locale-provider.tsx';
import { sessionQuery } from './session-query.ts';
import { useSignOut } from './use-sign-out.ts';

const RouteItem = createLink(MenuItem);

/** Who is signed in, how, and the way out. */
export function AccountMenu() {
  const t = useMessages().shell.account;
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
        aria-label={t.label(email)}
        onClick={(event) => setAnchor(event.currentTarget)}
        sx={{ flex: 1, minWidth: 0, justifyContent: 'flex-start', gap: 2, px: 2, fontWeight: 400 }}
      >
        <AccountIcon fontSize="small" />
        <span style={{ overflow: 'hidden', textOverflow: 'ellipsis' }}>{email}</span>
      </Button>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={close}>
        <RouteItem to="/account" onClick={close}>
          <SettingsIcon fontSize="small" />
          {t.yours}
        </RouteItem>
        <MenuItem component="a" href="/docs" target="_blank" rel="noreferrer" onClick={close}>
          <DocsIcon fontSize="small" />
          {t.apiReference}
        </MenuItem>
        <MenuItem onClick={() => signOut.mutate()} disabled={signOut.isPending}>
          <SignOutIcon fontSize="small" />
          {t.signOut}
        </MenuItem>
      </Menu>
    </>
  );
}
