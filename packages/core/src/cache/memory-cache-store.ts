import type { Clock } from '../operations/ports.ts';
import type { CacheMark, CacheStore } from './cache-store.port.ts';

export interface MemoryCacheOptions {
  readonly clock: Clock;
  /** Characters of keys and values together; what was not asked for longest goes first. Default: 16 million. */
  readonly maxSize?: number;
}

interface Kept {
  readonly value: string;
  readonly tags: readonly string[];
  readonly mark: CacheMark;
  readonly untilMs: number;
}

const MAX_TAGS = 10_000;

/** A cache of this process alone. */
export function createMemoryCacheStore({ clock, maxSize = 16_000_000 }: MemoryCacheOptions): CacheStore {
  const entries = new Map<string, Kept>();
  /** How often each tag was invalidated; a tag that is not here was not since `epoch` began. */
  const counts = new Map<string, number>();
  let epoch = 0;
  let size = 0;
  const tagsByMark = new WeakMap<CacheMark, readonly string[]>();
  const stateOf = (tags: readonly string[]): CacheMark => tags.map((tag) => `${epoch}.${counts.get(tag) ?? 0}`);
  const isCurrent = ({ tags, mark }: Kept) => stateOf(tags).every((state, index) => state === mark[index]);

  function drop(key: string): void {
    const kept = entries.get(key);
    if (kept) size -= key.length + kept.value.length;
    entries.delete(key);
  }

  return {
    async read(key, tags) {
      const kept = entries.get(key);
      if (kept && kept.untilMs > clock.now() && isCurrent(kept)) {
        entries.delete(key);
        entries.set(key, kept);
        return { value: kept.value };
      }
      drop(key);
      const mark = stateOf(tags);
      tagsByMark.set(mark, tags);
      return { value: null, mark };
    },
    async write(key, value, { mark, ttlMs }) {
      const kept = { value, mark, tags: tagsByMark.get(mark) ?? [], untilMs: clock.now() + ttlMs };
      if (!isCurrent(kept)) return;
      drop(key);
      entries.set(key, kept);
      size += key.length + value.length;
      for (const oldest of entries.keys()) {
        if (size <= maxSize) break;
        drop(oldest);
      }
    },
    async invalidate(tags) {
      for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
      if (counts.size <= MAX_TAGS) return;
      counts.clear();
      entries.clear();
      epoch += 1;
      size = 0;
    },
  };
}
