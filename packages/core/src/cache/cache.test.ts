import { describe, expect, it } from 'vitest';
import type { CacheStore } from './cache-store.port.ts';
import { createCache, EVERYTHING } from './cache.ts';
import { createFallbackCacheStore } from './fallback-cache-store.ts';
import { createMemoryCacheStore } from './memory-cache-store.ts';

const logger = { debug: () => undefined };
const entry = (key: string, tags: readonly string[] = []) => ({ key, tags, ttlMs: 1000, parse: Number });

function setUp(maxSize?: number) {
  const time = { nowMs: 0 };
  const store = createMemoryCacheStore({ clock: { now: () => time.nowMs }, ...(maxSize !== undefined && { maxSize }) });
  let made = 0;
  return { time, store, cache: createCache({ store, logger }), make: async () => (made += 1) };
}

/** A promise and what settles it. */
const hold = () => Promise.withResolvers<number>();

function breakable(): { readonly store: CacheStore; isBroken: boolean } {
  const inner = createMemoryCacheStore({ clock: { now: () => 0 } });
  const self = {
    isBroken: false,
    store: {
      read: async (...given: Parameters<CacheStore['read']>) => (check(), inner.read(...given)),
      write: async (...given: Parameters<CacheStore['write']>) => (check(), inner.write(...given)),
      invalidate: async (...given: Parameters<CacheStore['invalidate']>) => (check(), inner.invalidate(...given)),
    },
  };
  function check(): void {
    if (self.isBroken) throw new Error('broken');
  }
  return self;
}

describe('a cache', () => {
  it('makes a value once, and anew when its time is over', async () => {
    const { cache, make, time } = setUp();
    expect([await cache.remember(entry('a'), make), await cache.remember(entry('a'), make)]).toEqual([1, 1]);
    time.nowMs = 1000;
    expect(await cache.remember(entry('a'), make)).toBe(2);
  });

  it('forgets what has an invalidated tag, and only that', async () => {
    const { cache, make } = setUp();
    await cache.remember(entry('a', ['x', 'y']), make);
    await cache.remember(entry('b', ['z']), make);
    await cache.invalidate(['y']);
    expect([await cache.remember(entry('a', ['x', 'y']), make), await cache.remember(entry('b', ['z']), make)]).toEqual([3, 2]);
    await cache.invalidate([EVERYTHING]);
    expect(await cache.remember(entry('b', ['z']), make)).toBe(4);
  });

  it('does not keep what was made while its tag was invalidated, and lets nobody join it', async () => {
    const { cache, make } = setUp();
    const slow = hold();
    const first = cache.remember(entry('a', ['x']), () => slow.promise);
    await cache.invalidate(['x']);
    expect(await cache.remember(entry('a', ['x']), make)).toBe(1);
    slow.resolve(100);
    expect(await first).toBe(100);
    expect(await cache.remember(entry('a', ['x']), make)).toBe(1);
  });

  it('shares one load among all who ask at the same time, and a failure is not kept', async () => {
    const { cache, make } = setUp();
    const slow = hold();
    const all = Array.from({ length: 5 }, () => cache.remember(entry('a'), () => slow.promise));
    slow.reject(new Error('no'));
    for (const settled of await Promise.allSettled(all)) expect(settled.status).toBe('rejected');
    expect(await cache.remember(entry('a'), make)).toBe(1);
  });

  it('makes anew what cannot be understood', async () => {
    const { cache, store, make } = setUp();
    const look = await store.read('a', [EVERYTHING]);
    if (look.value === null) await store.write('a', '{"from": "another version', { mark: look.mark, ttlMs: 1000 });
    expect(await cache.remember(entry('a'), make)).toBe(1);
  });

  it('holds no more than it may: what was not asked for longest goes', async () => {
    const { cache, make } = setUp(6);
    for (const key of ['a', 'b', 'c', 'a', 'd']) await cache.remember(entry(key), make);
    expect([await cache.remember(entry('a'), make), await cache.remember(entry('d'), make)]).toEqual([1, 4]);
    expect(await cache.remember(entry('b'), make)).toBe(5);
  });

  it('knows no more than so many tags', async () => {
    const { cache, make } = setUp();
    await cache.remember(entry('a', ['x']), make);
    await cache.invalidate(Array.from({ length: 10_001 }, (_, index) => `tag ${index}`));
    expect(await cache.remember(entry('a', ['x']), make)).toBe(2);
  });
});

describe('a shared store that fails', () => {
  it('is replaced meanwhile, and made up for before it is read again', async () => {
    const shared = breakable();
    const { store: own, make } = setUp();
    const cache = createCache({ store: createFallbackCacheStore(shared.store, own), logger });
    expect(await cache.remember(entry('a', ['x']), make)).toBe(1);
    shared.isBroken = true;
    expect([await cache.remember(entry('a', ['x']), make), await cache.remember(entry('a', ['x']), make)]).toEqual([2, 2]);
    await cache.invalidate(['x']);
    expect(await cache.remember(entry('a', ['x']), make)).toBe(3);
    shared.isBroken = false;
    expect(await cache.remember(entry('a', ['x']), make)).toBe(4);
    expect(await cache.remember(entry('a', ['x']), make)).toBe(4);
  });

  it('alone means that every answer is made anew', async () => {
    const shared = breakable();
    const { make } = setUp();
    const cache = createCache({ store: shared.store, logger });
    shared.isBroken = true;
    await cache.invalidate(['x']);
    expect([await cache.remember(entry('a'), make), await cache.remember(entry('a'), make)]).toEqual([1, 2]);
  });
});
