import { createHmac } from 'node:crypto';
import { createRedisCacheStore } from '@supastor/adapters/cache/redis-cache-store';
import { connectRedis } from '@supastor/adapters/cache/redis-connection';
import { createRedisRateStore } from '@supastor/adapters/cache/redis-rate-store';
import type { Cache } from '@supastor/core/cache/cache';
import { createCache } from '@supastor/core/cache/cache';
import { createFallbackCacheStore } from '@supastor/core/cache/fallback-cache-store';
import { createMemoryCacheStore } from '@supastor/core/cache/memory-cache-store';
import type { RateStore } from '@supastor/core/limits/rate.port';
import type { Clock, OperationLogger } from '@supastor/core/operations/ports';

export interface CacheOptions {
  /** Null: the memory of this process. */
  readonly redisUrl: string | null;
  /** The servers of an installation have it in common. */
  readonly sessionSecret: string;
  /** Counts requests when there is no Redis, or it is away. */
  readonly rates: RateStore | null;
  readonly clock: Clock;
  readonly logger: OperationLogger;
}

export interface RunningCache {
  readonly cache: Cache;
  readonly rates: RateStore | null;
  stop(): Promise<void>;
}

/** Cached answers and request counts: in Redis if there is one, and without it while it is away. */
export function startCache({ redisUrl, sessionSecret, rates, clock, logger }: CacheOptions): RunningCache {
  const memory = createMemoryCacheStore({ clock });
  if (redisUrl === null) return { cache: createCache({ store: memory, logger }), rates, stop: async () => undefined };
  const redis = connectRedis({
    url: redisUrl,
    onLost: (error) => logger.warn({ err: error }, 'Redis cannot be reached; memory and Postgres take its place'),
    onBack: () => logger.info({}, 'Redis can be reached again'),
  });
  const shared = { redis, prefix: `supastor:{${createHmac('sha256', sessionSecret).update('names in Redis').digest('hex').slice(0, 16)}}` };
  const store = createFallbackCacheStore(createRedisCacheStore(shared), memory);
  return { cache: createCache({ store, logger }), rates: createRedisRateStore(shared, rates), stop: () => redis.close() };
}
