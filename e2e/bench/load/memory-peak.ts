import { readFile } from 'node:fs/promises';
import type { LoadGenerator } from './load-generator.ts';
import type { LoadResult } from './load-worker.ts';
import type { LoadTarget } from './scenarios.ts';

const SAMPLE_MS = 20;

export interface MemoryPeak {
  readonly peakBytes: number;
  readonly load: LoadResult;
}

/** Largest resident memory of a process while `parallel` bodies of `size` bytes are uploaded at once. */
export async function measurePeak(
  generator: LoadGenerator,
  pid: number,
  target: LoadTarget,
  parallel: number,
  size: number,
): Promise<MemoryPeak> {
  let peakBytes = 0;
  const timer = setInterval(() => {
    void residentBytes(pid).then((bytes) => (peakBytes = Math.max(peakBytes, bytes)));
  }, SAMPLE_MS);
  try {
    const load = await generator.run({
      scenario: 'upload',
      target,
      concurrency: parallel,
      warmupMs: 0,
      durationMs: 600_000,
      size,
      label: 'memory',
      maxRequests: parallel,
    });
    return { peakBytes, load };
  } finally {
    clearInterval(timer);
  }
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}
