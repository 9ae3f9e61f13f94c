import type { SeriesName } from '@supastor/contract/wire/metrics';
import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';

/** Periods by their name in the address, in seconds. */
export const RANGES = { hour: 3600, quarter: 21_600, day: 86_400, week: 604_800 } as const;
export type Range = keyof typeof RANGES;
export const RANGE_NAMES: readonly Range[] = ['hour', 'quarter', 'day', 'week'];

export function rangeOf(text: unknown): Range {
  return RANGE_NAMES.find((name) => name === text) ?? 'hour';
}

const FAST_MS = 15_000;
const SLOW_MS = 60_000;

/** One series over a period that ends now. */
export function seriesQuery(series: SeriesName, range: Range) {
  return queryOptions({
    queryKey: keys.metrics(series, range),
    queryFn: ({ signal }) => {
      const from = new Date(Date.now() - RANGES[range] * 1000).toISOString();
      return call(operations.metricsQuery, { series, from }, signal);
    },
    refetchInterval: range === 'hour' ? FAST_MS : SLOW_MS,
  });
}
