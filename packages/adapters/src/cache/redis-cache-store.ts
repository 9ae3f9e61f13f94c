import { randomUUID } from 'node:crypto';
import type { CacheStore } from '@supastor/core/cache/cache-store.port';
import type { RedisConnection } from './redis-connection.ts';

export interface RedisCacheOptions {
  readonly redis: RedisConnection;
  /** Begins all keys; the same for all servers of an installation and for no other one. */
  readonly prefix: string;
}

/** Longer than any entry: a tag that is forgotten gets a new token, and no entry has that. */
const TAG_SECONDS = 86_400;
const SEPARATOR = '\n';

/**
 * A cache that all servers share. Each tag has a random token; an entry holds the tokens of its tags as they were before it was made,
 * and counts while they are the same. Invalidating is writing a new token.
 */
export function createRedisCacheStore({ redis, prefix }: RedisCacheOptions): CacheStore {
  const entryKey = (key: string) => `${prefix}:entry:${key}`;
  const tagKey = (tag: string) => `${prefix}:tag:${tag}`;

  return {
    read: (key, tags) =>
      redis.run(async (client) => {
        const tagKeys = tags.map(tagKey);
        const [kept, ...tokens] = await client.mGet([entryKey(key), ...tagKeys]);
        const missing = tagKeys.filter((_, index) => tokens[index] === null);
        for (const each of missing)
          await client.set(each, randomUUID(), { condition: 'NX', expiration: { type: 'EX', value: TAG_SECONDS } });
        const now = missing.length === 0 ? tokens : await client.mGet(tagKeys);
        const mark = now.map(String);
        const head = mark.join(' ') + SEPARATOR;
        return kept?.startsWith(head) === true ? { value: kept.slice(head.length) } : { value: null, mark };
      }),
    write: (key, value, { mark, ttlMs }) =>
      redis.run(async (client) => {
        await client.set(entryKey(key), mark.join(' ') + SEPARATOR + value, { expiration: { type: 'PX', value: ttlMs } });
      }),
    invalidate: (tags) =>
      redis.run(async (client) => {
        await Promise.all(tags.map((tag) => client.set(tagKey(tag), randomUUID(), { expiration: { type: 'EX', value: TAG_SECONDS } })));
      }),
  };
}
