import { createHmac } from 'node:crypto';
import { parseJwks, secretKey, type TokenKey } from '../../access/key-set.ts';
import { createKey, createSecretJwk, encodePart, signAsymmetric, signHmac } from '../jwt.ts';

/** The keys of the server that is attacked: a secret, and a JWKS with a key of each kind. */
export const ATTACKED_SECRET = 'a-static-secret-that-is-long-enough-for-hs256';
export const rsa = createKey('RS256', 'rsa-1');
export const ec = createKey('ES256', 'ec-1');
export const ed = createKey('EdDSA', 'ed-1');
export const oct = createSecretJwk('oct-1');
export const ATTACKED_JWKS = parseJwks(JSON.stringify({ keys: [rsa.publicJwk, ec.publicJwk, ed.publicJwk, oct.jwk] }));
export const ATTACKED_KEYS: readonly [TokenKey, ...TokenKey[]] = [secretKey(ATTACKED_SECRET, 'HS256'), ...ATTACKED_JWKS.keys];
/** Keys of the attacker, under the ids of those above. */
export const strange = { rsa: createKey('RS256', 'rsa-1'), ec: createKey('ES256', 'ec-1'), ed: createKey('EdDSA', 'ed-1') };

export const NOW_SECONDS = Math.floor(Date.now() / 1000);
export type Claims = Readonly<Record<string, unknown>>;
/** What is tried: a name for reports, and the token. */
export type Attack = readonly [label: string, token: string];

/** Signed with the secret; `header` and `claims` say whatever they like. */
export function hs(claims: unknown, header: object = {}): string {
  return signHmac(ATTACKED_SECRET, { alg: 'HS256', typ: 'JWT', ...header }, claims);
}

/** Signed with the secret, of texts that need not be JSON. */
export function signText(header: string, payload: string): string {
  const text = `${encodePart(header)}.${encodePart(payload)}`;
  return `${text}.${createHmac('sha256', ATTACKED_SECRET).update(text).digest('base64url')}`;
}

/** Tokens that are good, one of each kind of key. */
export function goodTokens(claims: Claims): readonly [hmac: string, rsa: string, ec: string, ed: string] {
  return [hs(claims), signAsymmetric(rsa, claims), signAsymmetric(ec, claims), signAsymmetric(ed, claims)];
}
