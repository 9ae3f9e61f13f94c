import { hash, randomBytes } from 'node:crypto';
import type { Scope } from '@supastor/contract/access/scope';
import { SupastorError } from '@supastor/contract/errors';
import type { Clock, IdSource } from '../operations/ports.ts';
import type { ApiKeyStore, ApiKeyUse, NewApiKey, StoredApiKey } from './api-key.port.ts';
import { allPermissions, type Grant, holdsWithin, inEnvironment } from './grant.ts';
import type { Identity } from './identity.ts';

export const API_KEY_PREFIX = 'sst_';

export interface ApiKeysOptions {
  /** Null: there is no database, so there are no keys. */
  readonly store: ApiKeyStore | null;
  /** Name of the environment of this server; keys for another one do nothing here. */
  readonly environment: string;
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
export function createApiKeys({ store, environment, clock, ids, onStoreError }: ApiKeysOptions): ApiKeys {
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

  function noteUse(id: string, ip: string): void {
    const now = clock.now();
    if (now - (notedAtMs.get(id) ?? 0) < USE_EVERY_MS) return;
    notedAtMs.set(id, now);
    uses.set(id, { id, ip, lastUsedAtMs: now });
  }

  function newKey(maker: Identity, wanted: WantedKey): CreatedKey & { readonly row: NewApiKey } {
    refuseMore(maker, wanted);
    const secret = API_KEY_PREFIX + randomBytes(32).toString('base64url');
    const permissions = [...new Set(wanted.permissions)].toSorted();
    const expiresAtMs = notAfterMaker(maker, wanted.expiresAtMs);
    const { name, scope } = wanted;
    const key = { id: ids.next(), name, prefix: secret.slice(0, 10), permissions, scope, createdBy: maker.email };
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
      noteUse(key.id, ip);
      const { id, createdBy: email, scope, expiresAtMs } = key;
      const held: Grant = { role: 'key', permissions: new Set(key.permissions), scope };
      const grants = inEnvironment([held], environment);
      const identity = { email, role: 'key', sessionId: `key:${id}`, apiKeyId: id } as const;
      return { ...identity, expiresAtMs: expiresAtMs ?? NEVER_MS, grants, permissions: allPermissions({ grants }) };
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

/** Nobody grants more than they hold. */
function refuseMore(maker: Identity, { permissions, scope }: { readonly permissions: readonly string[]; readonly scope: Scope }): void {
  const missing = permissions.filter((permission) => !holdsWithin(maker, permission, scope));
  if (missing.length === 0) return;
  throw new SupastorError(
    'SJ_FORBIDDEN',
    `A key cannot be given what its maker does not hold for all of its scope: ${missing.join(', ')}.`,
    {
      hint: 'Leave these out, narrow the scope, or ask somebody who holds them.',
      meta: { missing },
    },
  );
}

/** A key made by a key does not outlive it. */
function notAfterMaker(maker: Identity, expiresAtMs: number | null): number | null {
  if (maker.apiKeyId === undefined || maker.expiresAtMs === NEVER_MS) return expiresAtMs;
  return Math.min(expiresAtMs ?? NEVER_MS, maker.expiresAtMs);
}
