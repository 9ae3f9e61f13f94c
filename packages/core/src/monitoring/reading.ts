import { LATENCY_BOUNDS_SECONDS, SERIES, type SeriesName, seriesOf } from '@supastor/contract/wire/metrics';
import { level, type Point, type Points, type StoredSeries } from './frame.ts';
import { COUNTERS, DELIVERIES, GAUGES, OWN_ROUTES, REQUESTS } from './prometheus-names.ts';
import type { Sample } from './prometheus-text.ts';

/** What an instance says of itself at one moment: counts since it started, and levels. */
export interface Reading {
  readonly atMs: number;
  /** When the instance started; null when it does not say. */
  readonly startedAtMs: number | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly levels: { readonly [S in SeriesName]?: number };
  /** Requests up to each bound of the latencies, and beyond the last; empty when it does not say. */
  readonly latencies: readonly number[];
}

const IS_OWN_ROUTE = new RegExp(`^${OWN_ROUTES}`);
const SERIES_BY_COUNTER = seriesByName(COUNTERS);
const SERIES_BY_GAUGE = seriesByName(GAUGES);

/** Sums up what a server exposes; requests about its own health do not count. */
export function toReading(samples: readonly Sample[], atMs: number): Reading {
  const counts: Record<string, number> = {};
  const levels: { [S in SeriesName]?: number } = {};
  const cumulative = new Map<number, number>();
  let startedAtMs: number | null = null;
  const count = (name: SeriesName, value: number) => (counts[name] = (counts[name] ?? 0) + value);
  for (const { name, labels, value } of samples) {
    if (!Number.isFinite(value)) continue;
    const [counter, gauge] = [SERIES_BY_COUNTER.get(name), SERIES_BY_GAUGE.get(name)];
    if (counter !== undefined) count(counter, value);
    else if (gauge !== undefined) levels[gauge] = value;
    else if (name === 'process_start_time_seconds') startedAtMs = value * 1000;
    else if (name === DELIVERIES) count(labels['outcome'] === 'delivered' ? 'webhooks.delivered' : 'webhooks.failed', value);
    else if (name.startsWith(REQUESTS) && !IS_OWN_ROUTE.test(labels['route'] ?? '')) {
      if (name === `${REQUESTS}_count`) countRequests(count, labels['status'], value);
      else if (name === `${REQUESTS}_bucket`) {
        const bound = labels['le'] === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels['le']);
        cumulative.set(bound, (cumulative.get(bound) ?? 0) + value);
      }
    }
  }
  return { atMs, startedAtMs, counts, levels, latencies: spread(cumulative) };
}

function countRequests(count: (name: SeriesName, value: number) => void, status: string | undefined, value: number): void {
  count('http.requests', value);
  if (status?.startsWith('5') === true) count('http.errors', value);
  else if (status?.startsWith('4') === true) count('http.rejected', value);
}

/** Counts up to a bound, as a server gives them, as counts between our bounds. */
function spread(cumulative: ReadonlyMap<number, number>): readonly number[] {
  if (cumulative.size === 0) return [];
  const counts = Array.from({ length: LATENCY_BOUNDS_SECONDS.length + 1 }, () => 0);
  let before = 0;
  for (const [bound, total] of [...cumulative].toSorted(([a], [b]) => a - b)) {
    const found = LATENCY_BOUNDS_SECONDS.findIndex((ours) => ours >= bound);
    const at = found === -1 ? LATENCY_BOUNDS_SECONDS.length : found;
    counts[at] = (counts[at] ?? 0) + Math.max(0, total - before);
    before = Math.max(before, total);
  }
  return counts;
}

/**
 * What happened between two readings of an instance. A counter that fell, or a later start, means that it started anew: then all it
 * counted is new. Without an earlier reading only an instance that started within `freshMs` is known to have counted from nothing.
 */
export function advance(before: Reading | null, now: Reading, freshMs: number): Points {
  const points: { [S in StoredSeries]?: Point } = {};
  for (const [name, value] of levelEntries(now)) points[name] = level(value);
  const elapsedSeconds = before ? (now.atMs - before.atMs) / 1000 : freshMs / 1000;
  const isFresh = now.startedAtMs !== null && now.atMs - now.startedAtMs < freshMs;
  if ((!before && !isFresh) || elapsedSeconds <= 0) return points;
  const isRestarted =
    before !== null && now.startedAtMs !== null && before.startedAtMs !== null && now.startedAtMs > before.startedAtMs + 1000;
  const base = isRestarted ? null : before;
  for (const [name, value] of countEntries(now)) points[name] = [increase(base?.counts[name], value), elapsedSeconds];
  const earlier = base?.latencies ?? [];
  const isReset = now.latencies.some((value, at) => value < (earlier[at] ?? 0));
  if (now.latencies.length > 0) points['http.latency'] = now.latencies.map((value, at) => value - (isReset ? 0 : (earlier[at] ?? 0)));
  return points;
}

function increase(before: number | undefined, now: number): number {
  return before === undefined || now < before ? now : now - before;
}

function levelEntries({ levels }: Reading): readonly (readonly [SeriesName, number])[] {
  return Object.entries(levels).flatMap(([name, value]) => (isSeries(name) ? [[name, value] as const] : []));
}

function countEntries({ counts }: Reading): readonly (readonly [SeriesName, number])[] {
  return Object.entries(counts).flatMap(([name, value]) =>
    isSeries(name) && seriesOf(name).kind === 'rate' ? [[name, value] as const] : [],
  );
}

function seriesByName(names: { readonly [S in SeriesName]?: string }): ReadonlyMap<string, SeriesName> {
  return new Map(Object.entries(names).flatMap(([series, name]) => (isSeries(series) ? [[name, series] as const] : [])));
}

function isSeries(name: string): name is SeriesName {
  return Object.hasOwn(SERIES, name);
}
