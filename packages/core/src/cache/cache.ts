import type { OperationLogger } from '../operations/ports.ts';
import type { CacheLook, CacheStore } from './cache-store.port.ts';

export interface CacheEntry<T> {
  readonly key: string;
  /** Names of what the value is made of; see {@link Cache.invalidate}. */
  readonly tags: readonly string[];
  /** Longest it is kept when nobody invalidates it. */
  readonly ttlMs: number;
  /** Checks what was kept, which a server of another version may have written. May throw. */
  readonly parse: (value: unknown) => T;
}

/** Answers that are dear to make and the same for everybody who may ask; never decisions about who may what. */
export interface Cache {
  /** The kept value, or what `load` makes, which is then kept. Callers that ask at the same time share one `load`. */
  remember<T>(entry: CacheEntry<T>, load: () => Promise<T>): Promise<T>;
  /** Forgets what is made of these, here and, where the store is shared, everywhere. Never throws. */
  invalidate(tags: readonly string[]): Promise<void>;
}

/** Every entry has it, so that all can be forgotten. */
export const EVERYTHING = 'everything';

/** @param logger Told, quietly, when the store does not work; answers are then made anew. */
export function createCache({ store, logger }: { readonly store: CacheStore; readonly logger: Pick<OperationLogger, 'debug'> }): Cache {
  const loading = new Map<string, { readonly tags: readonly string[]; readonly value: Promise<unknown> }>();

  async function look({ key, tags }: Pick<CacheEntry<unknown>, 'key' | 'tags'>): Promise<CacheLook | null> {
    return store.read(key, tags).catch((error: unknown) => {
      logger.debug({ err: error }, 'the cache cannot be read');
      return null;
    });
  }

  async function answer<T>({ key, tags, ttlMs, parse }: CacheEntry<T>, load: () => Promise<T>): Promise<T> {
    const found = await look({ key, tags });
    if (typeof found?.value === 'string') {
      const kept = tryParse(found.value, parse);
      if (kept) return kept.value;
    }
    const value = await load();
    if (found?.value === null) {
      await store
        .write(key, JSON.stringify(value), { mark: found.mark, ttlMs })
        .catch((error: unknown) => logger.debug({ err: error }, 'the cache cannot be written'));
    }
    return value;
  }

  return {
    async remember<T>(given: CacheEntry<T>, load: () => Promise<T>): Promise<T> {
      const entry = { ...given, tags: [...given.tags, EVERYTHING] };
      const running = loading.get(entry.key);
      if (running) return entry.parse(await running.value);
      const value = answer(entry, load);
      const mine = { tags: entry.tags, value };
      loading.set(entry.key, mine);
      try {
        return await value;
      } finally {
        if (loading.get(entry.key) === mine) loading.delete(entry.key);
      }
    },
    async invalidate(tags) {
      // Whoever asks from now on does not join a load that may have begun before the change.
      for (const [key, { tags: own }] of loading) if (own.some((tag) => tags.includes(tag))) loading.delete(key);
      await store.invalidate(tags).catch((error: unknown) => logger.debug({ err: error }, 'the cache cannot be invalidated'));
    },
  };
}

function tryParse<T>(text: string, parse: (value: unknown) => T): { readonly value: T } | null {
  try {
    return { value: parse(JSON.parse(text)) };
  } catch {
    return null;
  }
}
