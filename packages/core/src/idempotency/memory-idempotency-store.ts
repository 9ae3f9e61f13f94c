import type { Clock } from '../operations/ports.ts';
import type { IdempotencyStore } from './idempotency.port.ts';

const MAX_KEPT = 10_000;

interface Kept {
  readonly fingerprint: string;
  readonly expiresAtMs: number;
  readonly answer: string | null;
}

/** Keys of one process, for where there is no database. The oldest are dropped past 10,000. */
export function createMemoryIdempotencyStore(clock: Clock): IdempotencyStore {
  const kept = new Map<string, Kept>();
  return {
    async claim({ id, fingerprint, ttlMs }) {
      const current = kept.get(id);
      if (current && current.expiresAtMs > clock.now()) {
        if (current.answer === null) return { state: 'running', fingerprint: current.fingerprint };
        return { state: 'kept', fingerprint: current.fingerprint, answer: current.answer };
      }
      kept.set(id, { fingerprint, expiresAtMs: clock.now() + ttlMs, answer: null });
      for (const oldest of kept.keys()) if (kept.size > MAX_KEPT) kept.delete(oldest);
      return { state: 'claimed' };
    },
    async keep(id, answer) {
      const current = kept.get(id);
      if (current) kept.set(id, { ...current, answer });
    },
    async release(id) {
      kept.delete(id);
    },
    async sweep() {
      for (const [id, { expiresAtMs }] of kept) if (expiresAtMs <= clock.now()) kept.delete(id);
    },
  };
}
