import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AttackBench, REFUSED, startAttackBench } from '../../../testing/attack-bench.ts';
import { headerWire, presignedWire, type Wire } from '../../../testing/s3-wire.ts';
import { amzDateOf, sha256, type SignInput } from '../../../testing/sign-s3.ts';

let bench: AttackBench;
beforeAll(async () => {
  bench = await startAttackBench();
});
afterAll(() => bench.stop());

const MINUTE_MS = 60_000;
const ago = (minutes: number) => new Date(Date.now() - minutes * MINUTE_MS);
const today = () => amzDateOf(new Date()).slice(0, 8);

/** A PUT over the victim, signed as `input` says. */
const put = (input: Partial<SignInput> = {}): Wire =>
  headerWire(bench.url, { method: 'PUT', path: '/s3/main/victim', body: 'evil', ...input });
const get = (input: Partial<SignInput> = {}): Wire => headerWire(bench.url, { method: 'GET', path: '/s3/main/victim', ...input });

const without = (wire: Wire, ...names: string[]): Wire => ({ ...wire, headers: wire.headers.filter(([name]) => !names.includes(name)) });
const plus = (wire: Wire, ...added: [string, string][]): Wire => ({ ...wire, headers: [...wire.headers, ...added] });
const swap = (wire: Wire, name: string, value: string): Wire => plus(without(wire, name), [name, value]);
const authorization = (wire: Wire, edit: (value: string) => string): Wire => ({
  ...wire,
  headers: wire.headers.map(([name, value]) => [name, name === 'authorization' ? edit(value) : value]),
});
const at = (target: string, wire: Wire): Wire => ({ ...wire, target });

type Attack = readonly [name: string, forge: () => Wire];

const credentials: readonly Attack[] = [
  ['no signature', () => without(put(), 'authorization')],
  ['another secret', () => put({ secret: 'guessed' })],
  ['an empty secret', () => put({ secret: '' })],
  ['an unknown access key', () => put({ accessKeyId: 'NOBODY' })],
  ['the access key of session mode with the secret of the pair', () => put({ accessKeyId: 'stub' })],
  ['an all-zero signature', () => authorization(put(), (value) => value.replace(/Signature=\w+/, `Signature=${'0'.repeat(64)}`))],
  ['the signature in upper case', () => authorization(put(), (value) => value.replace(/(?<=Signature=)\w+/, (hex) => hex.toUpperCase()))],
  ['half a signature', () => authorization(put(), (value) => value.slice(0, -32))],
  ['a longer signature', () => authorization(put(), (value) => `${value}00`)],
  ['two signatures', () => authorization(put(), (value) => `${value}, Signature=${'0'.repeat(64)}`)],
  ['an unknown field beside the signature', () => authorization(put(), (value) => `${value}, Extra=1`)],
  ['two Authorization headers', () => plus(put(), ['authorization', 'AWS4-HMAC-SHA256 x'])],
  ['SigV2', () => authorization(put(), () => 'AWS TESTACCESSKEY0000001:c2lnbmF0dXJl')],
  ['SigV4A', () => authorization(put(), (value) => value.replace('AWS4-HMAC-SHA256', 'AWS4-ECDSA-P256-SHA256'))],
  ['a Bearer token', () => authorization(put(), () => 'Bearer x')],
  ['a header and a presigned query', () => at(presignedWire(bench.url, { method: 'PUT', path: '/s3/main/victim' }).target, put())],
];

const scopes: readonly Attack[] = [
  ['the scope of yesterday', () => put({ scope: `${amzDateOf(ago(1440)).slice(0, 8)}/us-east-1/s3/aws4_request` })],
  ['the scope of another service', () => put({ scope: `${today()}/us-east-1/iam/aws4_request` })],
  ['a scope with another end', () => put({ scope: `${today()}/us-east-1/s3/aws5_request` })],
  ['a scope without a region', () => put({ scope: `${today()}//s3/aws4_request` })],
  ['a scope of six parts', () => put({ scope: `${today()}/us-east-1/s3/x/aws4_request` })],
  ['a region swapped after signing', () => authorization(put(), (value) => value.replace('us-east-1', 'eu-west-1'))],
  ['a date in the scope that is none', () => put({ scope: 'yesterday/us-east-1/s3/aws4_request' })],
];

const times: readonly Attack[] = [
  ['a request of 16 minutes ago', () => put({ date: ago(16) })],
  ['a request of 16 minutes ahead', () => put({ date: ago(-16) })],
  ['an old request with a fresh x-amz-date', () => swap(put({ date: ago(20) }), 'x-amz-date', amzDateOf(new Date()))],
  ['an old request with a fresh Date beside it', () => plus(put({ date: ago(20) }), ['date', new Date().toUTCString()])],
  ['a Date that is not signed', () => plus(without(put(), 'x-amz-date'), ['date', new Date().toUTCString()])],
  ['an x-amz-date that is not signed', () => put({ signedHeaders: ['host', 'x-amz-content-sha256'] })],
  ['no date at all', () => without(put(), 'x-amz-date')],
  ['a date that is no moment', () => put({ headers: { 'x-amz-date': `${today()}T256199Z` } })],
  ['a date without a zone', () => put({ headers: { 'x-amz-date': amzDateOf(new Date()).slice(0, -1) } })],
  ['two dates', () => plus(put(), ['x-amz-date', amzDateOf(new Date())])],
];

