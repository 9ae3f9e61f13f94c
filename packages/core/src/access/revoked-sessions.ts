import type { Clock } from '../operations/ports.ts';
import type { RevokedSessions, SessionClaims } from './session.port.ts';

export interface RevokedEntry {
  readonly sessionId: string;
  readonly expiresAtMs: number;
}

/** Where revocations survive a restart. */
export interface RevocationStore {
  /** Entries that have not expired. */
  load(): Promise<readonly RevokedEntry[]>;
  add(entries: readonly RevokedEntry[]): Promise<void>;
}

export interface RevokedSessionListOptions {
  readonly clock: Clock;
  /** Null: nothing survives a restart, so no session does either. */
  readonly store: RevocationStore | null;
  /** Id of this process, as its tokens carry it. */
  readonly issuerId: string;
  readonly onStoreError: (error: unknown) => void;
}

export interface RevokedSessionList extends RevokedSessions {
  /** Reads and writes what the store has not seen yet. Call it at start and every few seconds; it never throws. */
  sync(): Promise<void>;
  /** Another process revoked this session. */
  learn(entry: RevokedEntry): void;
}

/**
 * Revocations in memory, backed by a store. Fails closed: until the store has been read once, a session
 * that another process issued (that is, before a restart) is refused, because it may have been revoked.
 */
export function createRevokedSessionList({ clock, store, issuerId, onStoreError }: RevokedSessionListOptions): RevokedSessionList {
  const revoked = new Map<string, number>();
  const unsaved = new Map<string, RevokedEntry>();
  let loaded = false;
  let running: Promise<void> | null = null;

  function forgetExpired(): void {
    for (const [sessionId, expiresAtMs] of revoked) if (expiresAtMs <= clock.now()) revoked.delete(sessionId);
  }

  async function syncOnce(target: RevocationStore): Promise<void> {
    // Read again each time: an announcement of another process may have been missed.
    for (const entry of await target.load()) revoked.set(entry.sessionId, entry.expiresAtMs);
    loaded = true;
    const batch = [...unsaved.values()];
    if (batch.length === 0) return;
    await target.add(batch);
    for (const { sessionId } of batch) unsaved.delete(sessionId);
  }

  async function sync(): Promise<void> {
    forgetExpired();
    if (!store) return;
    if (running) return running;
    running = syncOnce(store)
      .catch(onStoreError)
      .finally(() => (running = null));
    return running;
  }

  return {
    sync,
    learn: ({ sessionId, expiresAtMs }) => void revoked.set(sessionId, expiresAtMs),
    async isRevoked(claims: SessionClaims) {
      if (revoked.has(claims.sessionId)) return true;
      if (claims.issuerId === issuerId) return false;
      if (!loaded) await sync();
      return !loaded || revoked.has(claims.sessionId);
    },
    async revoke(entry) {
      revoked.set(entry.sessionId, entry.expiresAtMs);
      unsaved.set(entry.sessionId, entry);
      await running;
      await sync();
    },
  };
}
