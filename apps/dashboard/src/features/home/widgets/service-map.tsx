import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import type { ServiceState, ServiceStatus } from '@supastor/contract/wire/service-status';
import { useQuery } from '@tanstack/react-query';
import { formatBytes } from '../../../format/bytes.ts';
import { useMessages } from '../../../messages/locale-provider.tsx';
import { StatusDot, type Tone } from '../../../ui/status-dot.tsx';
import { serviceMapQuery } from '../home-queries.ts';
import { Failure } from './figure.tsx';
import { RouteLink } from './recent-list.tsx';

type NodeId = 'clients' | 'storage' | 'admin' | 'postgres' | 'meta' | 'disk';

/** Centres in percent of the map. */
const PLACES: Readonly<Record<NodeId, readonly [x: number, y: number]>> = {
  clients: [15, 50],
  storage: [50, 24],
  admin: [50, 76],
  disk: [85, 15],
  postgres: [85, 50],
  meta: [85, 85],
};

const EDGES: readonly (readonly [NodeId, NodeId])[] = [
  ['clients', 'storage'],
  ['clients', 'admin'],
  ['admin', 'storage'],
  ['storage', 'disk'],
  ['storage', 'postgres'],
  ['admin', 'postgres'],
  ['admin', 'meta'],
  ['meta', 'postgres'],
];

const TONES: Readonly<Record<ServiceState, Tone>> = {
  stopped: 'neutral',
  starting: 'info',
  healthy: 'success',
  unhealthy: 'error',
  backoff: 'warning',
  stopping: 'info',
  crashed: 'error',
};

/** Which service talks to which, how each is right now, and the way to its log. */
export function ServiceMap() {
  const t = useMessages().home;
  const { data, error } = useQuery(serviceMapQuery);
  if (error && !data) return <Failure error={error} />;
  const services = new Map<string, ServiceStatus>(data?.services.map((service) => [service.name, service]));
  const isBroken = (id: NodeId) => {
    const state = services.get(id)?.state;
    return state !== undefined && TONES[state] !== 'success' && TONES[state] !== 'info';
  };
  return (
    <Box role="group" aria-label={t.map.label} sx={{ position: 'relative', flex: 1, minHeight: 220, mt: 1 }}>
      <Box
        component="svg"
        aria-hidden
        viewBox="0 0 100 100"
        preserveAspectRatio="none"
        sx={{ position: 'absolute', inset: 0, width: '100%', height: '100%', color: 'divider' }}
      >
        {EDGES.map(([from, to]) => (
          <Box
            key={`${from}-${to}`}
            component="line"
            x1={PLACES[from][0]}
            y1={PLACES[from][1]}
            x2={PLACES[to][0]}
            y2={PLACES[to][1]}
            vectorEffect="non-scaling-stroke"
            sx={{
              stroke: 'currentColor',
              strokeWidth: 1.5,
              ...((isBroken(from) || isBroken(to)) && { color: 'error.main', strokeDasharray: '4 4' }),
            }}
          />
        ))}
      </Box>
      <Node id="clients" title={t.map.clients} />
      <Node id="disk" title={t.map.disk} />
      {(['storage', 'admin', 'postgres', 'meta'] as const).map((id) => {
        const service = services.get(id);
        if (service === undefined) return <Node key={id} id={id} title={id} />;
        const facts = [t.states[service.state], ...(service.rssBytes === null ? [] : [formatBytes(service.rssBytes)])];
        if (service.restarts > 0) facts.push(t.map.restarts(service.restarts));
        return <Node key={id} id={id} title={id} tone={TONES[service.state]} detail={facts.join(' · ')} />;
      })}
    </Box>
  );
}

interface NodeProps {
  readonly id: NodeId;
  readonly title: string;
  readonly tone?: Tone;
  readonly detail?: string;
}

function Node({ id, title, tone, detail }: NodeProps) {
  const [x, y] = PLACES[id];
  return (
    <Paper
      variant="outlined"
      sx={{
        position: 'absolute',
        left: `${x}%`,
        top: `${y}%`,
        transform: 'translate(-50%, -50%)',
        width: '28%',
        maxWidth: 168,
        px: 2,
        py: 1,
        textAlign: 'center',
        boxSizing: 'border-box',
      }}
    >
      <Typography component="div" noWrap sx={{ fontSize: 13, fontWeight: 550 }}>
        {tone === undefined ? (
          title
        ) : (
          <RouteLink to="/services" search={{ service: id }} color="inherit" underline="hover">
            <StatusDot tone={tone} /> {title}
          </RouteLink>
        )}
      </Typography>
      {detail !== undefined && (
        <Typography variant="caption" component="div" color="textSecondary" noWrap className="num" title={detail}>
          {detail}
        </Typography>
      )}
    </Paper>
  );
}
