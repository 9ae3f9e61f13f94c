import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { createLink } from '@tanstack/react-router';
import { type ReactNode, useId } from 'react';
import { heldPermissionsQuery } from '../api/held-permissions-query.ts';
import { useLiveState } from '../api/live.ts';
import { systemQuery } from '../api/system-query.ts';
import { openAlertsQuery } from '../features/alerts/alert-queries.ts';
import { servicesQuery } from '../features/services/services-query.ts';
import { AccountMenu } from '../features/session/account-menu.tsx';
import { useMessages } from '../messages/locale-provider.tsx';
import { BrandMark } from '../ui/brand.tsx';
import { StatusDot } from '../ui/status-dot.tsx';
import { AppearanceMenu } from './appearance-menu.tsx';
import { PAGE_GROUPS, type Page, type PageGroup } from './pages.tsx';
import { PaletteButton } from './palette/palette-button.tsx';

const RouteButton = createLink(ButtonBase);

interface NavigationProps {
  /** Told when a link was followed. */
  readonly onNavigate?: () => void;
}

/** Where one can go, which installation this is, and who is signed in. */
export function Navigation({ onNavigate }: NavigationProps) {
  const system = useQuery(systemQuery);
  const t = useMessages().shell;
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', height: '100%', p: 3, gap: 4, boxSizing: 'border-box' }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 3, px: 2, pt: 2, minWidth: 0 }}>
        <BrandMark />
        <Box sx={{ minWidth: 0 }}>
          <Typography sx={{ fontWeight: 600, lineHeight: 1.3 }}>Supastorj</Typography>
          <Typography variant="caption" color="textSecondary" noWrap component="p" sx={{ minHeight: 17 }}>
            {system.data && `${system.data.project} · ${system.data.environment}`}
          </Typography>
        </Box>
      </Box>
      <PaletteButton {...(onNavigate && { onOpen: onNavigate })} />
      <Box
        component="nav"
        aria-label={t.main}
        onClick={onNavigate}
        sx={{ display: 'flex', flexDirection: 'column', gap: 4, flex: '1 1 0', minHeight: 0, overflowY: 'auto', mx: -1, px: 1, py: 1 }}
      >
        {PAGE_GROUPS.map((group) => (
          <NavGroup key={group.id} group={group} />
        ))}
      </Box>
      <Box sx={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 2 }}>
        <LiveHint />
        <Box sx={{ display: 'flex', alignItems: 'center', borderTop: 1, borderColor: 'divider', pt: 3, gap: 1 }}>
          <AccountMenu />
          <AppearanceMenu />
        </Box>
      </Box>
    </Box>
  );
}

function NavGroup({ group }: { readonly group: PageGroup }) {
  const t = useMessages().shell;
  const titleId = useId();
  return (
    <Box role="group" aria-labelledby={titleId} sx={{ display: 'grid', gap: '2px' }}>
      <Typography
        id={titleId}
        variant="caption"
        component="p"
        color="textSecondary"
        sx={{ px: 3, mb: 1, fontWeight: 550, display: group.id === 'start' ? 'none' : 'block' }}
      >
        {t.groups[group.id]}
      </Typography>
      {group.pages.map((page) => (
        <NavItem key={page.id} page={page} extra={HINTS[page.id]} />
      ))}
    </Box>
  );
}

/** What a page wants to tell from afar. */
const HINTS: Partial<Record<Page['id'], ReactNode>> = { services: <ServicesHint />, alerts: <AlertsHint /> };

interface NavItemProps {
  readonly page: Page;
  readonly extra?: ReactNode;
}

function NavItem({ page, extra }: NavItemProps) {
  const t = useMessages().shell;
  return (
    <RouteButton
      to={page.to}
      activeOptions={{ exact: page.to === '/' }}
      sx={{
        justifyContent: 'flex-start',
        gap: 3,
        px: 3,
        minHeight: 'var(--nav-row)',
        borderRadius: 1,
        fontSize: 14,
        fontWeight: 500,
        color: 'text.secondary',
        '& > svg': { fontSize: 18 },
        '&:hover': { bgcolor: 'action.hover', color: 'text.primary' },
        '&[aria-current="page"]': { bgcolor: 'action.selected', color: 'text.primary', '& > svg': { color: 'primary.main' } },
      }}
    >
      {page.icon}
      {t.pages[page.id]}
      {extra && <Box sx={{ ml: 'auto', display: 'flex' }}>{extra}</Box>}
    </RouteButton>
  );
}

/** How many services are not well; nothing when all are. */
function ServicesHint() {
  const t = useMessages().shell;
  const services = useQuery(servicesQuery);
  const unwell = services.data?.services.filter((service) => service.state !== 'healthy').length ?? 0;
  if (services.data === undefined) return null;
  if (unwell === 0) return <StatusDot tone="success" label={t.allHealthy} />;
  return <Count count={unwell} label={t.notHealthy(unwell)} />;
}

/** How many alerts fire that nobody silenced; nothing without one, or for whoever may not see them. */
function AlertsHint() {
  const t = useMessages().shell;
  const maySee = useQuery(heldPermissionsQuery).data?.includes('alerts:read') === true;
  const firing = useQuery({ ...openAlertsQuery, enabled: maySee }).data?.alerts.filter(
    ({ state, silencedUntil }) => state === 'firing' && silencedUntil === null,
  );
  return firing === undefined || firing.length === 0 ? null : <Count count={firing.length} label={t.firing(firing.length)} />;
}

function Count({ count, label }: { readonly count: number; readonly label: string }) {
  return (
    <Box component="span" role="img" className="num" sx={{ fontSize: 12, fontWeight: 600, color: 'warning.main' }} aria-label={label}>
      {count}
    </Box>
  );
}

function LiveHint() {
  const t = useMessages().shell;
  const open = useLiveState() === 'open';
  return (
    <Typography variant="caption" color="textSecondary" role="status" sx={{ display: 'flex', alignItems: 'center', gap: 2, px: 3 }}>
      <StatusDot tone={open ? 'success' : 'warning'} />
      {open ? t.live : t.connecting}
    </Typography>
  );
}
