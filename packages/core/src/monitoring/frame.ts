import { LATENCY_BOUNDS_SECONDS, type SeriesName, seriesOf } from '@supastor/contract/wire/metrics';

/** Series as they are stored; quantiles are read off the distribution `http.latency`. */
export type StoredSeries = SeriesName | 'http.latency';

/**
 * What was measured of one series in one interval. Rates: what was counted, and the seconds it took. Levels: sum, number, lowest and
 * highest of the values. Distribution: what was counted up to each bound.
 */
export type Point = readonly number[];
export type Points = { readonly [S in StoredSeries]?: Point };

/** What was measured of one instance in the interval that starts at `atMs`. */
export interface Frame {
  readonly instance: string;
  readonly atMs: number;
  readonly points: Points;
}

/** One value, or null when nothing was measured. */
export function valueOf(series: SeriesName, points: Points): number | null {
  const { kind, quantile } = seriesOf(series);
  if (kind === 'quantile') return quantileOf(points['http.latency'] ?? [], quantile ?? 0.5);
  const [total = 0, parts = 0] = points[series] ?? [];
  return parts > 0 ? total / parts : null;
}

/** The same instance over a longer time. */
export function mergeOverTime(frames: readonly Points[]): Points {
  const merged: { [S in StoredSeries]?: number[] } = {};
  for (const frame of frames) {
    for (const [name, point] of entriesOf(frame)) {
      const before = merged[name];
      merged[name] = before ? combine(name, before, point) : [...point];
    }
  }
  return merged;
}

/** A later look in the same interval: counts are added, levels replaced. */
export function addTo(earlier: Points, later: Points): Points {
  const levels = Object.fromEntries(entriesOf(later).filter(([name]) => isLevel(name)));
  return { ...mergeOverTime([earlier, later]), ...levels };
}

function isLevel(name: StoredSeries): boolean {
  return name !== 'http.latency' && seriesOf(name).kind === 'level';
}

function entriesOf(points: Points): readonly (readonly [StoredSeries, Point])[] {
  const names = Object.keys(points).filter((name): name is StoredSeries => Object.hasOwn(points, name));
  return names.flatMap((name) => {
    const point = points[name];
    return point === undefined ? [] : [[name, point] as const];
  });
}

function combine(name: StoredSeries, left: readonly number[], right: readonly number[]): number[] {
  const sums = Array.from({ length: Math.max(left.length, right.length) }, (_, at) => (left[at] ?? 0) + (right[at] ?? 0));
  if (!isLevel(name)) return sums;
  const [total = 0, parts = 0] = sums;
  return [total, parts, Math.min(left[2] ?? Infinity, right[2] ?? Infinity), Math.max(left[3] ?? -Infinity, right[3] ?? -Infinity)];
}

/** A measured value as a point. */
export function level(value: number): Point {
  return [value, 1, value, value];
}

/** Of each instance the newest frame in which a series was measured; frames are oldest first. */
export function newestFrames(series: SeriesName, frames: readonly Frame[]): readonly Frame[] {
  const measured = frames.filter(({ points }) => points[series] !== undefined);
  return [...new Map(measured.map((frame) => [frame.instance, frame])).values()];
}

/** One value of several instances at the same time. */
export function valueAcross(series: SeriesName, frames: readonly Points[]): number | null {
  const { kind, across = 'sum' } = seriesOf(series);
  if (kind === 'quantile') {
    const together = mergeOverTime(
      frames.flatMap((points) => (points['http.latency'] ? [{ 'http.latency': points['http.latency'] }] : [])),
    );
    return valueOf(series, together);
  }
  const values = frames.map((points) => valueOf(series, points)).filter((value) => value !== null);
  if (values.length === 0) return null;
  if (kind === 'rate' || across === 'sum') return values.reduce((sum, value) => sum + value, 0);
  return across === 'max' ? Math.max(...values) : Math.min(...values);
}

/** The value that a share of what was counted does not exceed, on the assumption that it is spread evenly between two bounds. */
function quantileOf(counts: Point, quantile: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const rank = total * quantile;
  let below = 0;
  for (const [at, count] of counts.entries()) {
    const upper = LATENCY_BOUNDS_SECONDS[at];
    const lower = LATENCY_BOUNDS_SECONDS[at - 1] ?? 0;
    if (upper === undefined) return lower;
    if (count > 0 && below + count >= rank) return lower + ((upper - lower) * Math.max(0, rank - below)) / count;
    below += count;
  }
  return LATENCY_BOUNDS_SECONDS.at(-1) ?? null;
}
