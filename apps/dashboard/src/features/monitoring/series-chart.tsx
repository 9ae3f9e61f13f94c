import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import type { SeriesName } from '@supastor/contract/wire/metrics';
import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { formatLocale } from '../../format/locale.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { newestOf, toRows } from './chart-rows.ts';
import { formatValue } from './format-value.ts';
import { type Range, RANGES, seriesQuery } from './monitoring-queries.ts';

export interface ChartLine {
  readonly series: SeriesName;
  readonly label: string;
  readonly tone: 'primary' | 'success' | 'warning' | 'error';
}

interface SeriesChartProps {
  readonly title: string;
  readonly lines: readonly ChartLine[];
  readonly range: Range;
}

/** Of the theme, light or dark. */
const COLOURS = {
  rule: 'var(--mui-palette-divider)',
  label: 'var(--mui-palette-text-secondary)',
  text: 'var(--mui-palette-text-primary)',
  paper: 'var(--mui-palette-background-paper)',
} as const;
const HEIGHT = 200;
const DAY_SECONDS = 86_400;

/** Lines over time with units at the axes, and their newest values in words for those who do not see them. */
export function SeriesChart({ title, lines, range }: SeriesChartProps) {
  const t = useMessages().monitoring;
  const results = useQueries({
    queries: lines.map(({ series }) => ({ ...seriesQuery(series, range), placeholderData: keepPreviousData })),
  });
  const answers = results.map(({ data }) => data);
  const unit = answers.find((answer) => answer !== undefined)?.unit ?? 'count';
  const points = lines.map(({ label }, at) => [label, answers[at]?.lines[0]?.points ?? []] as const);
  const rows = toRows(Object.fromEntries(points));
  const isEmpty = rows.every((row) => lines.every(({ label }) => (row[label] ?? null) === null));
  const newest = points.map(([label, own]) => {
    const value = newestOf(own);
    return `${label} ${value === null ? t.noValue : formatValue(value, unit)}`;
  });
  const failure = results.find(({ error, data }) => error !== null && data === undefined);
  const toTick = (atMs: number) => new Intl.DateTimeFormat(formatLocale(), tickForm(range)).format(atMs);
  return (
    <Paper variant="outlined" sx={{ p: 4, borderRadius: 1.5, minWidth: 0 }}>
      <Typography variant="h2" sx={{ fontSize: 14 }}>
        {title}
      </Typography>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 4, mb: 2, minHeight: 18 }} aria-hidden>
        {lines.map(({ label, tone }) => (
          <Typography key={label} variant="caption" color="textSecondary" sx={{ display: 'flex', alignItems: 'center', gap: 2 }}>
            <Box component="span" sx={{ width: 12, height: 2, bgcolor: `${tone}.main` }} />
            {label}
          </Typography>
        ))}
      </Box>
      {failure && <ErrorNotice error={failure.error} onRetry={() => void failure.refetch()} />}
      {!failure && results.some(({ isPending }) => isPending) && <Skeleton variant="rounded" height={HEIGHT} />}
      {!failure && results.every(({ isPending }) => !isPending) && isEmpty && (
        <Typography color="textSecondary" sx={{ height: HEIGHT, display: 'grid', placeItems: 'center' }}>
          {t.nothing}
        </Typography>
      )}
      {!failure && !isEmpty && (
        <Box role="img" aria-label={t.chartOf(title, newest.join(', '))} sx={{ height: HEIGHT }}>
          <ResponsiveContainer width="100%" height={HEIGHT}>
            <LineChart data={[...rows]} margin={{ top: 4, right: 8, bottom: 0, left: 0 }} accessibilityLayer={false}>
              <CartesianGrid vertical={false} stroke={COLOURS.rule} />
              <XAxis
                dataKey="atMs"
                type="number"
                scale="time"
                domain={['dataMin', 'dataMax']}
                tickFormatter={toTick}
                tick={{ fontSize: 12, fill: COLOURS.label }}
                stroke={COLOURS.rule}
                minTickGap={40}
              />
              <YAxis
                width={76}
                domain={[0, 'auto']}
                tickFormatter={(value: number) => formatValue(value, unit)}
                tick={{ fontSize: 12, fill: COLOURS.label }}
                stroke={COLOURS.rule}
              />
              <Tooltip
                isAnimationActive={false}
                labelFormatter={(label) =>
                  new Intl.DateTimeFormat(formatLocale(), { dateStyle: 'medium', timeStyle: 'short' }).format(Number(label))
                }
                formatter={(value) => (typeof value === 'number' ? formatValue(value, unit) : t.noValue)}
                contentStyle={{
                  background: COLOURS.paper,
                  border: `1px solid ${COLOURS.rule}`,
                  borderRadius: 8,
                  fontSize: 12,
                  color: COLOURS.text,
                }}
              />
              {lines.map(({ label, tone }) => (
                <Line
                  key={label}
                  dataKey={label}
                  name={label}
                  type="linear"
                  stroke={`var(--mui-palette-${tone}-main)`}
                  strokeWidth={2}
                  dot={false}
                  isAnimationActive={false}
                />
              ))}
            </LineChart>
          </ResponsiveContainer>
        </Box>
      )}
    </Paper>
  );
}

/** A time within a day, a day within a week. */
function tickForm(range: Range): Intl.DateTimeFormatOptions {
  return RANGES[range] > DAY_SECONDS ? { weekday: 'short', day: 'numeric' } : { hour: '2-digit', minute: '2-digit' };
}
