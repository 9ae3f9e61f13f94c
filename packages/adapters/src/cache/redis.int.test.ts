import { randomUUID } from 'node:crypto';
import { createCache, type Cache } from '@supastor/core/cache/cache';
import { createFallbackCacheStore } from '@supastor/core/cache/fallback-cache-store';
import { createMemoryCacheStore } from '@supastor/core/cache/memory-cache-store';
import { startTempRedis, type TempRedis, whyNoRedis } from '@supastor/testkit/harness/temp-redis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createRedisCacheStore } from './redis-cache-store.ts';
import { connectRedis, type RedisConnection } from './redis-connection.ts';
import { createRedisRateStore } from './redis-rate-store.ts';

const PATIENCE = { timeout: 20_000 };
const obstacle = whyNoRedis();
const clock = { now: () => Date.now() };
const logger = { debug: () => undefined };
const entry = (key: string, tags: readonly string[] = []) => ({ key, tags, ttlMs: 600_000, parse: String });
const isUp = (redis: RedisConnection) =>
  redis
    .run((client) => client.ping())
    .then(
      () => true,
      () => false,
    );

describe.skipIf(obstacle !== null)('over a real Redis', () => {
  let server: TempRedis;
  const open: RedisConnection[] = [];
  const news: string[] = [];

  beforeAll(async () => {
    server = await startTempRedis();
  });
  afterEach(async () => {
    for (const redis of open.splice(0)) await redis.close();
    news.length = 0;
  });
  afterAll(() => server?.stop());

  async function connect(): Promise<RedisConnection> {
    const redis = connectRedis({ url: server.url, onLost: () => void news.push('lost'), onBack: () => void news.push('back') });
    open.push(redis);
    await expect.poll(() => isUp(redis), PATIENCE).toBe(true);
    return redis;
  }

  /** Caches of two servers of one installation. */
  async function pair(): Promise<readonly [Cache, Cache, RedisConnection]> {
    const prefix = randomUUID();
    const [first, second] = [await connect(), await connect()];
    const over = (redis: RedisConnection) =>
      createCache({
        store: createFallbackCacheStore(createRedisCacheStore({ redis, prefix }), createMemoryCacheStore({ clock })),
        logger,
      });
    return [over(first), over(second), first];
  }

  it('what one server made, the others find; what one invalidates, all forget', async () => {
    const [one, two] = await pair();
    await one.remember(entry('k', ['x']), async () => 'made by one');
    expect(await two.remember(entry('k', ['x']), async () => 'made by two')).toBe('made by one');
    await two.invalidate(['x']);
    expect(await one.remember(entry('k', ['x']), async () => 'made again')).toBe('made again');
    expect(await two.remember(entry('k', ['x']), async () => 'made by two')).toBe('made again');
  });

  it('what was begun before another server invalidated its tag is not found', async () => {
    const [one, two] = await pair();
    const slow = Promise.withResolvers<string>();
    let begun = false;
    const asked = one.remember(entry('k', ['x']), () => ((begun = true), slow.promise));
    await expect.poll(() => begun, PATIENCE).toBe(true);
    await two.invalidate(['x']);
    slow.resolve('old');
    expect(await asked).toBe('old');
    expect(await two.remember(entry('k', ['x']), async () => 'new')).toBe('new');
  });

  it('installations with other prefixes share nothing', async () => {
    const [one] = await pair();
    const [other] = await pair();
    await one.remember(entry('k'), async () => 'ours');
    expect(await other.remember(entry('k'), async () => 'theirs')).toBe('theirs');
  });

  it('a killed Redis is done without, and used again when it is back', async () => {
    const [one, two, redis] = await pair();
    await one.remember(entry('k', ['x']), async () => 'before');
    await server.signal('SIGKILL');
    await expect.poll(() => news, PATIENCE).toContain('lost');
    expect(await one.remember(entry('k', ['x']), async () => 'without')).toBe('without');
    expect(await one.remember(entry('k', ['x']), async () => 'unused')).toBe('without');
    await one.invalidate(['x']);
    expect(await one.remember(entry('k', ['x']), async () => 'invalidated')).toBe('invalidated');
    await server.start();
    await expect.poll(() => isUp(redis), PATIENCE).toBe(true);
    // Each makes up for what Redis missed; from then on both find the same.
    const ask = (cache: Cache, made: string) => cache.remember(entry('k', ['x']), async () => made);
    await expect.poll(async () => (await ask(one, 'of one')) === (await ask(two, 'of two')), PATIENCE).toBe(true);
    expect(news).toContain('back');
  });

  it('a Redis that hangs holds nobody up for long, and is used again when it goes on', async () => {
    const [one, , redis] = await pair();
    await one.remember(entry('k', ['x']), async () => 'before');
    await server.signal('SIGSTOP');
    try {
      expect(await one.remember(entry('k', ['x']), async () => 'without')).toBe('without');
      await one.invalidate(['x']);
      expect(await one.remember(entry('k', ['x']), async () => 'anew')).toBe('anew');
    } finally {
      await server.signal('SIGCONT');
    }
    await expect.poll(() => isUp(redis), PATIENCE).toBe(true);
    // The invalidation that Redis missed is made up for: what it kept from before is not found.
    expect(await one.remember(entry('k', ['x']), async () => 'after')).toBe('after');
  });

  it('counts requests of all servers, and those of Postgres count while it is away', async () => {
    const prefix = randomUUID();
    const otherwise = { add: async () => [77], sweep: async () => undefined };
    const stores = [
      createRedisRateStore({ redis: await connect(), prefix }, otherwise),
      createRedisRateStore({ redis: await connect(), prefix }, null),
    ] as const;
    expect(await stores[0].add([{ key: 'a', window: 1, count: 2 }])).toEqual([2]);
    expect(
      await stores[1].add([
        { key: 'b', window: 1, count: 1 },
        { key: 'a', window: 1, count: 3 },
      ]),
    ).toEqual([1, 5]);
    expect(await stores[1].add([{ key: 'a', window: 2, count: 1 }])).toEqual([1]);
    await server.signal('SIGKILL');
    try {
      await expect.poll(() => stores[0].add([{ key: 'a', window: 1, count: 1 }]), PATIENCE).toEqual([77]);
      await expect(stores[1].add([{ key: 'a', window: 1, count: 1 }])).rejects.toThrow();
    } finally {
      await server.start();
    }
  });
});
