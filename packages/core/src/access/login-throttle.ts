import type { Clock } from '../operations/ports.ts';

export interface LoginThrottleOptions {
  readonly clock: Clock;
  /** Failures after which a key is locked. */
  readonly maxFailures?: number;
  /** How long a key stays locked after its last failure, and how long failures are remembered. */
  readonly windowSeconds?: number;
  /** Most keys remembered; the ones that failed longest ago are forgotten first. */
  readonly maxKeys?: number;
}

/** Counts failed logins per key (address, account). State is in memory and bounded. */
export interface LoginThrottle {
  /** Seconds until every one of these keys may try again; 0 when they may now. */
  lockedForSeconds(keys: readonly string[]): number;
  fail(keys: readonly string[]): void;
  succeed(keys: readonly string[]): void;
}

interface Failures {
  readonly count: number;
  readonly lastMs: number;
}

export function createLoginThrottle(options: LoginThrottleOptions): LoginThrottle {
  const { clock, maxFailures = 10, windowSeconds = 900, maxKeys = 10_000 } = options;
  const windowMs = windowSeconds * 1000;
  const failures = new Map<string, Failures>();

  function current(key: string): Failures | undefined {
    const entry = failures.get(key);
    if (entry && clock.now() - entry.lastMs < windowMs) return entry;
    failures.delete(key);
    return undefined;
  }

  function remainingSeconds(key: string): number {
    const entry = current(key);
    if (!entry || entry.count < maxFailures) return 0;
    return Math.max(1, Math.ceil((entry.lastMs + windowMs - clock.now()) / 1000));
  }

  return {
    lockedForSeconds: (keys) => Math.max(0, ...keys.map(remainingSeconds)),
    fail(keys) {
      for (const key of keys) {
        const count = (current(key)?.count ?? 0) + 1;
        failures.delete(key);
        failures.set(key, { count, lastMs: clock.now() });
      }
      for (const oldest of failures.keys()) {
        if (failures.size <= maxKeys) break;
        failures.delete(oldest);
      }
    },
    succeed(keys) {
      for (const key of keys) failures.delete(key);
    },
  };
}
