import { hash, randomBytes } from 'node:crypto';
import { SupastorError } from '@supastor/contract/errors';
import type { Clock, IdSource } from '../operations/ports.ts';
import type { ApiKeyStore, ApiKeyUse, NewApiKey, StoredApiKey } from './api-key.port.ts';
import { refuseMore } from './delegation.ts';
import { allPermissions, type Grant, type GrantHolder, holdsWithin, inEnvironment } from './grant.ts';
import type { Identity } from './identity.ts';
import type { UserDirectory } from './user-directory.ts';
import { BREAK_GLASS_ID } from './user.port.ts';

export const API_KEY_PREFIX = 'sst_';

export interface ApiKeysOptions {
  /** Null: there is no database, so there are no keys. */
  readonly store: ApiKeyStore | null;
  /** Name of the environment of this server; keys for another one do nothing here. */
  readonly environment: string;
  /** A key does nothing that its maker may not do today. */
  readonly makers: Pick<UserDirectory, 'lookUp'>;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly onStoreError: (error: unknown) => void;
}

type WantedKey = Pick<StoredApiKey, 'name' | 'permissions' | 'scope' | 'expiresAtMs'>;

export interface CreatedKey {
  readonly key: StoredApiKey;
  readonly secret: string;
}

export interface ApiKeys {
  /** The identity behind a secret; null when it is not, or no longer, valid. */
  authenticate(secret: string, from: { readonly ip: string }): Promise<Identity | null>;
  list(): Promise<readonly StoredApiKey[]>;
  /** What a key holds here. @throws SJ_NOT_FOUND */
  holder(id: string): Promise<GrantHolder & { readonly name: string }>;
  /** @throws SJ_FORBIDDEN when the maker does not hold all of the permissions */
  create(maker: Identity, wanted: WantedKey): Promise<CreatedKey>;
  /** @throws SJ_NOT_FOUND, SJ_CONFLICT when it was rotated already, SJ_FORBIDDEN as for create */
  rotate(maker: Identity, id: string, overlapMs: number): Promise<CreatedKey & { readonly old: StoredApiKey }>;
  /** @throws SJ_NOT_FOUND */
  revoke(id: string): Promise<StoredApiKey>;
  /** Looks every key up again; another process has changed one. */
  forget(): void;
  /** Writes when keys were used. Call it every few seconds; it never throws. */
  flush(): Promise<void>;
}

/** A key is looked up again after this time, so a revoked one is dead within it everywhere. */
const FRESH_MS = 500;
/** While the database is out of reach a key that was valid goes on for this long: nobody can have revoked it there. */
const STALE_MS = 300_000;
const USE_EVERY_MS = 30_000;
const MAX_CACHED = 1000;
const NEVER_MS = 8_640_000_000_000_000;

interface Cached {
  readonly key: StoredApiKey;
  readonly atMs: number;
}

