import MenuIcon from '@mui/icons-material/MenuOutlined';
import Box from '@mui/material/Box';
import Drawer from '@mui/material/Drawer';
import IconButton from '@mui/material/IconButton';
import Typography from '@mui/material/Typography';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Outlet, useRouter } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { connectLive } from '../api/live.ts';
import { UploadProvider } from '../features/objects/upload/upload-provider.tsx';
import { sessionQuery } from '../features/session/session-query.ts';
import { useMessages } from '../messages/locale-provider.tsx';
import { BrandMark } from '../ui/brand.tsx';
import { Navigation } from './navigation.tsx';
import { PaletteProvider } from './palette/palette-provider.tsx';

const SIDEBAR_PX = 228;

/** Frame of every page behind sign-in: navigation, live connection, uploads that outlive a page. */
export function Shell() {
  const client = useQueryClient();
  const main = useRef<HTMLElement>(null);
  useEffect(() => connectLive(client), [client]);
  useLeaveWhenSignedOut();
  const user = useQuery(sessionQuery).data?.userId ?? '';
  return (
    <UploadProvider key={user} user={user}>
      <PaletteProvider>
        <SkipLink onSkip={() => main.current?.focus()} />
        <Box
          sx={{
            height: '100dvh',
            display: 'grid',
            gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: `${SIDEBAR_PX}px minmax(0, 1fr)` },
            gridTemplateRows: { xs: 'auto minmax(0, 1fr)', md: 'minmax(0, 1fr)' },
          }}
        >
          <Box
            component="aside"
            sx={{ display: { xs: 'none', md: 'flex' }, flexDirection: 'column', borderRight: 1, borderColor: 'divider', minHeight: 0 }}
          >
            <Navigation />
          </Box>
          <PhoneBar />
          <Box
            component="main"
            id="main"
            ref={main}
            tabIndex={-1}
            sx={{ minWidth: 0, overflowY: 'auto', outline: 'none', scrollbarGutter: { xs: 'auto', md: 'stable' } }}
          >
            <Box
              sx={{
                maxWidth: 1240,
                mx: 'auto',
                px: { xs: 4, sm: 6, lg: 8 },
                py: { xs: 5, sm: 7 },
                minHeight: '100%',
                boxSizing: 'border-box',
                display: 'flex',
                flexDirection: 'column',
              }}
            >
              <Outlet />
            </Box>
          </Box>
        </Box>
      </PaletteProvider>
    </UploadProvider>
  );
}

/** When the session ends on the server, the router's guard decides where to go. */
function useLeaveWhenSignedOut(): void {
  const router = useRouter();
  const session = useQuery(sessionQuery);
  const signedOut = session.data === null;
  useEffect(() => {
    if (signedOut) void router.invalidate();
  }, [signedOut, router]);
}

function SkipLink({ onSkip }: { readonly onSkip: () => void }) {
  const t = useMessages().shell;
  return (
    <Box
      component="a"
      href="#main"
      onClick={(event: React.MouseEvent) => {
        event.preventDefault();
        onSkip();
      }}
      sx={{
        position: 'fixed',
        top: 8,
        left: 8,
        zIndex: 2000,
        px: 4,
        py: 2,
        borderRadius: 1,
        bgcolor: 'primary.main',
        color: 'primary.contrastText',
        textDecoration: 'none',
        transform: 'translateY(-64px)',
        '&:focus-visible': { transform: 'none' },
      }}
    >
      {t.skip}
    </Box>
  );
}

function PhoneBar() {
  const t = useMessages().shell;
  const [open, setOpen] = useState(false);
  return (
    <Box
      component="header"
      sx={{ display: { xs: 'flex', md: 'none' }, alignItems: 'center', gap: 2, px: 3, height: 52, borderBottom: 1, borderColor: 'divider' }}
    >
      <IconButton aria-label={t.openNavigation} aria-expanded={open} onClick={() => setOpen(true)}>
        <MenuIcon />
      </IconButton>
      <BrandMark size={24} />
      <Typography sx={{ fontWeight: 600 }}>Supastorj</Typography>
      <Drawer open={open} onClose={() => setOpen(false)} slotProps={{ paper: { sx: { width: 272 }, 'aria-label': t.navigation } }}>
        <Navigation onNavigate={() => setOpen(false)} />
      </Drawer>
    </Box>
  );
}
