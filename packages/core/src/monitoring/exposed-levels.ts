import { seriesOf } from '@supastor/contract/wire/metrics';
import { newestFrames, valueOf } from './frame.ts';
import type { MetricStore } from './metric-store.port.ts';
import { exposedName, SHARED_LEVELS } from './prometheus-names.ts';
import type { Gauge } from './render-exposition.ts';

const RECENT_MS = 120_000;

/** Levels of the installation as they were sampled last, for Prometheus; each server that exposes them says the same. */
export async function readExposedLevels(store: MetricStore, nowMs: number): Promise<readonly Gauge[]> {
  const frames = await store.read(15, nowMs - RECENT_MS, nowMs + 1);
  return SHARED_LEVELS.map((series) => {
    const samples = newestFrames(series, frames).flatMap(({ instance, points }) => {
      const value = valueOf(series, points);
      return value === null ? [] : [{ labels: { subject: instance }, value }];
    });
    return { name: exposedName(series), help: `${seriesOf(series).description}.`, samples };
  });
}