/** API keys: 256 random bits of which only the SHA-256 is kept. */
export function createApiKeys({ store, environment, makers, clock, ids, onStoreError }: ApiKeysOptions): ApiKeys {
  const cache = new Map<string, Cached>();
  const uses = new Map<string, ApiKeyUse>();
  const notedAtMs = new Map<string, number>();

  async function lookUp(source: ApiKeyStore, secretHash: string): Promise<StoredApiKey | null> {
    const cached = cache.get(secretHash);
    const ageMs = cached ? clock.now() - cached.atMs : Number.POSITIVE_INFINITY;
    if (cached && ageMs < FRESH_MS) return cached.key;
    try {
      const key = await source.findByHash(secretHash);
      cache.delete(secretHash);
      if (key) cache.set(secretHash, { key, atMs: clock.now() });
      for (const oldest of cache.keys()) if (cache.size > MAX_CACHED) cache.delete(oldest);
      return key;
    } catch (error) {
      if (cached && ageMs < STALE_MS) return cached.key;
      throw error;
    }
  }

  /** What a key holds here: no more than its maker does today. */
  function grantsOf({ permissions, scope }: StoredApiKey, maker: GrantHolder): readonly Grant[] {
    const still = permissions.filter((permission) => holdsWithin(maker, permission, scope));
    return inEnvironment([{ role: 'key', permissions: new Set(still), scope }], environment);
  }

  function noteUse(id: string, ip: string): void {
    const now = clock.now();
    if (now - (notedAtMs.get(id) ?? 0) < USE_EVERY_MS) return;
    notedAtMs.set(id, now);
    uses.set(id, { id, ip, lastUsedAtMs: now });
  }

  function newKey(maker: Identity, wanted: WantedKey): CreatedKey & { readonly row: NewApiKey } {
    refuseMore(maker, wanted, 'A key');
    const secret = API_KEY_PREFIX + randomBytes(32).toString('base64url');
    const permissions = [...new Set(wanted.permissions)].toSorted();
    const expiresAtMs = notAfterMaker(maker, wanted.expiresAtMs);
    const { name, scope } = wanted;
    const key = {
      id: ids.next(),
      name,
      prefix: secret.slice(0, 10),
      permissions,
      scope,
      createdBy: maker.email,
      createdByUser: maker.userId,
    };
    const row = { ...key, createdAtMs: clock.now(), expiresAtMs, secretHash: hashSecret(secret) };
    const { secretHash: _hash, ...shown } = row;
    return { secret, row, key: { ...shown, lastUsedAtMs: null, lastUsedIp: null, replacedBy: null } };
  }

  async function required(id: string): Promise<StoredApiKey> {
    const key = await requireStore(store).find(id);
    if (key) return key;
    throw new SupastorError('SJ_NOT_FOUND', 'There is no such API key; it may have been revoked already.');
  }

  return {
    async authenticate(secret, { ip }) {
      if (!store) return null;
      const key = await lookUp(store, hashSecret(secret));
      if (!key || (key.expiresAtMs !== null && key.expiresAtMs <= clock.now())) return null;
      const maker = await makers.lookUp(key.createdByUser ?? BREAK_GLASS_ID);
      if (!maker) return null;
      noteUse(key.id, ip);
      const { id, name, expiresAtMs } = key;
      const { id: userId, email } = maker.user;
      const grants = grantsOf(key, maker);
      const identity = { userId, email, name, role: 'key', sessionId: `key:${id}`, apiKeyId: id, grants };
      return { ...identity, expiresAtMs: expiresAtMs ?? NEVER_MS, permissions: allPermissions({ grants }) };
    },
    async holder(id) {
      const key = await required(id);
      const maker = await makers.lookUp(key.createdByUser ?? BREAK_GLASS_ID);
      return { name: `the key ${key.name}`, grants: maker ? grantsOf(key, maker) : [] };
    },
    list: async () => (store ? store.list() : []),
    async create(maker, wanted) {
      const { row, key, secret } = newKey(maker, wanted);
      await requireStore(store).add(row);
      return { key, secret };
    },
    async rotate(maker, id, overlapMs) {
      const old = await required(id);
      const now = clock.now();
      const lifetimeMs = old.expiresAtMs === null ? null : old.expiresAtMs - old.createdAtMs;
      const { row, key, secret } = newKey(maker, { ...old, expiresAtMs: lifetimeMs === null ? null : now + lifetimeMs });
      const oldEndMs = Math.min(now + overlapMs, old.expiresAtMs ?? NEVER_MS);
      if (!(await requireStore(store).replace(id, row, oldEndMs))) {
        throw new SupastorError('SJ_CONFLICT', 'The key was rotated or revoked meanwhile.', { hint: 'Rotate the key that replaced it.' });
      }
      cache.clear();
      return { key, secret, old };
    },
    async revoke(id) {
      const key = await required(id);
      await requireStore(store).revoke(id);
      cache.clear();
      return key;
    },
    forget: () => cache.clear(),
    async flush() {
      const batch = [...uses.values()];
      uses.clear();
      if (store && batch.length > 0) await store.used(batch).catch(onStoreError);
    },
  };
}

function hashSecret(secret: string): string {
  return hash('sha256', secret);
}

function requireStore(store: ApiKeyStore | null): ApiKeyStore {
  if (store) return store;
  throw new SupastorError('SJ_DATABASE_UNREACHABLE', 'This server was started without a database, so it cannot keep API keys.', {
    hint: 'Set DATABASE_URL.',
  });
}

/** A key made by a key does not outlive it. */
function notAfterMaker(maker: Identity, expiresAtMs: number | null): number | null {
  if (maker.apiKeyId === undefined || maker.expiresAtMs === NEVER_MS) return expiresAtMs;
  return Math.min(expiresAtMs ?? NEVER_MS, maker.expiresAtMs);
}
