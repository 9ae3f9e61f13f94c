import type { Config } from '@supastor/contract/config/schema';
import type { ContainerSpec } from '../container-spec.ts';
import { CONTAINER_PORTS, containerDefaults, scratch } from '../services/from-service.ts';
import { objectMounts } from './official-storage-container.ts';

const PIXELS_PER_MEGAPIXEL = 1_000_000;

/** imgproxy, which makes pictures for the official storage server; null where nobody asks it. */
export function imgproxyContainer(config: Config): ContainerSpec | null {
  const { storage, containers } = config;
  const { images } = storage;
  if (!storage.managed || storage.engine !== 'supabase' || !images.enabled) return null;
  const inBucket = storage.backend === 's3';
  return {
    ...containerDefaults(config, 'imgproxy', containers.memory.storage),
    image: containers.images.imgproxy,
    dependsOn: [],
    environment: {
      IMGPROXY_BIND: `:${CONTAINER_PORTS.imgproxy}`,
      IMGPROXY_USE_ETAG: 'true',
      IMGPROXY_WORKERS: String(images.concurrency),
      IMGPROXY_MAX_SRC_FILE_SIZE: String(images.maxInput),
      IMGPROXY_MAX_SRC_RESOLUTION: String(images.maxPixels / PIXELS_PER_MEGAPIXEL),
      // Paths are told from the root, and what is mounted is all there is.
      ...(inBucket ? {} : { IMGPROXY_LOCAL_FILESYSTEM_ROOT: '/' }),
      IMGPROXY_LOG_LEVEL: config.logging.level === 'warn' ? 'warn' : 'info',
    },
    mounts: [...objectMounts(config, true), scratch('/tmp')],
    // A bucket may be outside of this stack.
    networks: inBucket ? ['front', 'back'] : ['back'],
    health: { command: ['imgproxy', 'health'], intervalMs: 5000, timeoutMs: 5000, startPeriodMs: 30_000, retries: 3 },
    user: '1000:1000',
    stopTimeoutMs: 10_000,
  };
}
