import type { Frame } from '../frame.ts';
import type { MetricStore, WatchedInstance } from '../metric-store.port.ts';

/** Frames in memory, for tests. */
export function createMemoryMetricStore(): MetricStore {
  const frames = new Map<string, Frame & { readonly stepSeconds: number }>();
  const instances = new Map<string, WatchedInstance>();
  const ofStep = (stepSeconds: number) =>
    [...frames.values()].filter((frame) => frame.stepSeconds === stepSeconds).toSorted((a, b) => a.atMs - b.atMs);
  return {
    async write(stepSeconds, written) {
      for (const frame of written) frames.set(`${stepSeconds} ${frame.atMs} ${frame.instance}`, { ...frame, stepSeconds });
    },
    read: async (stepSeconds, fromMs, toMs) => ofStep(stepSeconds).filter(({ atMs }) => atMs >= fromMs && atMs < toMs),
    newest: async (stepSeconds) => ofStep(stepSeconds).at(-1)?.atMs ?? null,
    async prune(stepSeconds, beforeMs) {
      for (const [key, frame] of frames) if (frame.stepSeconds === stepSeconds && frame.atMs < beforeMs) frames.delete(key);
    },
    instances: async (sinceMs) => [...instances.values()].filter(({ at }) => Date.parse(at) >= sinceMs),
    async forget(instance) {
      instances.delete(instance);
    },
    async note(noted) {
      for (const entry of noted) instances.set(entry.instance, entry);
    },
  };
}