const targets: readonly Attack[] = [
  ['the signature of another method', () => ({ ...get(), method: 'DELETE' })],
  ['a method in lower case', () => ({ ...put(), method: 'put' })],
  ['the signature for another key', () => at('/s3/main/victim', put({ path: '/s3/main/mine' }))],
  ['the signature for another bucket', () => at('/s3/main/victim', put({ path: '/s3/mine/victim' }))],
  ['a path with dots that a proxy would resolve', () => put({ rawPath: '/s3/main/x/../victim' })],
  ['a path with encoded dots', () => put({ rawPath: '/s3/main/x/%2e%2e/victim' })],
  ['doubled slashes', () => put({ rawPath: '/s3/main//victim' })],
  ['an encoded slash after the bucket', () => put({ rawPath: '/s3/main%2Fvictim' })],
  ['an encoded slash in the key', () => put({ path: '/s3/main/a/b', rawPath: '/s3/main/a%2Fb' })],
  ['a key that was encoded twice', () => put({ rawPath: '/s3/main/%2576ictim' })],
  ['an absolute target', () => at(`${bench.url}/s3/main/victim`, put())],
  ['an added sub-resource', () => put({ rawPath: '/s3/main/victim?tagging' })],
  ['a removed sub-resource', () => at('/s3/main/victim', put({ query: { tagging: '' } }))],
  ['a sub-resource in another case', () => at('/s3/main/victim?Tagging=', put({ query: { tagging: '' } }))],
  ['a repeated parameter', () => put({ rawPath: `/s3/main/upload?uploadId=${bench.uploadId}&partNumber=1&partNumber=2` })],
  ['a parameter repeated in another case', () => put({ rawPath: `/s3/main/upload?partNumber=1&PARTNUMBER=2` })],
  [
    'another part of an upload',
    () => {
      const wire = put({ path: '/s3/main/upload', query: { partNumber: '2', uploadId: bench.uploadId } });
      return at(wire.target.replace('partNumber=2', 'partNumber=1'), wire);
    },
  ],
  ['broken escapes', () => put({ path: '/s3/main/victim%ZZ' })],
  ['a zero byte', () => put({ path: '/s3/main/victim%00' })],
];

const bodies: readonly Attack[] = [
  ['another body', () => ({ ...put({ body: 'good' }), body: 'evil' })],
  ['no body', () => ({ ...put({ body: 'good' }), body: '' })],
  ['UNSIGNED-PAYLOAD in place of the hash', () => swap(put({ body: 'good' }), 'x-amz-content-sha256', 'UNSIGNED-PAYLOAD')],
  ['a hash that is not signed', () => put({ signedHeaders: ['host', 'x-amz-date'] })],
  ['no hash', () => without(put(), 'x-amz-content-sha256')],
  ['a word that is none of AWS', () => put({ contentSha256: 'STREAMING-UNSIGNED-PAYLOAD' })],
  ['a document that was cut off', () => ({ ...put({ path: '/s3/new', body: '<CreateBucketConfiguration/>' }), body: '' })],
  ['a document swapped for another', () => ({ ...put({ query: { tagging: '' }, body: '<a/>' }), body: '<Tagging><TagSet/></Tagging>' })],
  ['two lengths', () => plus(put(), ['content-length', '4'], ['content-length', '5'])],
  ['a length and chunks', () => plus(put(), ['content-length', '4'], ['transfer-encoding', 'chunked'])],
];

