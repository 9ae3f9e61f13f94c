/** Where cached texts are kept. Every method may throw; a cache then does without. */
export interface CacheStore {
  /** What is kept under a key, unless one of its tags was invalidated since; else a mark for {@link CacheStore.write}. */
  read(key: string, tags: readonly string[]): Promise<CacheLook>;
  /** Keeps a text that was made after `mark` was given; it is not found if a tag was invalidated in between. */
  write(key: string, value: string, terms: { readonly mark: CacheMark; readonly ttlMs: number }): Promise<void>;
  /** What has one of these tags is not found any more. */
  invalidate(tags: readonly string[]): Promise<void>;
}

/** State of the tags when somebody looked. */
export type CacheMark = readonly string[];

export type CacheLook = { readonly value: string } | { readonly value: null; readonly mark: CacheMark };
