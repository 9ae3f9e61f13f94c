import { RESOLUTIONS, type SeriesName } from '@supastor/contract/wire/metrics';
import { type Frame, mergeOverTime, type Points, valueAcross, valueOf } from './frame.ts';
import type { MetricStore } from './metric-store.port.ts';

export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

export interface Line {
  readonly instance: string | null;
  readonly points: readonly { readonly at: string; readonly value: number | null }[];
}

const TARGET_POINTS = 240;
const NICE_STEPS_SECONDS = [15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400];

/** A step that gives about 240 points, and is not finer than what is kept of that time. */
export function chooseStepSeconds(fromMs: number, toMs: number, nowMs: number, asked?: number): number {
  const wanted = asked ?? (toMs - fromMs) / 1000 / TARGET_POINTS;
  const kept = RESOLUTIONS.find(({ keepSeconds }) => fromMs >= nowMs - keepSeconds * 1000) ?? RESOLUTIONS[2];
  const atLeast = Math.max(wanted, kept.stepSeconds);
  const nice = NICE_STEPS_SECONDS.find((step) => step >= atLeast) ?? 86_400;
  // A step that was asked for is kept when it is a multiple of what is stored.
  return asked !== undefined && asked >= kept.stepSeconds && asked % kept.stepSeconds === 0 ? asked : nice;
}

/** The coarsest stored frames that a step can be put together from. */
function sourceStep(stepSeconds: number): number {
  return RESOLUTIONS.findLast((resolution) => stepSeconds % resolution.stepSeconds === 0)?.stepSeconds ?? RESOLUTIONS[0].stepSeconds;
}

/** Values of one series in steps; steps in which nothing was measured are null. */
export async function querySeries(store: MetricStore, series: SeriesName, range: Range, choice: LineChoice): Promise<readonly Line[]> {
  return linesOf(await readFrames(store, range), series, range, choice);
}

export interface LineChoice {
  readonly by: 'total' | 'instance';
  /** Only this one. */
  readonly instance?: string | undefined;
}

/** The same out of frames that were read with {@link readFrames} for that range, for when several series are wanted of it. */
export function linesOf(read: readonly Frame[], series: SeriesName, range: Range, choice: LineChoice): readonly Line[] {
  const { toMs, stepMs } = range;
  const startMs = startOf(range);
  const frames = read.filter(({ instance }) => choice.instance === undefined || instance === choice.instance);
  const times = Array.from({ length: Math.max(0, Math.ceil((toMs - startMs) / stepMs)) }, (_, at) => startMs + at * stepMs);
  const bySlot = Map.groupBy(frames, ({ atMs }) => Math.floor((atMs - startMs) / stepMs));
  const line = (instance: string | null, value: (slot: readonly Frame[]) => number | null): Line => ({
    instance,
    points: times.map((time, at) => ({ at: new Date(time).toISOString(), value: value(bySlot.get(at) ?? []) })),
  });
  if (choice.by === 'total') {
    return [line(null, (slot) => valueAcross(series, mergePerInstance(slot)))];
  }
  const names = [...new Set(frames.map(({ instance }) => instance))].toSorted();
  return names
    .map((name) =>
      line(name, (slot) => valueOf(series, mergeOverTime(slot.filter(({ instance }) => instance === name).map(({ points }) => points)))),
    )
    .filter(({ points }) => points.some(({ value }) => value !== null));
}

function startOf({ fromMs, stepMs }: Range): number {
  return Math.floor(fromMs / stepMs) * stepMs;
}

/** Frames of any number of moments as one for each instance. */
export function mergePerInstance(frames: readonly Frame[]): readonly Points[] {
  return [...Map.groupBy(frames, ({ instance }) => instance).values()].map((own) => mergeOverTime(own.map(({ points }) => points)));
}

/** What a range is put together from: coarse frames, and behind their end the fine ones that are not rolled up yet. */
export async function readFrames(store: MetricStore, range: Range): Promise<readonly Frame[]> {
  const { toMs, stepMs } = range;
  const startMs = startOf(range);
  const source = sourceStep(stepMs / 1000);
  const coarse = await store.read(source, startMs, toMs);
  const finest = RESOLUTIONS[0].stepSeconds;
  if (source === finest) return coarse;
  const newest = coarse.at(-1)?.atMs;
  const restMs = newest === undefined ? startMs : newest + source * 1000;
  return restMs < toMs ? [...coarse, ...(await store.read(finest, restMs, toMs))] : coarse;
}
