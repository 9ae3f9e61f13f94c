import { randomBytes, sign } from 'node:crypto';
import { encodePart, signAsymmetric, signHmac, type TestKey } from '../jwt.ts';
import { type Attack, ATTACKED_SECRET, type Claims, ec, ed, goodTokens, hs, oct, rsa, signText, strange } from './attack-keys.ts';

const pem = (key: TestKey, type: 'spki' | 'pkcs1' = 'spki') => key.publicKey.export({ format: 'pem', type });
const der = (key: TestKey) => key.publicKey.export({ format: 'der', type: 'spki' });
const swapSignature = (token: string, signature: string) => `${token.split('.').slice(0, 2).join('.')}.${signature}`;
const swapPayload = (token: string, payload: unknown) => {
  const [header, , signature] = token.split('.');
  return `${header}.${encodePart(payload)}.${signature}`;
};
const flip = (token: string) => token.slice(0, -4) + (token.at(-4) === 'A' ? 'B' : 'A') + token.slice(-3);

/** Tokens whose signature, key or shape is wrong, whatever they claim. */
export function signatureAttacks(claims: Claims): Readonly<Record<string, readonly Attack[]>> {
  return {
    noSignature: noSignature(claims),
    confusion: confusion(claims),
    foreign: foreign(claims),
    malleable: malleable(claims),
    spelling: spelling(claims),
    extensions: extensions(claims),
  };
}

function noSignature(claims: Claims): readonly Attack[] {
  return ['none', 'None', 'NONE', 'nOnE', ' none', 'none\u0000', ''].flatMap((alg): Attack[] => [
    [`alg "${alg}" without a signature`, `${encodePart({ alg, typ: 'JWT' })}.${encodePart(claims)}.`],
    [`alg "${alg}" with the signature of the secret`, hs(claims, { alg })],
  ]);
}

