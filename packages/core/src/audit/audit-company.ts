import type { AuditDraft } from './audit-chain.ts';

/** Share of what operations take that one of their records may wait for others. */
const WAIT_SHARE = 0.1;
/** However long operations take, no record waits longer. */
const MAX_WAIT_MS = 5;
/** Weight of the latest operation in the mean. */
const WEIGHT = 0.1;

/**
 * Says how long records should wait for others that share their commit. Every commit of the trail is a sync of the disk, and the
 * operations it tells of compete for it. Who is alone does not wait, nor does anybody while operations are short.
 */
export class AuditCompany {
  /** Operations of this process between their two records, with when the first was durable. */
  readonly #running = new Map<string, number>();
  readonly #now: () => number;
  #meanMs = 0;

  /** @param now Milliseconds of a clock that only goes forward. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** A record waits to be written. */
  waits({ columns: { kind, auditId } }: AuditDraft): void {
    const sinceMs = this.#running.get(auditId);
    if (kind === 'intent' || sinceMs === undefined) return;
    this.#running.delete(auditId);
    this.#meanMs += (this.#now() - sinceMs - this.#meanMs) * WEIGHT;
  }

  /** A record is durable. After an intent its operation runs. */
  written({ columns: { kind, auditId } }: AuditDraft): void {
    if (kind === 'intent') this.#running.set(auditId, this.#now());
  }

  /** How long it pays to wait for the records of operations that run now; 0 when there are none. */
  waitMs(): number {
    if (this.#running.size === 0) return 0;
    return Math.floor(Math.min(MAX_WAIT_MS, this.#meanMs * WAIT_SHARE));
  }
}
