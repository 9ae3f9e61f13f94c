import AuditIcon from '@mui/icons-material/FactCheckOutlined';
import PolicyIcon from '@mui/icons-material/GppGoodOutlined';
import BucketIcon from '@mui/icons-material/Inventory2Outlined';
import ServicesIcon from '@mui/icons-material/LanOutlined';
import LinksIcon from '@mui/icons-material/LinkOutlined';
import UsageIcon from '@mui/icons-material/PieChartOutlined';
import JobsIcon from '@mui/icons-material/PlaylistPlayOutlined';
import SearchIcon from '@mui/icons-material/SearchOutlined';
import AccessIcon from '@mui/icons-material/VpnKeyOutlined';
import WebhookIcon from '@mui/icons-material/WebhookOutlined';
import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { createLink } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useLiveState } from '../api/live.ts';
import { servicesQuery } from '../features/services/services-query.ts';
import { AccountMenu } from '../features/session/account-menu.tsx';
import { BrandMark } from '../ui/brand.tsx';
import { StatusDot } from '../ui/status-dot.tsx';
import { systemQuery } from '../api/system-query.ts';
import { ThemeMenu } from './theme-menu.tsx';

const RouteButton = createLink(ButtonBase);

interface NavigationProps {
  /** Told when a link was followed. */
  readonly onNavigate?: () => void;
}

/** Where one can go, which installation this is, and who is signed in. */
export function Navigation({ onNavigate }: NavigationProps) {
  const system = useQuery(systemQuery);
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', height: '100%', p: 3, gap: 5 }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 3, px: 2, pt: 2, minWidth: 0 }}>
        <BrandMark />
        <Box sx={{ minWidth: 0 }}>
          <Typography sx={{ fontWeight: 600, lineHeight: 1.3 }}>Supastorj</Typography>
          <Typography variant="caption" color="textSecondary" noWrap component="p" sx={{ minHeight: 17 }}>
            {system.data && `${system.data.project} · ${system.data.environment}`}
          </Typography>
        </Box>
      </Box>
      <Box component="nav" aria-label="Main" onClick={onNavigate} sx={{ display: 'grid', gap: 1 }}>
        <NavItem to="/buckets" icon={<BucketIcon />} label="Buckets" />
        <NavItem to="/search" icon={<SearchIcon />} label="Search" />
        <NavItem to="/policies" icon={<PolicyIcon />} label="Policies" />
        <NavItem to="/usage" icon={<UsageIcon />} label="Usage" />
        <NavItem to="/links" icon={<LinksIcon />} label="Links" />
        <NavItem to="/webhooks" icon={<WebhookIcon />} label="Webhooks" />
        <NavItem to="/jobs" icon={<JobsIcon />} label="Jobs" />
        <NavItem to="/services" icon={<ServicesIcon />} label="Services" extra={<ServicesHint />} />
        <NavItem to="/access" icon={<AccessIcon />} label="Access" />
        <NavItem to="/audit" icon={<AuditIcon />} label="Audit" />
      </Box>
      <Box sx={{ mt: 'auto', display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 2 }}>
        <LiveHint />
        <Box sx={{ display: 'flex', alignItems: 'center', borderTop: 1, borderColor: 'divider', pt: 3, gap: 1 }}>
          <AccountMenu />
          <ThemeMenu />
        </Box>
      </Box>
    </Box>
  );
}

interface NavItemProps {
  readonly to: '/buckets' | '/search' | '/policies' | '/usage' | '/links' | '/webhooks' | '/jobs' | '/services' | '/access' | '/audit';
  readonly icon: ReactNode;
  readonly label: string;
  readonly extra?: ReactNode;
}

function NavItem({ to, icon, label, extra }: NavItemProps) {
  return (
    <RouteButton
      to={to}
      sx={{
        justifyContent: 'flex-start',
        gap: 3,
        px: 3,
        height: 38,
        borderRadius: 1,
        fontSize: 14,
        fontWeight: 500,
        color: 'text.secondary',
        '& > svg': { fontSize: 18 },
        '&:hover': { bgcolor: 'action.hover', color: 'text.primary' },
        '&[aria-current="page"]': { bgcolor: 'action.selected', color: 'text.primary', '& > svg': { color: 'primary.main' } },
      }}
    >
      {icon}
      {label}
      {extra && <Box sx={{ ml: 'auto', display: 'flex' }}>{extra}</Box>}
    </RouteButton>
  );
}

/** How many services are not well; nothing when all are. */
function ServicesHint() {
  const services = useQuery(servicesQuery);
  const unwell = services.data?.services.filter((service) => service.state !== 'healthy').length ?? 0;
  if (services.data === undefined) return null;
  if (unwell === 0) return <StatusDot tone="success" label="all healthy" />;
  return (
    <Box
      component="span"
      className="num"
      sx={{ fontSize: 12, fontWeight: 600, color: 'warning.main' }}
      aria-label={`${unwell} not healthy`}
    >
      {unwell}
    </Box>
  );
}

function LiveHint() {
  const state = useLiveState();
  const open = state === 'open';
  return (
    <Typography variant="caption" color="textSecondary" role="status" sx={{ display: 'flex', alignItems: 'center', gap: 2, px: 3 }}>
      <StatusDot tone={open ? 'success' : 'warning'} />
      {open ? 'Live' : 'Connecting…'}
    </Typography>
  );
}
