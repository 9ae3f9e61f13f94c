import { createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createKey, createSecretJwk, encodePart, signAsymmetric, signHmac } from '../testing/jwt.ts';
import { parseJwks, secretKey } from './key-set.ts';
import { TokenVerifier } from './token-verifier.ts';
import { UrlSigner } from './url-signer.ts';

const SECRET = 'a-static-secret-that-is-long-enough-for-hs256';
const rsa = createKey('RS256', 'rsa-1');
const ec = createKey('ES256', 'ec-1');
const ed = createKey('EdDSA', 'ed-1');
const strange = { rsa: createKey('RS256', 'rsa-1'), ec: createKey('ES256', 'ec-1'), ed: createKey('EdDSA', 'ed-1') };
const oct = createSecretJwk('oct-1');
const jwks = parseJwks(JSON.stringify({ keys: [rsa.publicJwk, ec.publicJwk, ed.publicJwk, oct.jwk] }));
const keys = [secretKey(SECRET, 'HS256'), ...jwks.keys] as const;
const verifier = new TokenVerifier({ keys, roles: ['anon', 'authenticated', 'service_role'] });

const now = Math.floor(Date.now() / 1000);
const claims = { role: 'service_role', exp: now + 3600 };
const hs = (header: object = {}, payload: unknown = claims) => signHmac(SECRET, { alg: 'HS256', typ: 'JWT', ...header }, payload);
const pem = (key: typeof rsa, type: 'spki' | 'pkcs1' = 'spki') => key.publicKey.export({ format: 'pem', type });
const der = (key: typeof rsa) => key.publicKey.export({ format: 'der', type: 'spki' });
const swapSignature = (token: string, signature: string) => `${token.split('.').slice(0, 2).join('.')}.${signature}`;
const swapPayload = (token: string, payload: unknown) => {
  const [header, , signature] = token.split('.');
  return `${header}.${encodePart(payload)}.${signature}`;
};
const [good, goodRsa, goodEc, goodEd] = [hs(), signAsymmetric(rsa, claims), signAsymmetric(ec, claims), signAsymmetric(ed, claims)];
const flip = (token: string) => token.slice(0, -4) + (token.at(-4) === 'A' ? 'B' : 'A') + token.slice(-3);

const noSignature: [string, string][] = ['none', 'None', 'NONE', 'nOnE', ''].flatMap((alg): [string, string][] => [
  [`alg "${alg}" without a signature`, `${encodePart({ alg, typ: 'JWT' })}.${encodePart(claims)}.`],
  [`alg "${alg}" with the signature of the secret`, hs({ alg })],
]);

const confusion: [string, string][] = [
  ...[rsa, ec, ed].flatMap((key): [string, string][] => [
    [`${key.alg} public PEM as HMAC secret`, signHmac(pem(key).toString(), { alg: 'HS256', kid: key.kid }, claims)],
    [`${key.alg} public PEM without the last line break`, signHmac(pem(key).toString().trim(), { alg: 'HS256', kid: key.kid }, claims)],
    [`${key.alg} public PEM without a key id`, signHmac(pem(key).toString(), { alg: 'HS256' }, claims)],
    [`${key.alg} public DER as HMAC secret`, signHmac(der(key), { alg: 'HS256', kid: key.kid }, claims)],
    [`${key.alg} public JWK as HMAC secret`, signHmac(JSON.stringify(key.publicJwk), { alg: 'HS256', kid: key.kid }, claims)],
    [`${key.alg} header over an HMAC of the secret`, signHmac(SECRET, { alg: key.alg, kid: key.kid }, claims)],
    [`${key.alg} header over an HMAC of the secret, without a key id`, signHmac(SECRET, { alg: key.alg }, claims)],
  ]),
  ['RSA modulus as HMAC secret', signHmac(Buffer.from(String(rsa.publicJwk['n']), 'base64url'), { alg: 'HS256', kid: 'rsa-1' }, claims)],
  ['RSA PKCS#1 PEM as HMAC secret', signHmac(pem(rsa, 'pkcs1').toString(), { alg: 'HS256', kid: 'rsa-1' }, claims)],
  ['RSA signature under the id of the EC key', signAsymmetric(rsa, claims, { kid: 'ec-1' })],
  ['RSA signature that says ES256', signAsymmetric(rsa, claims, { alg: 'ES256' })],
  ['EC signature that says EdDSA', signAsymmetric(ec, claims, { alg: 'EdDSA', kid: 'ed-1' })],
  ['EC signature that says RS256', signAsymmetric(ec, claims, { alg: 'RS256', kid: 'rsa-1' })],
  ['RSA key with PS256, which it is not for', signAsymmetric(rsa, claims, { alg: 'PS256' })],
  ['RSA key with RS512, which it is not for', signAsymmetric(rsa, claims, { alg: 'RS512' })],
  ['EC key with ES512', signAsymmetric(ec, claims, { alg: 'ES512' })],
  ['secret with HS512', signHmac(SECRET, { alg: 'HS512' }, claims, 'sha512')],
  ['secret with HS384', signHmac(SECRET, { alg: 'HS384' }, claims, 'sha384')],
  ['secret of the JWKS with HS512', signHmac(oct.bytes, { alg: 'HS512', kid: 'oct-1' }, claims, 'sha512')],
  ['secret of the JWKS under the id of the RSA key', signHmac(oct.bytes, { alg: 'HS256', kid: 'rsa-1' }, claims)],
  ['secret under the id of the secret in the JWKS', hs({ kid: 'oct-1' })],
  ['DER signature of the EC key instead of the raw one', derSignature()],
];

