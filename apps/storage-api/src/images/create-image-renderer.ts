import type { Logger } from '@supastor/adapters/telemetry/logger';
import { ImageCache } from './image-cache.ts';
import { ImageRenderer, type ImageRendererOptions } from './image-renderer.ts';
import { RenderPool } from './worker/render-pool.ts';

/** Limits and places of image transformation. */
export interface ImageSettings {
  /** Script of the worker process, see image-worker.ts. */
  readonly workerPath: string;
  readonly cacheDirectory: string;
  readonly maxCacheBytes: number;
  /** Bounds of the width and height that may come out, in pixels. */
  readonly minSidePixels: number;
  readonly maxSidePixels: number;
  readonly maxInputBytes: number;
  /** Pixels of a source, all frames together. */
  readonly maxInputPixels: number;
  readonly concurrency: number;
  readonly maxWaiting: number;
  readonly timeoutMs: number;
}

/** Puts the parts together; nothing is started before the first picture is wanted. */
export function createImageRenderer(
  { blobs, damage }: Pick<ImageRendererOptions, 'blobs' | 'damage'>,
  settings: ImageSettings,
  logger: Logger,
): ImageRenderer {
  const { workerPath, concurrency, maxWaiting, timeoutMs, maxInputBytes, maxInputPixels } = settings;
  return new ImageRenderer({
    blobs,
    damage,
    cache: new ImageCache({ directory: settings.cacheDirectory, maxBytes: settings.maxCacheBytes }),
    pool: new RenderPool({ workerPath, concurrency, maxWaiting, timeoutMs, logger }),
    sizes: { minPixels: settings.minSidePixels, maxPixels: settings.maxSidePixels },
    maxInputBytes,
    maxInputPixels,
  });
}