function confusion(claims: Claims): readonly Attack[] {
  return [
    ...[rsa, ec, ed].flatMap((key): Attack[] => [
      [`${key.alg} public PEM as HMAC secret`, signHmac(pem(key).toString(), { alg: 'HS256', kid: key.kid }, claims)],
      [`${key.alg} public PEM without the last line break`, signHmac(pem(key).toString().trim(), { alg: 'HS256', kid: key.kid }, claims)],
      [`${key.alg} public PEM without a key id`, signHmac(pem(key).toString(), { alg: 'HS256' }, claims)],
      [`${key.alg} public DER as HMAC secret`, signHmac(der(key), { alg: 'HS256', kid: key.kid }, claims)],
      [`${key.alg} public JWK as HMAC secret`, signHmac(JSON.stringify(key.publicJwk), { alg: 'HS256', kid: key.kid }, claims)],
      [`${key.alg} header over an HMAC of the secret`, signHmac(ATTACKED_SECRET, { alg: key.alg, kid: key.kid }, claims)],
      [`${key.alg} header over an HMAC of the secret, without a key id`, signHmac(ATTACKED_SECRET, { alg: key.alg }, claims)],
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
    ['secret with HS512', signHmac(ATTACKED_SECRET, { alg: 'HS512' }, claims, 'sha512')],
    ['secret with HS384', signHmac(ATTACKED_SECRET, { alg: 'HS384' }, claims, 'sha384')],
    ['secret of the JWKS with HS512', signHmac(oct.bytes, { alg: 'HS512', kid: 'oct-1' }, claims, 'sha512')],
    ['secret of the JWKS under the id of the RSA key', signHmac(oct.bytes, { alg: 'HS256', kid: 'rsa-1' }, claims)],
    ['secret under the id of the secret in the JWKS', hs(claims, { kid: 'oct-1' })],
    ['DER signature of the EC key instead of the raw one', derSignature(claims)],
  ];
}

function foreign(claims: Claims): readonly Attack[] {
  const empty = (kid: unknown) => signHmac('', { alg: 'HS256', kid }, claims);
  return [
    ['another RSA key of the same id', signAsymmetric(strange.rsa, claims)],
    ['another EC key of the same id', signAsymmetric(strange.ec, claims)],
    ['another Ed25519 key of the same id', signAsymmetric(strange.ed, claims)],
    ['another key without an id', signAsymmetric(strange.rsa, claims, { kid: undefined })],
    ['another key with its JWK in the header', signAsymmetric(strange.rsa, claims, { jwk: strange.rsa.publicJwk, kid: undefined })],
    ['another EC key with its JWK in the header', signAsymmetric(strange.ec, claims, { jwk: strange.ec.publicJwk })],
    ['a secret in the JWK of the header', signHmac('x', { alg: 'HS256', jwk: { kty: 'oct', k: encodePart('x') } }, claims)],
    ['another key with an address of keys', signAsymmetric(strange.rsa, claims, { jku: 'http://127.0.0.1:9/jwks.json' })],
    ['another key with a file as address of keys', signAsymmetric(strange.rsa, claims, { jku: 'file:///tmp/jwks.json' })],
    ['another key with the address of a certificate', signAsymmetric(strange.rsa, claims, { x5u: 'http://127.0.0.1:9/cert.pem' })],
    ['another key with a certificate', signAsymmetric(strange.rsa, claims, { x5c: [der(strange.rsa).toString('base64')] })],
    ['an unknown key id', signAsymmetric(rsa, claims, { kid: 'rsa-2' })],
    ['a key id that is a path', empty('/dev/null')],
    ['a key id that climbs', empty('../../../../../../dev/null')],
    ['a key id that is a file of the process', empty('/proc/self/environ')],
    ['a key id that is a command', empty('x|cat /etc/passwd')],
    ['a key id that is SQL', signHmac('x', { alg: 'HS256', kid: `' union select 'x` }, claims)],
    ['a key id that is a number', hs(claims, { kid: 1 })],
    ['a key id that is a list', hs(claims, { kid: ['oct-1'] })],
    ['a key id that is an object', hs(claims, { kid: { toString: 'oct-1' } })],
    ['a key id that is null', hs(claims, { kid: null })],
    ['a key id that is a prototype', empty('__proto__')],
    ['a key id that is a constructor', empty('constructor')],
    ['a key id with NUL', signHmac(oct.bytes, { alg: 'HS256', kid: 'rsa-1\u0000oct-1' }, claims)],
    ['an empty secret', signHmac('', { alg: 'HS256' }, claims)],
    ['the secret with a line break', signHmac(`${ATTACKED_SECRET}\n`, { alg: 'HS256' }, claims)],
    ['the secret decoded from base64', signHmac(Buffer.from(ATTACKED_SECRET, 'base64'), { alg: 'HS256' }, claims)],
    ['the secret in upper case', signHmac(ATTACKED_SECRET.toUpperCase(), { alg: 'HS256' }, claims)],
    ['the word secret', signHmac('secret', { alg: 'HS256' }, claims)],
    [
      'the secret of the Supabase examples',
      signHmac('your-super-secret-jwt-token-with-at-least-32-characters-long', { alg: 'HS256' }, claims),
    ],
  ];
}

function malleable(claims: Claims): readonly Attack[] {
  const good = goodTokens(claims);
  const [hmac, rsaToken, ecToken, edToken] = good;
  return [
    ...good.flatMap((token, index): Attack[] => [
      [`a changed signature (${index})`, flip(token)],
      [`a changed payload (${index})`, swapPayload(token, { ...claims, sub: 'x' })],
      [`a removed signature (${index})`, swapSignature(token, '')],
      [`half a signature (${index})`, token.slice(0, -20)],
      [`a signature without its last character (${index})`, token.slice(0, -1)],
      [`a signature that goes on (${index})`, `${token}AAAA`],
    ]),
    ['an all-zero EC signature', swapSignature(ecToken, Buffer.alloc(64).toString('base64url'))],
    ['an all-zero RSA signature', swapSignature(rsaToken, Buffer.alloc(256).toString('base64url'))],
    ['an all-zero Ed25519 signature', swapSignature(edToken, Buffer.alloc(64).toString('base64url'))],
    ['the signature of another token', swapSignature(hmac, hs({ role: 'anon' }).split('.')[2] ?? '')],
    ['four parts', `${hmac}.x`],
    ['two parts', hmac.split('.').slice(0, 2).join('.')],
    ['five parts, as if encrypted', `${hmac}.x.y`],
    ['two tokens', `${hmac},${hmac}`],
    ['a header that is no JSON', signText('{', JSON.stringify(claims))],
    ['a header that is a list', signText('[]', JSON.stringify(claims))],
    ['a header that is null', signText('null', JSON.stringify(claims))],
    ['a payload that is no JSON', signText('{"alg":"HS256"}', 'service_role')],
    ['a payload that is a list', signText('{"alg":"HS256"}', JSON.stringify([claims]))],
    ['a payload that is a text', signText('{"alg":"HS256"}', '"service_role"')],
    ['a payload that is null', signText('{"alg":"HS256"}', 'null')],
    ['a payload that is empty', signText('{"alg":"HS256"}', '')],
    ['a payload with something behind it', signText('{"alg":"HS256"}', `${JSON.stringify(claims)}{}`)],
    ['a payload that is a token', signText('{"alg":"HS256","cty":"JWT"}', hmac)],
    ['a payload that is a token in quotes', signText('{"alg":"HS256","cty":"JWT"}', JSON.stringify(hmac))],
    ['a header without alg', signText('{"typ":"JWT"}', JSON.stringify(claims))],
    ['an alg that is a list', signText('{"alg":["HS256"]}', JSON.stringify(claims))],
    ['an alg that is said twice, at last none', signText('{"alg":"HS256","alg":"none"}', JSON.stringify(claims))],
    ['an alg in lower case', hs(claims, { alg: 'hs256' })],
    ['an alg with a blank', hs(claims, { alg: 'HS256 ' })],
    ['the JSON serialisation', JSON.stringify({ payload: encodePart(claims), signatures: [] })],
    ['nothing', ''],
    ['random bytes', randomBytes(60).toString('base64url')],
    ['the bare claims', encodePart(claims)],
    ['a very long text', 'a.'.repeat(5000)],
    ['a header of four thousand levels', signText(`${'['.repeat(4000)}${']'.repeat(4000)}`, '{}')],
  ];
}

/** The same bytes, written as base64url does not write them. */
function spelling(claims: Claims): readonly Attack[] {
  // Lengths that leave bits unused, and characters in which the two alphabets differ.
  const token = ['', '-', '--'].map((pad) => hs({ ...claims, pad: `${pad}\u00ff\u00fe?>~` })).find((text) => /[-_]/.test(text)) ?? '';
  const [header = '', payload = '', signature = ''] = token.split('.');
  const last = signature.at(-1) ?? '';
  return [
    ['padding', `${token}=`],
    ['padding of the header', `${header}==.${payload}.${signature}`],
    ['the alphabet of base64', token.replaceAll('-', '+').replaceAll('_', '/')],
    ['unused bits in the last character', token.slice(0, -1) + nextCharacter(last)],
    ['a blank inside', `${header}.${payload}. ${signature}`],
    ['a tab inside', `${header}.${payload.slice(0, 4)}\t${payload.slice(4)}.${signature}`],
    ['a quote at the end', `${token}"`],
    ['a percent sign', `${header}%2E${payload}%2E${signature}`],
    ['a letter of another script', token.replace('e', '\u00e9')],
    ['a soft hyphen', `${token}\u00ad`],
    ['a fragment', `${token}#x`],
    ['another token behind a blank', `${token} ${token}`],
  ];
}

/** HMACs of 32 bytes leave two bits of the last character unused. */
function nextCharacter(character: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet[alphabet.indexOf(character) + 1] ?? 'B';
}

function extensions(claims: Claims): readonly Attack[] {
  return [
    ['a critical extension', hs({ ...claims, exp: 1 }, { crit: ['exp'], exp: 1 })],
    ['a critical extension nobody knows', hs(claims, { crit: ['x'], x: true })],
    ['critical extensions that are none', hs(claims, { crit: [] })],
    ['critical extensions that are null', hs(claims, { crit: null })],
    ['an unencoded payload', hs(claims, { crit: ['b64'], b64: false })],
    ['an unencoded payload that is not critical', hs(claims, { b64: false })],
    ['an encoded payload said to be critical', hs(claims, { crit: ['b64'], b64: true })],
    ['an asymmetric token with a critical extension', signAsymmetric(rsa, claims, { crit: ['x'], x: 1 })],
    ['a compressed payload', hs(claims, { zip: 'DEF' })],
  ];
}

function derSignature(claims: Claims): string {
  const text = signAsymmetric(ec, claims).split('.').slice(0, 2).join('.');
  return `${text}.${sign('sha256', Buffer.from(text), ec.privateKey).toString('base64url')}`;
}