const foreign: [string, string][] = [
  ['another RSA key of the same id', signAsymmetric(strange.rsa, claims)],
  ['another EC key of the same id', signAsymmetric(strange.ec, claims)],
  ['another Ed25519 key of the same id', signAsymmetric(strange.ed, claims)],
  ['another key without an id', signAsymmetric(strange.rsa, claims, { kid: undefined })],
  ['another key with its JWK in the header', signAsymmetric(strange.rsa, claims, { jwk: strange.rsa.publicJwk, kid: undefined })],
  ['another EC key with its JWK in the header', signAsymmetric(strange.ec, claims, { jwk: strange.ec.publicJwk })],
  ['a secret in the JWK of the header', signHmac('x', { alg: 'HS256', jwk: { kty: 'oct', k: encodePart('x') } }, claims)],
  ['another key with an address of keys', signAsymmetric(strange.rsa, claims, { jku: 'http://127.0.0.1:9/jwks.json' })],
  ['another key with the address of a certificate', signAsymmetric(strange.rsa, claims, { x5u: 'http://127.0.0.1:9/cert.pem' })],
  ['another key with a certificate', signAsymmetric(strange.rsa, claims, { x5c: [der(strange.rsa).toString('base64')] })],
  ['an unknown key id', signAsymmetric(rsa, claims, { kid: 'rsa-2' })],
  ['a key id that is a path', signHmac('', { alg: 'HS256', kid: '/dev/null' }, claims)],
  ['a key id that is SQL', signHmac('x', { alg: 'HS256', kid: `' union select 'x` }, claims)],
  ['a key id that is a number', hs({ kid: 1 })],
  ['a key id that is a list', hs({ kid: ['oct-1'] })],
  ['a key id that is a prototype', signHmac('', { alg: 'HS256', kid: '__proto__' }, claims)],
  ['an empty secret', signHmac('', { alg: 'HS256' }, claims)],
  ['the secret with a line break', signHmac(`${SECRET}\n`, { alg: 'HS256' }, claims)],
  ['the secret decoded from base64', signHmac(Buffer.from(SECRET, 'base64'), { alg: 'HS256' }, claims)],
  ['the word secret', signHmac('secret', { alg: 'HS256' }, claims)],
];

const malleable: [string, string][] = [
  ...[good, goodRsa, goodEc, goodEd].flatMap((token, index): [string, string][] => [
    [`a changed signature (${index})`, flip(token)],
    [`a changed payload (${index})`, swapPayload(token, { ...claims, sub: 'x' })],
    [`a removed signature (${index})`, swapSignature(token, '')],
    [`half a signature (${index})`, token.slice(0, -20)],
  ]),
  ['an all-zero EC signature', swapSignature(goodEc, Buffer.alloc(64).toString('base64url'))],
  ['an all-zero RSA signature', swapSignature(goodRsa, Buffer.alloc(256).toString('base64url'))],
  ['an all-zero Ed25519 signature', swapSignature(goodEd, Buffer.alloc(64).toString('base64url'))],
  ['the signature of another token', swapSignature(good, hs({}, { role: 'anon' }).split('.')[2] ?? '')],
  ['four parts', `${good}.x`],
  ['two parts', good.split('.').slice(0, 2).join('.')],
  ['five parts, as if encrypted', `${good}.x.y`],
  ['a header that is no JSON', signText('{', JSON.stringify(claims))],
  ['a header that is a list', signText('[]', JSON.stringify(claims))],
  ['a payload that is no JSON', signText('{"alg":"HS256"}', 'service_role')],
  ['a payload that is a list', signText('{"alg":"HS256"}', '[{"role":"service_role"}]')],
  ['a payload that is a text', signText('{"alg":"HS256"}', '"service_role"')],
  ['a header without alg', signText('{"typ":"JWT"}', JSON.stringify(claims))],
  ['an alg that is a list', signText('{"alg":["HS256"]}', JSON.stringify(claims))],
  ['an alg in lower case', hs({ alg: 'hs256' })],
  ['an alg with a blank', hs({ alg: 'HS256 ' })],
  ['the JSON serialisation', JSON.stringify({ payload: encodePart(claims), signatures: [] })],
  ['nothing', ''],
  ['random bytes', randomBytes(60).toString('base64url')],
];

