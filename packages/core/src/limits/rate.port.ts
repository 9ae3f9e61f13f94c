/** Requests of one key in one window. */
export interface RateHits {
  readonly key: string;
  /** Number of the window since the epoch. */
  readonly window: number;
  readonly count: number;
}

/** Counts of all servers together. */
export interface RateStore {
  /** Adds to the counts and answers with what they are then, in the order of `hits`. */
  add(hits: readonly RateHits[]): Promise<readonly number[]>;
  /** Removes windows before this one. */
  sweep(beforeWindow: number): Promise<void>;
}
