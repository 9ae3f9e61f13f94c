import AuditIcon from '@mui/icons-material/FactCheckOutlined';
import MaintenanceIcon from '@mui/icons-material/HealthAndSafetyOutlined';
import BackupIcon from '@mui/icons-material/SettingsBackupRestoreOutlined';
import HomeIcon from '@mui/icons-material/HomeOutlined';
import DatabaseIcon from '@mui/icons-material/SchemaOutlined';
import PolicyIcon from '@mui/icons-material/GppGoodOutlined';
import BucketIcon from '@mui/icons-material/Inventory2Outlined';
import ServicesIcon from '@mui/icons-material/LanOutlined';
import LinksIcon from '@mui/icons-material/LinkOutlined';
import AlertsIcon from '@mui/icons-material/NotificationsNoneOutlined';
import MonitoringIcon from '@mui/icons-material/MonitorHeartOutlined';
import UsageIcon from '@mui/icons-material/PieChartOutlined';
import JobsIcon from '@mui/icons-material/PlaylistPlayOutlined';
import SettingsIcon from '@mui/icons-material/TuneOutlined';
import SearchIcon from '@mui/icons-material/SearchOutlined';
import AccessIcon from '@mui/icons-material/VpnKeyOutlined';
import WebhookIcon from '@mui/icons-material/WebhookOutlined';
import type { ReactNode } from 'react';
import type { Messages } from '../messages/messages.ts';

export interface Page {
  readonly id: keyof Messages['shell']['pages'];
  readonly to:
    | '/'
    | '/maintenance'
    | '/backups'
    | '/database'
    | '/buckets'
    | '/search'
    | '/policies'
    | '/usage'
    | '/links'
    | '/webhooks'
    | '/jobs'
    | '/services'
    | '/access'
    | '/audit'
    | '/monitoring'
    | '/alerts'
    | '/settings';
  readonly icon: ReactNode;
}

export interface PageGroup {
  readonly id: keyof Messages['shell']['groups'];
  readonly pages: readonly Page[];
}

/** Every page of the navigation, in its groups; the command palette offers the same. */
export const PAGE_GROUPS: readonly PageGroup[] = [
  { id: 'start', pages: [{ id: 'home', to: '/', icon: <HomeIcon /> }] },
  {
    id: 'storage',
    pages: [
      { id: 'buckets', to: '/buckets', icon: <BucketIcon /> },
      { id: 'search', to: '/search', icon: <SearchIcon /> },
      { id: 'policies', to: '/policies', icon: <PolicyIcon /> },
      { id: 'usage', to: '/usage', icon: <UsageIcon /> },
      { id: 'links', to: '/links', icon: <LinksIcon /> },
    ],
  },
  {
    id: 'access',
    pages: [
      { id: 'access', to: '/access', icon: <AccessIcon /> },
      { id: 'audit', to: '/audit', icon: <AuditIcon /> },
    ],
  },
  {
    id: 'operations',
    pages: [
      { id: 'monitoring', to: '/monitoring', icon: <MonitoringIcon /> },
      { id: 'alerts', to: '/alerts', icon: <AlertsIcon /> },
      { id: 'services', to: '/services', icon: <ServicesIcon /> },
      { id: 'jobs', to: '/jobs', icon: <JobsIcon /> },
      { id: 'webhooks', to: '/webhooks', icon: <WebhookIcon /> },
      { id: 'maintenance', to: '/maintenance', icon: <MaintenanceIcon /> },
      { id: 'backups', to: '/backups', icon: <BackupIcon /> },
      { id: 'database', to: '/database', icon: <DatabaseIcon /> },
      { id: 'settings', to: '/settings', icon: <SettingsIcon /> },
    ],
  },
];
