import Box from '@mui/material/Box';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import { getRouteApi } from '@tanstack/react-router';
import type { Messages } from '../../messages/messages.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { type Range, RANGE_NAMES, rangeOf } from './monitoring-queries.ts';
import { type ChartLine, SeriesChart } from './series-chart.tsx';

const route = getRouteApi('/signed-in/monitoring');

type Text = Messages['monitoring'];

interface Chart {
  readonly id: keyof Text['charts'];
  readonly lines: readonly (readonly [ChartLine['series'], keyof Text['lines'], ChartLine['tone']])[];
}

const CHARTS: readonly Chart[] = [
  {
    id: 'requests',
    lines: [
      ['http.requests', 'all', 'primary'],
      ['http.rejected', 'rejected', 'warning'],
      ['http.errors', 'errors', 'error'],
    ],
  },
  {
    id: 'latency',
    lines: [
      ['http.p50', 'p50', 'success'],
      ['http.p95', 'p95', 'primary'],
      ['http.p99', 'p99', 'warning'],
    ],
  },
  {
    id: 'throughput',
    lines: [
      ['bytes.in', 'in', 'primary'],
      ['bytes.out', 'out', 'success'],
    ],
  },
  {
    id: 'disk',
    lines: [
      ['disk.total', 'size', 'primary'],
      ['disk.free', 'free', 'success'],
    ],
  },
  { id: 'stored', lines: [['storage.bytes', 'stored', 'primary']] },
  {
    id: 'connections',
    lines: [
      ['postgres.connections', 'used', 'primary'],
      ['postgres.maxConnections', 'accepted', 'warning'],
    ],
  },
  { id: 'memory', lines: [['process.memory', 'resident', 'primary']] },
  {
    id: 'webhooks',
    lines: [
      ['webhooks.pending', 'waiting', 'primary'],
      ['webhooks.dead', 'dead', 'error'],
    ],
  },
];

/** Charts of what was measured. */
export function MonitoringPage() {
  const t = useMessages().monitoring;
  const range = rangeOf(route.useSearch().range);
  const navigate = route.useNavigate();
  return (
    <>
      <PageHeader title={t.title} text={t.text}>
        <ToggleButtonGroup
          exclusive
          size="small"
          aria-label={t.range}
          value={range}
          onChange={(_, chosen: Range | null) => chosen && void navigate({ search: { range: chosen }, replace: true })}
        >
          {RANGE_NAMES.map((name) => (
            <ToggleButton key={name} value={name}>
              {t.ranges[name]}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
      </PageHeader>
      <Box sx={{ display: 'grid', gap: 4, gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'repeat(2, minmax(0, 1fr))' } }}>
        {CHARTS.map(({ id, lines }) => (
          <SeriesChart
            key={id}
            title={t.charts[id]}
            hint={t.hints[id]}
            range={range}
            lines={lines.map(([series, label, tone]) => ({ series, label: t.lines[label], tone }))}
          />
        ))}
      </Box>
    </>
  );
}