const unsigned = (name: string, value: string): Attack => [`${name} that is not signed`, () => put({ extraHeaders: { [name]: value } })];
const headers: readonly Attack[] = [
  unsigned('x-amz-copy-source', '/other/secret'),
  unsigned('x-amz-tagging', 'a=2'),
  unsigned('x-amz-acl', 'private'),
  unsigned('x-amz-meta-role', 'admin'),
  unsigned('x-amz-security-token', 'x'),
  unsigned('x-amz-expected-bucket-owner', 'stub'),
  ['X-Amz-Copy-Source in another case', () => put({ extraHeaders: { 'X-AMZ-COPY-SOURCE': '/other/secret' } })],
  ['a signed header that is gone', () => without(put({ headers: { 'x-amz-copy-source': '/main/a%20b' } }), 'x-amz-copy-source')],
  ['another copy source', () => swap(put({ headers: { 'x-amz-copy-source': '/main/a%20b' } }), 'x-amz-copy-source', '/other/secret')],
  ['two copy sources', () => plus(put({ headers: { 'x-amz-copy-source': '/main/a%20b' } }), ['x-amz-copy-source', '/other/secret'])],
  ['a condition taken away', () => without(put({ headers: { 'if-none-match': '*' } }), 'if-none-match')],
  ['blanks in a copy source that the signature does not see', () => put({ headers: { 'x-amz-copy-source': '/main/a b' } })],
  ['a blank that is not ASCII after a copy source', () => put({ headers: { 'x-amz-copy-source': '/other/secret' } })],
  ['a byte order mark before a header', () => put({ headers: { 'x-amz-acl': 'private' } })],
  ['the host not signed', () => put({ signedHeaders: ['x-amz-content-sha256', 'x-amz-date'] })],
  ['another host', () => swap(put(), 'host', 'evil.example')],
  ['two hosts', () => plus(put(), ['host', 'evil.example'])],
  ['a forwarded host that nobody trusts', () => plus(swap(put(), 'host', 'x:1'), ['x-forwarded-host', new URL(bench.url).host])],
  ['signed headers out of order', () => put({ signedHeaders: ['x-amz-date', 'host', 'x-amz-content-sha256'] })],
  ['signed headers in upper case', () => put({ signedHeaders: ['Host', 'x-amz-content-sha256', 'x-amz-date'] })],
  ['a signed header named twice', () => put({ signedHeaders: ['host', 'host', 'x-amz-content-sha256', 'x-amz-date'] })],
  ['signed headers that were not sent', () => put({ signedHeaders: ['host', 'x-amz-content-sha256', 'x-amz-date', 'x-other'] })],
  ['a content type sent twice', () => plus(put({ headers: { 'content-type': 'text/plain' } }), ['content-type', 'text/html'])],
];

/** What goes over the wire instead of what was signed, for the attacks that need bytes no header object can hold. */
const REWRITES: Readonly<Record<string, (wire: Wire) => Wire>> = {
  'blanks in a copy source that the signature does not see': (wire) => swap(wire, 'x-amz-copy-source', '/main/a  b'),
  'a blank that is not ASCII after a copy source': (wire) => swap(wire, 'x-amz-copy-source', '/other/secret\u00c2\u00a0'),
  'a byte order mark before a header': (wire) => swap(wire, 'x-amz-acl', '\u00ef\u00bb\u00bfprivate'),
};

const corpus = { credentials, scopes, times, targets, bodies, headers };

describe.each(Object.entries(corpus))('%s', (_group, attacks) => {
  it.each(attacks)('%s: refused, nothing touched', async (name, forge) => {
    const wire = (REWRITES[name] ?? ((same: Wire) => same))(forge());
    expect(await bench.attempt(wire)).toMatch(REFUSED);
    expect(await bench.state()).toBe(bench.initialState);
  });
});

const signedFor = (path: string, method = 'DELETE') => headerWire(bench.url, { method, path });
const atRoot = (path: string) => headerWire(bench.rootUrl, { method: 'DELETE', path });

describe('a request for one listener', () => {
  const attacks: readonly (readonly [string, 'main' | 'root', () => Wire])[] = [
    ['of the main one, at the root', 'root', () => signedFor('/s3/main/victim')],
    ['of the main one, at the root, written otherwise', 'root', () => at('/%73%33/main/victim', signedFor('/s3/main/victim'))],
    ['of the main one with the long path, at the root', 'root', () => signedFor('/storage/v1/s3/main/victim')],
    ['of the main one for all buckets, at the root', 'root', () => signedFor('/s3', 'PUT')],
    ['of the root, at the main one', 'main', () => swap(atRoot('/s3/main/victim'), 'host', new URL(bench.url).host)],
    ['of the root, cut by what a gateway cuts', 'root', () => at('/main/victim', atRoot('/storage/v1/main/victim'))],
    [
      'of a bucket in the host, at the main one',
      'main',
      () => headerWire('http://main.s3.localhost', { method: 'DELETE', path: '/s3/victim' }),
    ],
  ];
  it.each(attacks)('%s: refused, nothing touched', async (_name, listener, forge) => {
    expect(await bench.attempt(forge(), listener)).toMatch(REFUSED);
    expect(await bench.state()).toBe(bench.initialState);
  });
});

describe('the same requests unchanged', () => {
  it('are accepted', async () => {
    expect(await bench.attempt(get())).toBe('200');
    expect(await bench.attempt(put({ date: ago(14), headers: { 'x-amz-meta-note': 'a' } }))).toBe('200');
    expect(await bench.attempt(put({ headers: { 'x-amz-copy-source': '/main/a b' }, body: '' }))).toBe('200');
    expect(await bench.attempt(put({ contentSha256: sha256('evil'), query: {} }))).toBe('200');
    expect(
      await bench.attempt(at('/s3/main/victim', headerWire(bench.url, { method: 'DELETE', path: '/storage/v1/s3/main/victim' }))),
    ).toBe('204');
    expect(await bench.attempt(headerWire(bench.rootUrl, { method: 'GET', path: '/s3x/k' }), 'root')).toBe('404 NoSuchBucket');
  });
});
