import { SupastorError } from '@supastor/contract/errors';
import type { Clock, IdSource } from '../operations/ports.ts';
import type { LeaseStore } from './lease.port.ts';

export interface Leases {
  /**
   * Runs `work` while no other server runs work of the same name.
   * @param ttlMs Longest the work may take; a server that dies frees the name after this.
   * @throws SJ_CONFLICT when somebody else held it for too long
   */
  hold<T>(name: string, ttlMs: number, work: () => Promise<T>): Promise<T>;
}

export interface LeasesOptions {
  readonly store: LeaseStore;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly sleep: (ms: number) => Promise<void>;
  /** The lock could not be given back; it ends by itself. */
  readonly onReleaseError: (error: unknown) => void;
}

const WAIT_MS = 10_000;
const ASK_EVERY_MS = 40;

export function createLeases({ store, clock, ids, sleep, onReleaseError }: LeasesOptions): Leases {
  return {
    async hold(name, ttlMs, work) {
      const owner = ids.next();
      const startedMs = clock.now();
      while (!(await store.acquire(name, owner, ttlMs))) {
        if (clock.now() - startedMs > WAIT_MS) throw busy(name);
        await sleep(ASK_EVERY_MS);
      }
      try {
        return await work();
      } finally {
        await store.release(name, owner).catch(onReleaseError);
      }
    },
  };
}

/** Locks of one process, for where there is no database. */
export function createMemoryLeaseStore(clock: Clock): LeaseStore {
  const held = new Map<string, { readonly owner: string; readonly untilMs: number }>();
  return {
    async acquire(name, owner, ttlMs) {
      const current = held.get(name);
      if (current && current.owner !== owner && current.untilMs > clock.now()) return false;
      held.set(name, { owner, untilMs: clock.now() + ttlMs });
      return true;
    },
    async release(name, owner) {
      if (held.get(name)?.owner === owner) held.delete(name);
    },
  };
}

function busy(name: string): SupastorError {
  return new SupastorError('SJ_CONFLICT', `Somebody else is changing ${name} right now.`, {
    hint: 'Try again in a moment.',
    meta: { retryAfterSeconds: 1 },
  });
}
