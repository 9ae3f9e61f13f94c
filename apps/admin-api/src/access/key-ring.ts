import { createPrivateKey, createPublicKey, generateKeyPairSync, hkdfSync, type KeyObject, randomUUID } from 'node:crypto';
import type { SigningKeyStore, StoredSigningKey } from '@supastor/core/access/signing-key.port';
import type { Clock } from '@supastor/core/operations/ports';
import type { TextSeal } from '@supastor/core/secrets/text-seal';
import type { JWK } from 'jose';

export interface KeyRingOptions {
  /** Null: there is no database, so the key made out of the session secret signs. */
  readonly store: SigningKeyStore | null;
  readonly seal: TextSeal;
  readonly sessionSecret: string;
  readonly clock: Clock;
  readonly onStoreError: (error: unknown) => void;
}

interface SigningKey {
  readonly kid: string;
  readonly key: KeyObject;
}

/** Ed25519 keys for session tokens: one signs, those before it verify until their last token has ended. */
export interface KeyRing {
  signing(): Promise<SigningKey>;
  /** Undefined when no such key is, or is any more. */
  verifying(kid: string): Promise<KeyObject | undefined>;
  /** The public keys, for whoever else checks tokens. */
  publicKeys(): Promise<readonly JWK[]>;
}

/** A key signs for this long; then a new one takes over, and all servers learn of it when they meet it. */
const LIFETIME_MS = 30 * 24 * 3_600_000;
const FRESH_MS = 5000;
/** A key that is not known may have been made by another server just now; forged names do not wear the database out. */
const UNKNOWN_MS = 250;
/** Kid of the key that stands in while the database is out of reach. */
const DERIVED = 'derived';
/** PKCS #8 around the 32 bytes of an Ed25519 private key (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

export function createKeyRing({ store, seal, sessionSecret, clock, onStoreError }: KeyRingOptions): KeyRing {
  const derived = deriveKey(sessionSecret);
  const derivedPublic = createPublicKey(derived.key);
  let known: readonly StoredSigningKey[] = [];
  /** Those of `known` that have been asked for, ready to verify with. */
  const opened = new Map<string, KeyObject>();
  let readAtMs = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | null = null;

  /** Whoever asks while the keys are being read waits for the same answer. */
  async function read(maxAgeMs = FRESH_MS): Promise<readonly StoredSigningKey[]> {
    if (!store || (reading === null && clock.now() - readAtMs < maxAgeMs)) return known;
    reading ??= load(store).finally(() => (reading = null));
    await reading;
    return known;
  }

  async function load(source: SigningKeyStore): Promise<void> {
    known = await source.list().catch((error: unknown) => {
      onStoreError(error);
      return known;
    });
    opened.clear();
    readAtMs = clock.now();
  }

  async function rotate(target: SigningKeyStore, oldKid: string | null): Promise<void> {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const kid = randomUUID();
    const jwk = JSON.stringify(publicKey.export({ format: 'jwk' }));
    await target.replace(oldKid, {
      kid,
      publicJwk: jwk,
      privateSealed: seal.close(JSON.stringify(privateKey.export({ format: 'jwk' })), kid),
    });
    readAtMs = Number.NEGATIVE_INFINITY;
  }

  /** Null when it was sealed with another session secret. */
  function open({ kid, privateSealed }: StoredSigningKey): SigningKey | null {
    try {
      return { kid, key: createPrivateKey({ key: JSON.parse(seal.open(privateSealed, kid)), format: 'jwk' }) };
    } catch {
      return null;
    }
  }

  async function current(target: SigningKeyStore): Promise<SigningKey | null> {
    const newest = (await read()).find(({ retiredAtMs }) => retiredAtMs === null);
    const usable = newest && clock.now() - newest.createdAtMs < LIFETIME_MS ? open(newest) : null;
    if (usable) return usable;
    await rotate(target, newest?.kid ?? null);
    const made = (await read()).find(({ retiredAtMs }) => retiredAtMs === null);
    return made ? open(made) : null;
  }

  return {
    async signing() {
      if (!store) return derived;
      const key = await current(store).catch((error: unknown) => {
        onStoreError(error);
        return null;
      });
      return key ?? derived;
    },
    async verifying(kid) {
      if (kid === DERIVED) return derivedPublic;
      const ready = opened.get(kid);
      if (ready) return ready;
      const find = () => known.find((key) => key.kid === kid);
      const found = find() ?? (await read(UNKNOWN_MS), find());
      if (!found) return undefined;
      const key = createPublicKey({ key: JSON.parse(found.publicJwk), format: 'jwk' });
      opened.set(kid, key);
      return key;
    },
    async publicKeys() {
      const stored: readonly JWK[] = (await read()).map(({ kid, publicJwk }) => ({ ...JSON.parse(publicJwk), kid }));
      const own = derivedPublic.export({ format: 'jwk' });
      return [...stored, { ...own, kid: DERIVED }].map((key) => ({ ...key, alg: 'EdDSA', use: 'sig' }));
    },
  };
}

function deriveKey(secret: string): SigningKey {
  const seed = Buffer.from(hkdfSync('sha256', secret, 'supastor', 'session token', 32));
  return { kid: DERIVED, key: createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' }) };
}
