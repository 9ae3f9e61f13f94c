import type { MetricsOverview, SeriesName } from '@supastor/contract/wire/metrics';
import { forecastDisk, growthPerDay, type UsedAt } from './forecast.ts';
import { type Frame, valueAcross, valueOf } from './frame.ts';
import type { MetricStore } from './metric-store.port.ts';
import { linesOf, mergePerInstance, type Range, readFrames } from './query-series.ts';

const WINDOW_MS = 300_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const WEEK_MS = 7 * 24 * HOUR_MS;
/** What storage holds is counted rarely: the newest count of this time is shown. */
const RECENT_MS = 1_800_000;

/** What the home page shows. */
export async function buildOverview(store: MetricStore, nowMs: number): Promise<MetricsOverview> {
  const toMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  const lastHour: Range = { fromMs: toMs - HOUR_MS, toMs, stepMs: MINUTE_MS };
  const [recent, week, instances, hour] = await Promise.all([
    store.read(15, nowMs - RECENT_MS, nowMs + 1),
    store.read(900, nowMs - WEEK_MS, nowMs + 1),
    store.instances(nowMs - WINDOW_MS),
    readFrames(store, lastHour),
  ]);
  const window = mergePerInstance(recent.filter(({ atMs }) => atMs >= nowMs - WINDOW_MS));
  const rate = (series: SeriesName) => valueAcross(series, window);
  const latest = (series: SeriesName) => newestOf(series, recent);
  const pointsOf = (series: SeriesName) => [...(linesOf(hour, series, lastHour, { by: 'total' })[0]?.points ?? [])];
  const [requestsPerSecond, errorsPerSecond] = [rate('http.requests'), rate('http.errors')];
  const [totalBytes, freeBytes] = [latest('disk.total'), latest('disk.free')];
  const hasDisk = freeBytes !== null || week.some(({ points }) => points['disk.free'] !== undefined);
  return {
    at: new Date(nowMs).toISOString(),
    windowSeconds: WINDOW_MS / 1000,
    traffic: {
      requestsPerSecond,
      errorRate: requestsPerSecond === null || requestsPerSecond === 0 ? null : (errorsPerSecond ?? 0) / requestsPerSecond,
      p50Seconds: rate('http.p50'),
      p99Seconds: rate('http.p99'),
      bytesInPerSecond: rate('bytes.in'),
      bytesOutPerSecond: rate('bytes.out'),
    },
    storage: {
      objects: latest('storage.objects'),
      bytes: latest('storage.bytes'),
      bytesPerDay: growthPerDay(levels(week, ({ points }) => valueOf('storage.bytes', points))),
    },
    disk: { totalBytes, freeBytes, forecast: forecastDisk(diskUse(week), hasDisk ? (freeBytes ?? 0) : null, nowMs) },
    lastHour: {
      requestsPerSecond: pointsOf('http.requests'),
      errorsPerSecond: pointsOf('http.errors'),
      bytesPerSecond: addPoints(pointsOf('bytes.in'), pointsOf('bytes.out')),
    },
    instances: instances
      .filter(({ job }) => job !== 'certificate')
      .map(({ instance, job, up, at, error }) => ({ instance, job, up, at, error })),
  };
}

type MetricPoints = MetricsOverview['lastHour']['requestsPerSecond'];

function addPoints(left: MetricPoints, right: MetricPoints): MetricPoints {
  return left.map(({ at, value }, index) => {
    const other = right[index]?.value ?? null;
    return { at, value: value === null && other === null ? null : (value ?? 0) + (other ?? 0) };
  });
}

/** What is in use on the fullest disk of all instances. */
export function diskUse(frames: readonly Frame[]): readonly UsedAt[] {
  return levels(frames, ({ points }) => {
    const [total, free] = [valueOf('disk.total', points), valueOf('disk.free', points)];
    return total === null || free === null ? null : total - free;
  });
}

/** One value for each moment: the highest that an instance measured. */
function levels(frames: readonly Frame[], valueOfFrame: (frame: Frame) => number | null): readonly UsedAt[] {
  return [...Map.groupBy(frames, ({ atMs }) => atMs)].flatMap(([atMs, group]) => {
    const values = group.map(valueOfFrame).filter((value) => value !== null);
    return values.length === 0 ? [] : [{ atMs, bytes: Math.max(...values) }];
  });
}

/** The value of the newest moment at which it was measured. */
export function newestOf(series: SeriesName, frames: readonly Frame[]): number | null {
  const newest = frames.findLast(({ points }) => points[series] !== undefined)?.atMs;
  if (newest === undefined) return null;
  const together = frames.filter(({ atMs }) => atMs === newest);
  return valueAcross(series, mergePerInstance(together));
}
