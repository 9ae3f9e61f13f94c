import { RESOLUTIONS } from '@supastor/contract/wire/metrics';
import { addTo, type Frame, level, mergeOverTime } from './frame.ts';
import type { MetricStore, WatchedInstance } from './metric-store.port.ts';
import { advance, type Reading } from './reading.ts';

/** Something that can be asked how it is. */
export interface Source {
  readonly instance: string;
  readonly job: 'storage' | 'admin' | 'postgres' | 'certificate';
  /** @throws when it is down; the message is shown */
  read(signal: AbortSignal): Promise<Reading>;
}

/** More instances than this are not watched, so that what is kept stays bounded. */
const MAX_SOURCES = 64;
const READ_TIMEOUT_MS = 5000;
/** How long a roll-up looks back for what was missed. */
const CATCH_UP_MS = 3_600_000;
const [FINEST] = RESOLUTIONS;
export const SAMPLE_MS = FINEST.stepSeconds * 1000;
/** An instance that was not asked for this long is forgotten as a point of departure. */
const REMEMBER_MS = 900_000;

/** Asks every source once and stores what happened since it was asked before. Returns how they are. */
export async function sample(sources: readonly Source[], store: MetricStore, nowMs: number): Promise<readonly WatchedInstance[]> {
  const known = new Map((await store.instances(nowMs - REMEMBER_MS)).map((entry) => [entry.instance, entry]));
  const results = await Promise.all(sources.slice(0, MAX_SOURCES).map((source) => ask(source, known.get(source.instance) ?? null, nowMs)));
  const atMs = slotOf(nowMs);
  // Another server may have taken over within the interval: what it counted and what is counted now belong together; levels are as now.
  const there = new Map((await store.read(FINEST.stepSeconds, atMs, atMs + 1)).map(({ instance, points }) => [instance, points]));
  await store.write(
    FINEST.stepSeconds,
    results.map(({ frame }) => ({ ...frame, points: addTo(there.get(frame.instance) ?? {}, frame.points) })),
  );
  const watched = results.map((result) => result.watched);
  await store.note(watched);
  return watched;
}

function slotOf(nowMs: number): number {
  return Math.floor(nowMs / SAMPLE_MS) * SAMPLE_MS;
}

async function ask(source: Source, known: WatchedInstance | null, nowMs: number): Promise<{ frame: Frame; watched: WatchedInstance }> {
  const { instance, job } = source;
  const atMs = slotOf(nowMs);
  const base = { instance, job, at: new Date(nowMs).toISOString() };
  try {
    const reading = await source.read(AbortSignal.timeout(READ_TIMEOUT_MS));
    const points = { ...advance(known?.reading ?? null, reading, SAMPLE_MS * 2), up: level(1) };
    return { frame: { instance, atMs, points }, watched: { ...base, up: true, error: null, reading } };
  } catch (error) {
    const message = error instanceof Error ? error.message : 'it does not answer';
    const watched = { ...base, up: false, error: message.slice(0, 300), reading: known?.reading ?? null };
    return { frame: { instance, atMs, points: { up: level(0) } }, watched };
  }
}

/** Notes admin servers that have fallen silent as down. They sample themselves, and one that stops in order takes its name back. */
export async function noteSilent(store: MetricStore, nowMs: number, silentMs: number): Promise<void> {
  const known = await store.instances(nowMs - REMEMBER_MS);
  const silent = known.filter(({ job, at }) => job === 'admin' && nowMs - Date.parse(at) > silentMs);
  if (silent.length === 0) return;
  await store.write(
    FINEST.stepSeconds,
    silent.map(({ instance }) => ({ instance, atMs: slotOf(nowMs), points: { up: level(0) } })),
  );
  // The time stays as it was: so it is forgotten after a while, when it does not come back.
  await store.note(silent.map((entry) => ({ ...entry, up: false, error: 'it has fallen silent' })));
}

/** Makes the coarser frames of intervals that are over. */
export async function rollUp(store: MetricStore, nowMs: number): Promise<void> {
  for (const [at, { stepSeconds }] of RESOLUTIONS.entries()) {
    const finer = RESOLUTIONS[at - 1];
    if (finer) await rollUpOnce(store, finer.stepSeconds, stepSeconds, nowMs);
  }
}

async function rollUpOnce(store: MetricStore, from: number, to: number, nowMs: number): Promise<void> {
  const stepMs = to * 1000;
  const newest = await store.newest(to);
  const startMs = Math.max(newest === null ? 0 : newest + stepMs, Math.floor((nowMs - CATCH_UP_MS) / stepMs) * stepMs);
  const endMs = Math.floor(nowMs / stepMs) * stepMs;
  if (startMs >= endMs) return;
  await store.write(to, coarsen(await store.read(from, startMs, endMs), stepMs));
}

/** Frames of one instance in one interval become one. */
export function coarsen(frames: readonly Frame[], stepMs: number): readonly Frame[] {
  const groups = Map.groupBy(frames, ({ instance, atMs }) => `${Math.floor(atMs / stepMs)} ${instance}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const points = mergeOverTime(group.map((frame) => frame.points));
    return [{ instance: first.instance, atMs: Math.floor(first.atMs / stepMs) * stepMs, points }];
  });
}

/** Removes frames that are past their time. */
export async function pruneFrames(store: MetricStore, nowMs: number): Promise<void> {
  for (const { stepSeconds, keepSeconds } of RESOLUTIONS) await store.prune(stepSeconds, nowMs - keepSeconds * 1000);
}
