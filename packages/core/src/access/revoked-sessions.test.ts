import { describe, expect, it } from 'vitest';
import { createRevokedSessionList, type RevocationStore, type RevokedEntry } from './revoked-sessions.ts';
import type { SessionClaims } from './session.port.ts';

const claims = (sessionId: string, issuerId: string): SessionClaims => ({
  strong: false,
  sessionId,
  issuerId,
  userId: 'u',
  expiresAtMs: 1000,
});

function memoryStore(): RevocationStore & { available: boolean; readonly entries: RevokedEntry[] } {
  const store = {
    available: true,
    entries: [] as RevokedEntry[],
    async load() {
      if (!store.available) throw new Error('down');
      return store.entries;
    },
    async add(entries: readonly RevokedEntry[]) {
      if (!store.available) throw new Error('down');
      store.entries.push(...entries);
    },
  };
  return store;
}

function start(store: RevocationStore | null, issuerId: string) {
  const errors: unknown[] = [];
  const list = createRevokedSessionList({ clock: { now: () => 0 }, store, issuerId, onStoreError: (error) => errors.push(error) });
  return { list, errors };
}

describe('revoked sessions', () => {
  it('are still revoked after a restart', async () => {
    const store = memoryStore();
    const before = start(store, 'first');
    await before.list.revoke({ sessionId: 's', expiresAtMs: 1000 });
    expect(await before.list.isRevoked(claims('s', 'first'))).toBe(true);
    const after = start(store, 'second');
    expect(await after.list.isRevoked(claims('s', 'first'))).toBe(true);
    expect(await after.list.isRevoked(claims('other', 'first'))).toBe(false);
  });

  it('count as revoked when another process issued them and the store cannot be read', async () => {
    const store = memoryStore();
    store.available = false;
    const { list, errors } = start(store, 'second');
    expect(await list.isRevoked(claims('s', 'first'))).toBe(true);
    expect(await list.isRevoked(claims('s', 'second'))).toBe(false);
    expect(errors).toHaveLength(1);
  });

  it('count as revoked after a restart when there is no store at all', async () => {
    expect(await start(null, 'second').list.isRevoked(claims('s', 'first'))).toBe(true);
  });

  it('reach the store later when it was down', async () => {
    const store = memoryStore();
    store.available = false;
    const { list } = start(store, 'first');
    await list.revoke({ sessionId: 's', expiresAtMs: 1000 });
    expect(store.entries).toEqual([]);
    store.available = true;
    await list.sync();
    expect(store.entries).toEqual([{ sessionId: 's', expiresAtMs: 1000 }]);
  });
});
