import { createHmac, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

export const encodePart = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

export type Header = Readonly<Record<string, unknown>>;

/** A key pair with the JWKs of both halves. */
export interface TestKey {
  readonly alg: string;
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly publicJwk: Record<string, unknown>;
  readonly privateJwk: Record<string, unknown>;
}

export function createKey(alg: 'RS256' | 'ES256' | 'ES384' | 'EdDSA', kid: string): TestKey {
  const { privateKey, publicKey } = generatePair(alg);
  const describe = (key: KeyObject) => ({ ...key.export({ format: 'jwk' }), kid, alg });
  return { alg, kid, privateKey, publicKey, publicJwk: describe(publicKey), privateJwk: describe(privateKey) };
}

export function createSecretJwk(kid: string): { bytes: Buffer; jwk: Record<string, unknown> } {
  const bytes = randomBytes(32);
  return { bytes, jwk: { kty: 'oct', k: bytes.toString('base64url'), kid, alg: 'HS256' } };
}

/** A token signed with a private key; `header` overrides what it says about itself. */
export function signAsymmetric(key: TestKey, claims: unknown, header: Header = {}): string {
  const text = `${encodePart({ alg: key.alg, kid: key.kid, ...header })}.${encodePart(claims)}`;
  const digest = key.alg === 'EdDSA' ? null : `sha${key.alg.slice(2)}`;
  return `${text}.${sign(digest, Buffer.from(text), { key: key.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

/** A token with an HMAC, whatever the header says. */
export function signHmac(secret: string | Buffer, header: unknown, claims: unknown, digest = 'sha256'): string {
  const text = `${encodePart(header)}.${encodePart(claims)}`;
  return `${text}.${createHmac(digest, secret).update(text).digest('base64url')}`;
}

function generatePair(alg: 'RS256' | 'ES256' | 'ES384' | 'EdDSA') {
  if (alg === 'RS256') return generateKeyPairSync('rsa', { modulusLength: 2048 });
  if (alg === 'EdDSA') return generateKeyPairSync('ed25519');
  return generateKeyPairSync('ec', { namedCurve: alg === 'ES256' ? 'P-256' : 'P-384' });
}
