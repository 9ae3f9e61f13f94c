import type { MetricInstance } from '@supastor/contract/wire/metrics';
import type { Frame } from './frame.ts';
import type { Reading } from './reading.ts';

/** An instance as it was when it was asked last. */
export interface WatchedInstance extends MetricInstance {
  /** What it said last; null while it never answered. */
  readonly reading: Reading | null;
}

/** Frames of all servers. Writing one again replaces it. */
export interface MetricStore {
  write(stepSeconds: number, frames: readonly Frame[]): Promise<void>;
  /** Oldest first; `toMs` is not included. */
  read(stepSeconds: number, fromMs: number, toMs: number): Promise<readonly Frame[]>;
  /** Start of the newest frame of that step; null: none. */
  newest(stepSeconds: number): Promise<number | null>;
  /** Removes frames that start before a moment. */
  prune(stepSeconds: number, beforeMs: number): Promise<void>;
  /** Those that were asked since a moment, in the order of job and name. */
  instances(sinceMs: number): Promise<readonly WatchedInstance[]>;
  /** It has stopped in order, and is not missed. */
  forget(instance: string): Promise<void>;
  note(instances: readonly WatchedInstance[]): Promise<void>;
}
