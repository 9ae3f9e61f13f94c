import { setTimeout as sleep } from 'node:timers/promises';
import type { Pace } from './check-version.ts';
import type { RunProgress } from './run-progress.ts';

/** Keeps the average below the given rate. */
export function createPace(progress: RunProgress, bytesPerSecond: number): Pace {
  let dueMs = performance.now();
  return async (bytes) => {
    const nowMs = performance.now();
    dueMs = Math.max(dueMs, nowMs - 1000) + (bytes / bytesPerSecond) * 1000;
    await progress.beat();
    if (dueMs > nowMs) await sleep(dueMs - nowMs, undefined, { signal: progress.signal }).catch(() => {});
    await progress.beat();
  };
}
