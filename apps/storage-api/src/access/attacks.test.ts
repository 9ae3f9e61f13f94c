import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ATTACKED_KEYS, ec, ed, goodTokens, hs, NOW_SECONDS, oct, rsa, signText } from '../testing/attacks/attack-keys.ts';
import { roleAttacks, timeAttacks } from '../testing/attacks/claim-attacks.ts';
import { signatureAttacks } from '../testing/attacks/signature-attacks.ts';
import { encodePart, signAsymmetric, signHmac } from '../testing/jwt.ts';
import { parseJwks } from './key-set.ts';
import { TokenVerifier } from './token-verifier.ts';

const verifier = new TokenVerifier({ keys: ATTACKED_KEYS, roles: ['anon', 'authenticated', 'service_role'] });
const claims = { role: 'service_role', exp: NOW_SECONDS + 3600 };
const [good, goodRsa, goodEc, goodEd] = goodTokens(claims);
const corpus = { ...signatureAttacks(claims), times: timeAttacks({ role: 'service_role' }), roles: roleAttacks(claims) };

describe.each(Object.entries(corpus))('%s', (_name, cases) => {
  test.each(cases)('%s: refused', async (_label, token) => {
    await expect(verifier.verify(token)).rejects.toMatchObject({ protocolCode: 'AccessDenied', status: 403, httpStatus: 400 });
  });
});

test('the corpus has at least 200 attacks, each of its own', () => {
  const tokens = Object.values(corpus).flatMap((cases) => cases.map(([, token]) => token));
  expect(new Set(tokens).size).toBe(tokens.length);
  expect(tokens.length).toBeGreaterThanOrEqual(200);
});

test.each([
  ['the secret', good],
  ['an RSA key', goodRsa],
  ['an EC key', goodEc],
  ['an Ed25519 key', goodEd],
  ['a secret of the JWKS', signHmac(oct.bytes, { alg: 'HS256', kid: 'oct-1' }, claims)],
  ['the secret under an id that nobody has', hs(claims, { kid: 'legacy' })],
  ['an RSA key whose id is left out', signAsymmetric(rsa, claims, { kid: undefined })],
  ['an expiry with a fraction', hs({ ...claims, exp: NOW_SECONDS + 100.5 })],
  ['a header nobody knows', hs(claims, { x: 1 })],
])('a token of %s is accepted', async (_label, token) => {
  expect(await verifier.verify(token)).toMatchObject({ role: 'service_role' });
});

test.each([
  ['of two roles the last counts, as for Postgres', '{"role":"service_role","role":"anon"}'],
  ['a role inside a prototype is none', '{"__proto__":{"role":"service_role"}}'],
  ['a role inside other claims is none', '{"app_metadata":{"role":"service_role"},"user_role":"service_role"}'],
])('%s', async (_label, payload) => {
  expect(await verifier.verify(signText('{"alg":"HS256"}', payload))).toMatchObject({ role: 'anon', subject: '' });
});

describe('a JWKS', () => {
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });

  test.each([
    ['that is no JSON', '{', 'expected JSON'],
    ['without keys', '{}', 'keys'],
    ['with a short secret', JSON.stringify({ keys: [{ kty: 'oct', k: encodePart('short') }] }), 'at least 32 bytes'],
    ['with a short RSA key', JSON.stringify({ keys: [weak] }), 'at least 2048 bits'],
    ['with an alg of another type', JSON.stringify({ keys: [{ ...ec.publicJwk, alg: 'HS256' }] }), 'alg does not fit'],
    ['with a point that is not on the curve', JSON.stringify({ keys: [{ ...ec.publicJwk, x: ec.publicJwk['y'] }] }), 'keys[0]'],
    ['whose key for links is public', JSON.stringify({ keys: [], urlSigningKey: rsa.publicJwk }), 'urlSigningKey'],
  ])('%s is refused with words, and without the key', (_label, text, words) => {
    expect(() => parseJwks(text)).toThrow(words);
    expect(() => parseJwks(text)).not.toThrow(encodePart('short'));
  });

  test('leaves out keys that are not for signatures, and types nobody knows', () => {
    const others = [{ ...rsa.publicJwk, use: 'enc' }, { kty: 'XYZ' }, { kty: 'OKP', crv: 'X25519', x: ed.publicJwk['x'] }];
    expect(parseJwks(JSON.stringify({ keys: others })).keys).toEqual([]);
  });
});
