import { describe, expect, it } from 'vitest';
import type { RateStore } from './rate.port.ts';
import { createRateLimiter } from './rate-limiter.ts';

const logger = { debug: () => {} };

function sharedStore(): RateStore & { readonly counts: Map<string, number>; fail: boolean } {
  const counts = new Map<string, number>();
  return {
    counts,
    fail: false,
    async add(hits) {
      if (this.fail) throw new Error('away');
      return hits.map(({ key, window, count }) => {
        const total = (counts.get(`${key} ${window}`) ?? 0) + count;
        counts.set(`${key} ${window}`, total);
        return total;
      });
    },
    async sweep() {},
  };
}

function setUp(store: RateStore | null = null) {
  const time = { ms: 120_000 };
  const clock = { now: () => time.ms };
  return { time, limiter: createRateLimiter({ store, clock, logger }), other: createRateLimiter({ store, clock, logger }) };
}

describe('the rate limiter', () => {
  it('allows so many in a window, and says what is left and when it ends', () => {
    const { time, limiter } = setUp();
    time.ms += 15_000;
    expect(limiter.take('k', 2)).toEqual({ allowed: true, limit: 2, remaining: 1, resetSeconds: 45 });
    expect(limiter.take('k', 2)).toMatchObject({ allowed: true, remaining: 0 });
    expect(limiter.take('k', 2)).toMatchObject({ allowed: false, remaining: 0 });
    expect(limiter.take('other', 2).allowed).toBe(true);
    time.ms += 45_000;
    expect(limiter.take('k', 2)).toMatchObject({ allowed: true, remaining: 1, resetSeconds: 60 });
  });

  it('has no limit of zero', () => {
    const { limiter } = setUp();
    expect(Array.from({ length: 100 }, () => limiter.take('k', 0).allowed)).not.toContain(false);
  });

  it('is one limit for all servers', async () => {
    const { limiter, other } = setUp(sharedStore());
    for (let index = 0; index < 6; index += 1) limiter.take('k', 10);
    for (let index = 0; index < 4; index += 1) other.take('k', 10);
    await limiter.sync();
    await other.sync();
    await limiter.sync();
    expect(other.take('k', 10).allowed).toBe(false);
    expect(await limiter.takeExactly('k', 10)).toMatchObject({ allowed: false });
  });

  it('is exact over all servers where that is asked for', async () => {
    const { limiter, other } = setUp(sharedStore());
    const verdicts = await Promise.all(Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? limiter : other).takeExactly('k', 5)));
    expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(5);
  });

  it('goes on with what it counted itself while the store is away, and shares it later', async () => {
    const store = sharedStore();
    const { limiter } = setUp(store);
    store.fail = true;
    limiter.take('k', 3);
    await limiter.sync();
    expect((await limiter.takeExactly('k', 3)).allowed).toBe(true);
    expect(limiter.take('k', 3).allowed).toBe(true);
    expect(limiter.take('k', 3).allowed).toBe(false);
    store.fail = false;
    await limiter.sync();
    expect(store.counts.get('k 2')).toBe(2);
  });

  it('remembers a bounded number of keys', () => {
    const clock = { now: () => 0 };
    const limiter = createRateLimiter({ store: null, clock, logger, maxKeys: 3 });
    for (const key of ['a', 'b', 'c', 'd']) limiter.take(key, 1);
    expect(limiter.take('d', 1).allowed).toBe(false);
    expect(limiter.take('a', 1).allowed).toBe(true);
  });
});
