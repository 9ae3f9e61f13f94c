import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import type { ServiceName, ServiceStatus } from '@supastor/contract/wire/service-status';
import type { ReactNode } from 'react';
import { formatBytes } from '../../format/bytes.ts';
import { formatCpu } from '../../format/cpu.ts';
import { formatDateTime, formatDuration } from '../../format/time.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { useNow } from '../../ui/relative-time.tsx';
import { StatusDot } from '../../ui/status-dot.tsx';
import { cpuTitle, InstanceList, memoryTitle } from './instance-list.tsx';
import { ServiceActions } from './service-actions.tsx';
import { lookOf } from './service-state.ts';

interface ServiceTableProps {
  readonly services: readonly ServiceStatus[];
  readonly onLogs: (service: ServiceName) => void;
}

/** One line per service; on a phone, one card. */
export function ServiceTable({ services, onLogs }: ServiceTableProps) {
  const t = useMessages().services;
  const now = useNow(1000);
  return (
    <Paper
      component="ul"
      variant="outlined"
      aria-label={t.title}
      sx={{ m: 0, p: 0, listStyle: 'none', borderRadius: 1.5, overflow: 'hidden' }}
    >
      {services.map((service) => (
        <ServiceLine key={service.name} service={service} now={now} onLogs={() => onLogs(service.name)} />
      ))}
    </Paper>
  );
}

interface ServiceLineProps {
  readonly service: ServiceStatus;
  readonly now: number;
  readonly onLogs: () => void;
}

function ServiceLine({ service, now, onLogs }: ServiceLineProps) {
  const t = useMessages().services;
  const look = lookOf(service.state);
  const [instance] = service.instances;
  const only = service.instances.length === 1 ? instance : undefined;
  return (
    <Box
      component="li"
      aria-label={service.name}
      sx={{
        display: 'grid',
        gridTemplateColumns: { xs: 'minmax(0, 1fr) auto', md: 'minmax(200px, 1fr) 148px 420px 44px' },
        columnGap: 5,
        rowGap: 3,
        alignItems: 'center',
        px: 5,
        py: 3.5,
        '& + &': { borderTop: 1, borderColor: 'divider' },
      }}
    >
      <Box sx={{ minWidth: 0 }}>
        <Typography variant="h3" component="h2">
          {service.name}
        </Typography>
        <Typography variant="caption" color="textSecondary" component="p" noWrap title={service.detail ?? undefined}>
          {service.detail ?? t.roles[service.name]}
        </Typography>
      </Box>
      <Box role="status" sx={{ display: 'flex', alignItems: 'center', gap: 2, fontSize: 13, gridRow: { xs: 2, md: 'auto' } }}>
        <StatusDot tone={look.tone} pulse={look.moving} />
        {t.states[service.state]}
      </Box>
      <Box
        component="dl"
        className="num"
        sx={{
          m: 0,
          display: 'grid',
          gridTemplateColumns: '1.4fr 0.8fr 1fr 0.8fr 0.8fr',
          gap: 2,
          gridColumn: { xs: '1 / -1', md: 'auto' },
        }}
      >
        <Fact name={t.facts.uptime} title={formatDateTime(service.startedAt)}>
          {service.startedAt === null ? '–' : formatDuration(now - Date.parse(service.startedAt))}
        </Fact>
        <Fact name={t.facts.cpu} title={only ? cpuTitle(t, only) : t.cpuHint}>
          {formatCpu(service.cpuCores)}
        </Fact>
        <Fact name={t.facts.memory} title={only && memoryTitle(t, only)}>
          {formatBytes(service.rssBytes)}
        </Fact>
        <Fact name={t.facts.port}>{Object.values(service.ports).join(', ') || '–'}</Fact>
        <Fact name={t.facts.restarts}>{service.restarts}</Fact>
      </Box>
      <Box sx={{ gridRow: { xs: 1, md: 'auto' }, gridColumn: { xs: 2, md: 'auto' }, justifySelf: 'end' }}>
        <ServiceActions service={service} onLogs={onLogs} />
      </Box>
      <InstanceList service={service} now={now} />
    </Box>
  );
}

function Fact({ name, title, children }: { readonly name: string; readonly title?: string | undefined; readonly children: ReactNode }) {
  return (
    <div title={title}>
      <Box component="dt" sx={{ fontSize: 12, color: 'text.secondary' }}>
        {name}
      </Box>
      <Box component="dd" sx={{ m: 0, fontSize: 13, whiteSpace: 'nowrap' }}>
        {children}
      </Box>
    </div>
  );
}

/** Lines of the right height while the state is on its way. */
export function ServicesSkeleton() {
  return (
    <Box aria-hidden sx={{ display: 'grid', gap: 1 }}>
      {[0, 1, 2, 3].map((index) => (
        <Skeleton key={index} variant="rounded" height={68} />
      ))}
    </Box>
  );
}