const extensions: [string, string][] = [
  ['a critical extension', hs({ crit: ['exp'], exp: 1 })],
  ['a critical extension nobody knows', hs({ crit: ['x'], x: true })],
  ['critical extensions that are none', hs({ crit: [] })],
  ['an unencoded payload', hs({ crit: ['b64'], b64: false })],
  ['an encoded payload said to be critical', hs({ crit: ['b64'], b64: true })],
  ['an asymmetric token with a critical extension', signAsymmetric(rsa, claims, { crit: ['x'], x: 1 })],
];

const times: [string, string][] = [
  ['that expired', hs({}, { role: 'service_role', exp: now - 1 })],
  ['that expired long ago', hs({}, { role: 'service_role', exp: 0 })],
  ['that expired before the epoch', hs({}, { role: 'service_role', exp: -1 })],
  ['asymmetric, that expired', signAsymmetric(ec, { role: 'service_role', exp: now - 1 })],
  ['whose expiry is a text', hs({}, { role: 'service_role', exp: String(now + 100) })],
  ['whose expiry is null', hs({}, { role: 'service_role', exp: null })],
  ['whose expiry is a list', hs({}, { role: 'service_role', exp: [now + 100] })],
  ['that is not valid yet', hs({}, { ...claims, nbf: now + 60 })],
  ['whose start is a text', hs({}, { ...claims, nbf: 'soon' })],
];

const roles: [string, string][] = [
  ...['postgres', 'supabase_storage_admin', 'none', 'public', 'SERVICE_ROLE', 'service_role ', '', 'pg_read_all_data'].map(
    (role): [string, string] => [`of the role "${role}"`, hs({}, { ...claims, role })],
  ),
  ['whose role is a list', hs({}, { ...claims, role: ['service_role'] })],
  ['whose role is null', hs({}, { ...claims, role: null })],
  ['whose role is an object', hs({}, { ...claims, role: { name: 'service_role' } })],
  ['whose role is a number', hs({}, { ...claims, role: 1 })],
  ['whose role carries SQL', hs({}, { ...claims, role: `anon"; set role postgres; --` })],
  ['asymmetric, of a role that is not allowed', signAsymmetric(ed, { ...claims, role: 'postgres' })],
  ['that is a signed link', new UrlSigner([keys[0]]).signDownload('box/a', 60)],
];

const corpus = { noSignature, confusion, foreign, malleable, extensions, times, roles };

describe.each(Object.entries(corpus))('%s', (_name, cases) => {
  test.each(cases)('%s: refused', async (_label, token) => {
    await expect(verifier.verify(token)).rejects.toMatchObject({ protocolCode: 'AccessDenied', status: 403, httpStatus: 400 });
  });
});

test('the corpus has at least 94 attacks', () => {
  expect(Object.values(corpus).flat().length).toBeGreaterThanOrEqual(94);
});

test.each([
  ['the secret', good],
  ['an RSA key', goodRsa],
  ['an EC key', goodEc],
  ['an Ed25519 key', goodEd],
  ['a secret of the JWKS', signHmac(oct.bytes, { alg: 'HS256', kid: 'oct-1' }, claims)],
  ['the secret under an id that nobody has', hs({ kid: 'legacy' })],
  ['an RSA key whose id is left out', signAsymmetric(rsa, claims, { kid: undefined })],
])('a token of %s is accepted', async (_label, token) => {
  expect(await verifier.verify(token)).toMatchObject({ role: 'service_role' });
});

function signText(header: string, payload: string): string {
  const text = `${encodePart(header)}.${encodePart(payload)}`;
  return `${text}.${createHmac('sha256', SECRET).update(text).digest('base64url')}`;
}

function derSignature(): string {
  const text = goodEc.split('.').slice(0, 2).join('.');
  return `${text}.${sign('sha256', Buffer.from(text), ec.privateKey).toString('base64url')}`;
}

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
