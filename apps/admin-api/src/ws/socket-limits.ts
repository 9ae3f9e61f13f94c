import type { Identity } from '@supastor/core/access/identity';

/** Most live connections of one process. */
export interface SocketLimits {
  readonly total: number;
  /** Of one user or API key. */
  readonly perIdentity: number;
  /** From one address. */
  readonly perAddress: number;
}

export interface SocketCounter {
  /** Why one more cannot be taken; null: it can. */
  refusal(identity: Identity, ip: string): string | null;
  add(identity: Identity, ip: string): void;
  remove(identity: Identity, ip: string): void;
}

export function createSocketCounter(limits: SocketLimits): SocketCounter {
  const counts = new Map<string, number>();
  let total = 0;

  function change(identity: Identity, ip: string, by: 1 | -1): void {
    total += by;
    for (const key of keysOf(identity, ip)) {
      const count = (counts.get(key) ?? 0) + by;
      if (count > 0) counts.set(key, count);
      else counts.delete(key);
    }
  }

  return {
    refusal(identity, ip) {
      if (total >= limits.total) return 'too many connections';
      const [who = '', where = ''] = keysOf(identity, ip);
      if ((counts.get(who) ?? 0) >= limits.perIdentity) return 'too many connections of this identity';
      return (counts.get(where) ?? 0) >= limits.perAddress ? 'too many connections from this address' : null;
    },
    add: (identity, ip) => change(identity, ip, 1),
    remove: (identity, ip) => change(identity, ip, -1),
  };
}

function keysOf(identity: Identity, ip: string): readonly string[] {
  return [identityKey(identity), `address ${ip}`];
}

function identityKey({ apiKeyId, userId, sessionId }: Identity): string {
  return apiKeyId === undefined ? `user ${userId ?? sessionId}` : `key ${apiKeyId}`;
}
