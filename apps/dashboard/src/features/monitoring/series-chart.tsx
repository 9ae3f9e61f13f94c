import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import type { SeriesName } from '@supastor/contract/wire/metrics';
import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { newestOf, toRows } from './chart-rows.ts';
import { formatValue } from './format-value.ts';
import { LinePlot, type PlottedLine } from './line-plot.tsx';
import { type Range, RANGES, seriesQuery } from './monitoring-queries.ts';

export interface ChartLine extends PlottedLine {
  readonly series: SeriesName;
}

interface SeriesChartProps {
  readonly title: string;
  /** What it tells, and what it would show while nothing is there to show. */
  readonly hint: string;
  readonly lines: readonly ChartLine[];
  readonly range: Range;
}

const HEIGHT = 200;

/** Lines over time in a frame: what each is, its newest value, and what to expect while there is none. */
export function SeriesChart({ title, hint, lines, range }: SeriesChartProps) {
  const t = useMessages().monitoring;
  const results = useQueries({
    queries: lines.map(({ series }) => ({ ...seriesQuery(series, range), placeholderData: keepPreviousData })),
  });
  const answers = results.map(({ data }) => data);
  const first = answers.find((answer) => answer !== undefined);
  const unit = first?.unit ?? 'count';
  const points = lines.map(({ label }, at) => [label, answers[at]?.lines[0]?.points ?? []] as const);
  const rows = toRows(Object.fromEntries(points));
  const isEmpty = rows.every((row) => lines.every(({ label }) => (row[label] ?? null) === null));
  const newest = points.map(([, own]) => {
    const value = newestOf(own);
    return value === null ? null : formatValue(value, unit);
  });
  const failure = results.find(({ error, data }) => error !== null && data === undefined);
  const isPending = results.some((result) => result.isPending);
  const toMs = first === undefined ? 0 : Date.parse(first.to);
  const inWords = lines.map(({ label }, at) => `${label} ${newest[at] ?? t.noValue}`).join(', ');
  return (
    <Paper component="section" aria-label={title} variant="outlined" sx={{ p: 4, pb: 3, borderRadius: 1.5, minWidth: 0 }}>
      <Typography variant="h2" sx={{ fontSize: 14 }}>
        {title}
      </Typography>
      <Legend lines={lines} newest={newest} />
      {failure && <ErrorNotice error={failure.error} onRetry={() => void failure.refetch()} />}
      {!failure && isPending && <Skeleton variant="rounded" height={HEIGHT} />}
      {!failure && !isPending && isEmpty && (
        <Box sx={{ height: HEIGHT, display: 'grid', placeContent: 'center', textAlign: 'center', px: 4 }}>
          <Typography sx={{ fontSize: 13, fontWeight: 550 }}>{t.nothing}</Typography>
          <Typography variant="body2" color="textSecondary" sx={{ maxWidth: 360 }}>
            {hint}
          </Typography>
        </Box>
      )}
      {!failure && !isPending && !isEmpty && (
        <Box role="img" aria-label={t.chartOf(title, inWords)} sx={{ height: HEIGHT }}>
          <LinePlot
            rows={rows}
            lines={lines}
            unit={unit}
            fromMs={toMs - RANGES[range] * 1000}
            toMs={toMs}
            height={HEIGHT}
            noValue={t.noValue}
          />
        </Box>
      )}
    </Paper>
  );
}

interface LegendProps {
  readonly lines: readonly ChartLine[];
  readonly newest: readonly (string | null)[];
}

/** Hidden from screen readers: the name of the chart says the same in words. */
function Legend({ lines, newest }: LegendProps) {
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 4, mt: 1, mb: 2, minHeight: 18 }} aria-hidden>
      {lines.map(({ label, tone }, at) => (
        <Typography key={label} variant="caption" color="textSecondary" sx={{ display: 'flex', alignItems: 'center', gap: 2 }}>
          <Box component="span" sx={{ width: 12, height: 2, borderRadius: 1, bgcolor: `${tone}.main` }} />
          {label}
          <Box component="span" className="num" sx={{ color: 'text.primary', fontWeight: 550 }}>
            {newest[at] ?? '–'}
          </Box>
        </Typography>
      ))}
    </Box>
  );
}
