import Box from '@mui/material/Box';
import type { MetricsOverview } from '@supastor/contract/wire/metrics';
import { formatBytes } from '../../../format/bytes.ts';
import { formatNumber } from '../../../format/locale.ts';
import { useMessages } from '../../../messages/locale-provider.tsx';
import { Figure, WithOverview } from './figure.tsx';
import { Sparkline } from './sparkline.tsx';

type Points = MetricsOverview['lastHour']['requestsPerSecond'];

/** Requests a second. */
export function RequestsWidget() {
  const t = useMessages().home;
  return (
    <WithOverview>
      {({ traffic, lastHour, windowSeconds }) => (
        <>
          <Figure value={rate(traffic.requestsPerSecond, t.perSecond)} text={t.window(Math.round(windowSeconds / 60))} />
          <Hour name={t.widgets.requests} points={lastHour.requestsPerSecond} format={(value) => rate(value, t.perSecond)} />
        </>
      )}
    </WithOverview>
  );
}

/** Share of requests that failed. */
export function ErrorsWidget() {
  const t = useMessages().home;
  return (
    <WithOverview>
      {({ traffic, lastHour }) => (
        <>
          <Figure value={share(traffic.errorRate)} text={t.errorShare} />
          <Hour
            name={t.widgets.errors}
            points={lastHour.errorsPerSecond}
            format={(value) => rate(value, t.perSecond)}
            tone={(traffic.errorRate ?? 0) > 0 ? 'error' : 'primary'}
          />
        </>
      )}
    </WithOverview>
  );
}

/** How long answers take. */
export function LatencyWidget() {
  const t = useMessages().home;
  return (
    <WithOverview>
      {({ traffic }) => (
        <Pair>
          <Figure value={duration(traffic.p50Seconds)} text={t.p50} />
          <Figure value={duration(traffic.p99Seconds)} text={t.p99} />
        </Pair>
      )}
    </WithOverview>
  );
}

/** Bytes a second in both directions. */
export function ThroughputWidget() {
  const t = useMessages().home;
  const bytes = (value: number | null) => (value === null ? '–' : t.perSecond(formatBytes(Math.round(value))));
  return (
    <WithOverview>
      {({ traffic, lastHour }) => (
        <>
          <Pair>
            <Figure value={bytes(traffic.bytesInPerSecond)} text={t.bytesIn} />
            <Figure value={bytes(traffic.bytesOutPerSecond)} text={t.bytesOut} />
          </Pair>
          <Hour name={t.widgets.throughput} points={lastHour.bytesPerSecond} format={bytes} />
        </>
      )}
    </WithOverview>
  );
}

interface HourProps {
  readonly name: string;
  readonly points: Points;
  readonly format: (value: number) => string;
  readonly tone?: 'primary' | 'error';
}

function Hour({ name, points, format, tone = 'primary' }: HourProps) {
  const t = useMessages().home;
  const measured = points.flatMap(({ value }) => (value === null ? [] : [value]));
  if (measured.length === 0) return null;
  const label = t.range(name, format(Math.min(...measured)), format(Math.max(...measured)));
  return <Sparkline values={points.map(({ value }) => value)} label={label} tone={tone} />;
}

function Pair({ children }: { readonly children: React.ReactNode }) {
  return <Box sx={{ display: 'grid', gridTemplateColumns: 'repeat(2, minmax(0, 1fr))', gap: 3 }}>{children}</Box>;
}

function rate(value: number | null, perSecond: (value: string) => string): string {
  return value === null ? '–' : perSecond(formatNumber(value, { maximumSignificantDigits: 3 }));
}

function share(value: number | null): string {
  return value === null ? '–' : formatNumber(value, { style: 'percent', maximumSignificantDigits: 2 });
}

function duration(seconds: number | null): string {
  if (seconds === null) return '–';
  return seconds < 1
    ? `${formatNumber(seconds * 1000, { maximumSignificantDigits: 2 })} ms`
    : `${formatNumber(seconds, { maximumSignificantDigits: 2 })} s`;
}
