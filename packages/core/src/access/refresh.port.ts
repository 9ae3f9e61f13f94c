import type { StoredSession } from './session-registry.ts';

/** `reused`: somebody has a token that was used before, so one of the two who had it is a thief. */
export type RefreshOutcome =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'reused'; readonly session: StoredSession }
  | { readonly kind: 'rotated'; readonly session: StoredSession };

/** Where refresh tokens are kept, as hashes. Those of one session are a family: each is used once and replaced. */
export interface RefreshStore {
  add(session: StoredSession, tokenHash: string): Promise<void>;
  /** Uses `oldHash` up and puts `newHash` in its place, both or neither. */
  rotate(oldHash: string, newHash: string): Promise<RefreshOutcome>;
}

/** Refresh tokens of this process only, for a server without a database. */
export function createMemoryRefreshStore(): RefreshStore {
  const tokens = new Map<string, { readonly session: StoredSession; used: boolean }>();
  return {
    async add(session, tokenHash) {
      for (const [hash, { session: old }] of tokens) if (old.expiresAtMs <= session.createdAtMs) tokens.delete(hash);
      tokens.set(tokenHash, { session, used: false });
    },
    async rotate(oldHash, newHash) {
      const found = tokens.get(oldHash);
      if (!found) return { kind: 'unknown' };
      if (found.used) return { kind: 'reused', session: found.session };
      found.used = true;
      tokens.set(newHash, { session: found.session, used: false });
      return { kind: 'rotated', session: found.session };
    },
  };
}
