import { join } from 'node:path';
import type { ImageSettings } from '../images/create-image-renderer.ts';

/** Settings for tests, with the real worker. */
export function testImageSettings(cacheDirectory: string, overrides: Partial<ImageSettings> = {}): ImageSettings {
  return {
    workerPath: join(import.meta.dirname, '..', 'image-worker.ts'),
    cacheDirectory,
    maxCacheBytes: 50_000_000,
    minSidePixels: 1,
    maxSidePixels: 2000,
    maxInputBytes: 20_000_000,
    maxInputPixels: 1_000_000,
    concurrency: 2,
    maxWaiting: 100,
    timeoutMs: 60_000,
    ...overrides,
  };
}
