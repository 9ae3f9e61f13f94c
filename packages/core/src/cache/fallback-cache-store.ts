import type { CacheMark, CacheStore } from './cache-store.port.ts';
import { EVERYTHING } from './cache.ts';

const MAX_MISSED = 1000;

/**
 * The shared store while it works, else a store of this process. Invalidations that the shared one missed are made up for before
 * anything is read from it again.
 */
export function createFallbackCacheStore(shared: CacheStore, own: CacheStore): CacheStore {
  const missed = new Set<string>();
  const sharedMarks = new WeakSet<CacheMark>();

  async function makeUp(): Promise<void> {
    const tags = [...missed];
    if (tags.length === 0) return;
    await shared.invalidate(tags);
    for (const tag of tags) missed.delete(tag);
  }

  return {
    async read(key, tags) {
      try {
        await makeUp();
        const look = await shared.read(key, tags);
        if (look.value === null) sharedMarks.add(look.mark);
        return look;
      } catch {
        return own.read(key, tags);
      }
    },
    write: (key, value, terms) => (sharedMarks.has(terms.mark) ? shared : own).write(key, value, terms),
    async invalidate(tags) {
      await own.invalidate(tags);
      for (const tag of missed.size + tags.length > MAX_MISSED ? [EVERYTHING] : tags) missed.add(tag);
      // Those it misses now are made up for by the next read.
      await makeUp().catch(() => undefined);
    },
  };
}
