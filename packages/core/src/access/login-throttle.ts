import { SupastorError } from '@supastor/contract/errors';
import type { Clock } from '../operations/ports.ts';

/** Failures after which a key is locked. */
export const MAX_FAILURES = 10;
/** How long a key stays locked after its last failure, and how long failures are remembered. */
export const LOCK_SECONDS = 900;

/** Counts failed logins per key (address, account). */
export interface LoginThrottle {
  /**
   * Counts one failure for each key in advance, so that parallel guesses cannot slip past the limit.
   * Answers the seconds until all of them may try again; 0 when they may now. A locked key is not counted further.
   */
  attempt(keys: readonly string[]): Promise<number>;
  /** Takes the failure of an attempt that was none back. */
  undo(keys: readonly string[]): Promise<void>;
  /** Forgets all failures. */
  succeed(keys: readonly string[]): Promise<void>;
}

/** @throws SJ_RATE_LIMITED (meta.retryAfterSeconds) */
export function refuseWhenLocked(retryAfterSeconds: number): void {
  if (retryAfterSeconds === 0) return;
  throw new SupastorError('SJ_RATE_LIMITED', 'Too many failed sign-ins.', {
    hint: `Try again in ${retryAfterSeconds} seconds.`,
    meta: { retryAfterSeconds },
  });
}

export interface MemoryThrottleOptions {
  readonly clock: Clock;
  /** Most keys remembered; the ones that failed longest ago are forgotten first. */
  readonly maxKeys?: number;
}

interface Failures {
  readonly count: number;
  readonly lastMs: number;
}

/** A throttle of this process only, for a server without a database. Bounded. */
export function createMemoryThrottle({ clock, maxKeys = 10_000 }: MemoryThrottleOptions): LoginThrottle {
  const failures = new Map<string, Failures>();

  function current(key: string): Failures {
    const entry = failures.get(key);
    return entry && clock.now() - entry.lastMs < LOCK_SECONDS * 1000 ? entry : { count: 0, lastMs: clock.now() };
  }

  function remember(key: string, count: number): void {
    failures.delete(key);
    if (count > 0) failures.set(key, { count, lastMs: clock.now() });
    for (const oldest of failures.keys()) {
      if (failures.size <= maxKeys) break;
      failures.delete(oldest);
    }
  }

  return {
    async attempt(keys) {
      const locked = keys.map((key) => current(key)).filter(({ count }) => count >= MAX_FAILURES);
      if (locked.length === 0) for (const key of keys) remember(key, current(key).count + 1);
      return Math.max(0, ...locked.map(({ lastMs }) => Math.max(1, Math.ceil((lastMs - clock.now()) / 1000 + LOCK_SECONDS))));
    },
    async undo(keys) {
      for (const key of keys) remember(key, current(key).count - 1);
    },
    async succeed(keys) {
      for (const key of keys) failures.delete(key);
    },
  };
}

/** Uses `shared` as long as it answers, else `local`. */
export function withFallback(shared: LoginThrottle, local: LoginThrottle): LoginThrottle {
  const either = <T>(ask: (throttle: LoginThrottle) => Promise<T>): Promise<T> =>
    ask(shared).catch((error: unknown) => (unreachable(error) ? ask(local) : Promise.reject(error)));
  return {
    attempt: (keys) => either((throttle) => throttle.attempt(keys)),
    undo: (keys) => either((throttle) => throttle.undo(keys)),
    succeed: (keys) => either((throttle) => throttle.succeed(keys)),
  };
}

function unreachable(error: unknown): boolean {
  return error instanceof SupastorError && error.code === 'SJ_DATABASE_UNREACHABLE';
}
