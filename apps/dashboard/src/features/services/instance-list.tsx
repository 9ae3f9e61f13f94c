import Box from '@mui/material/Box';
import type { ServiceInstance, ServiceStatus } from '@supastor/contract/wire/service-status';
import { formatBytes } from '../../format/bytes.ts';
import { formatCpu } from '../../format/cpu.ts';
import { formatDateTime, formatDuration } from '../../format/time.ts';
import type { Messages } from '../../messages/messages.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { StatusDot } from '../../ui/status-dot.tsx';
import { lookOf } from './service-state.ts';

interface InstanceListProps {
  readonly service: ServiceStatus;
  readonly now: number;
}

/** What each container of a service uses, where there are several. */
export function InstanceList({ service, now }: InstanceListProps) {
  const t = useMessages().services;
  if (service.instances.length < 2) return null;
  return (
    <Box
      component="ul"
      aria-label={t.instances(service.name)}
      className="num"
      sx={{ gridColumn: '1 / -1', m: 0, p: 0, listStyle: 'none', fontSize: 13, color: 'text.secondary' }}
    >
      {service.instances.map((instance) => (
        <InstanceLine key={instance.name} instance={instance} now={now} />
      ))}
    </Box>
  );
}

function InstanceLine({ instance, now }: { readonly instance: ServiceInstance; readonly now: number }) {
  const t = useMessages().services;
  const { name, node, state, startedAt, cpuCores, memoryBytes } = instance;
  const look = lookOf(state);
  return (
    <Box
      component="li"
      sx={{
        display: 'grid',
        gridTemplateColumns: 'minmax(0, 1fr) repeat(3, minmax(64px, 110px))',
        columnGap: 5,
        py: 1,
        alignItems: 'center',
      }}
    >
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 2, minWidth: 0 }}>
        <StatusDot tone={look.tone} pulse={look.moving} />
        {node === null ? name : `${name} ${t.node(node)}`}
      </Box>
      <span title={formatDateTime(startedAt)}>{startedAt === null ? '–' : formatDuration(now - Date.parse(startedAt))}</span>
      <span title={cpuTitle(t, instance)}>{formatCpu(cpuCores)}</span>
      <span title={memoryTitle(t, instance)}>{formatBytes(memoryBytes)}</span>
    </Box>
  );
}

/** What is to be said of the CPU figure of an instance. */
export function cpuTitle(t: Messages['services'], { startedAt, cpuSeconds, cpuLimitCores, node }: ServiceInstance): string {
  if (startedAt !== null && cpuSeconds === null && node !== null) return t.noFigure;
  return cpuLimitCores === null ? t.cpuHint : `${t.cpuHint} ${t.cpuLimit(formatCpu(cpuLimitCores))}`;
}

/** What is to be said of the memory figure of an instance; nothing when there is no limit. */
export function memoryTitle(
  t: Messages['services'],
  { startedAt, memoryBytes, memoryLimitBytes, node }: ServiceInstance,
): string | undefined {
  if (startedAt !== null && memoryBytes === null && node !== null) return t.noFigure;
  return memoryLimitBytes === null ? undefined : t.memoryLimit(formatBytes(memoryLimitBytes));
}
