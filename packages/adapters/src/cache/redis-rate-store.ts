import type { RateStore } from '@supastor/core/limits/rate.port';
import { RATE_WINDOW_SECONDS } from '@supastor/core/limits/rate-limiter';
import type { RedisCacheOptions } from './redis-cache-store.ts';

/** Counts in Redis, which forgets old windows by itself; while it is away, those of `otherwise` are used. */
export function createRedisRateStore({ redis, prefix }: RedisCacheOptions, otherwise: RateStore | null): RateStore {
  return {
    async add(hits) {
      try {
        return await redis.run(async (client) => {
          const batch = client.multi();
          for (const { key, window, count } of hits) {
            const name = `${prefix}:rate:${window}:${key}`;
            batch.incrBy(name, count).expire(name, RATE_WINDOW_SECONDS * 2);
          }
          const replies = await batch.exec();
          return hits.map(({ count }, index) => Number(replies[index * 2] ?? count));
        });
      } catch (error) {
        if (otherwise) return otherwise.add(hits);
        throw error;
      }
    },
    async sweep(beforeWindow) {
      await otherwise?.sweep(beforeWindow);
    },
  };
}
