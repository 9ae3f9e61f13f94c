import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AttackBench, REFUSED, startAttackBench } from '../../../testing/attack-bench.ts';
import { headerWire, presignedWire, type PresignInput, type Wire } from '../../../testing/s3-wire.ts';
import { amzDateOf, sha256 } from '../../../testing/sign-s3.ts';

let bench: AttackBench;
beforeAll(async () => {
  bench = await startAttackBench();
});
afterAll(() => bench.stop());

const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);
const today = () => amzDateOf(new Date()).slice(0, 8);

const put = (input: Partial<PresignInput> = {}): Wire =>
  presignedWire(bench.url, { method: 'PUT', path: '/s3/main/victim', body: 'evil', ...input });
const get = (input: Partial<PresignInput> = {}): Wire => presignedWire(bench.url, { method: 'GET', path: '/s3/main/victim', ...input });

const edit = (wire: Wire, from: string | RegExp, to: string): Wire => {
  const target = wire.target.replace(from, to);
  expect(target).not.toBe(wire.target);
  return { ...wire, target };
};
const param = (name: string) => new RegExp(`(?<=[?&]${name}=)[^&]*`);
const plus = (wire: Wire, ...added: [string, string][]): Wire => ({ ...wire, headers: [...wire.headers, ...added] });
const without = (wire: Wire, name: string): Wire => ({ ...wire, headers: wire.headers.filter(([candidate]) => candidate !== name) });

type Attack = readonly [name: string, forge: () => Wire];

const times: readonly Attack[] = [
  ['that expired', () => put({ date: ago(901) })],
  ['that begins in an hour', () => put({ date: ago(-3600) })],
  ['of a week and a second', () => put({ expires: '604801' })],
  ['of no time', () => put({ expires: '0' })],
  ['of negative time', () => put({ expires: '-1' })],
  ['of time in another notation', () => put({ expires: '9e2' })],
  ['of time with a sign', () => put({ expires: '+900' })],
  ['without a time', () => edit(put(), /X-Amz-Expires=900&/, '')],
  ['that expired and was given more time', () => edit(put({ date: ago(901) }), param('X-Amz-Expires'), '9000')],
  ['that expired and was given another date', () => edit(put({ date: ago(901) }), param('X-Amz-Date'), amzDateOf(new Date()))],
  ['with an impossible date', () => edit(put(), param('X-Amz-Date'), `${today()}T246060Z`)],
  ['with a fresh x-amz-date header beside it', () => plus(put({ date: ago(901) }), ['x-amz-date', amzDateOf(new Date())])],
];

const meanings: readonly Attack[] = [
  ['for GET, used to PUT', () => ({ ...get(), method: 'PUT', body: 'evil' })],
  ['for GET, used to DELETE', () => ({ ...get(), method: 'DELETE' })],
  ['for PUT, used to GET', () => ({ ...put(), method: 'GET', body: '' })],
  ['for GET, used for HEAD', () => ({ ...get(), method: 'HEAD' })],
  ['for another key', () => edit(put({ path: '/s3/main/mine' }), '/mine?', '/victim?')],
  ['for another bucket', () => edit(put({ path: '/s3/mine/victim' }), '/mine/', '/main/')],
  ['for a longer key', () => edit(put({ path: '/s3/main/vic' }), '/vic?', '/victim?')],
  ['turned into a copy by a header', () => plus(put(), ['x-amz-copy-source', '/other/secret'])],
  ['turned into a copy by a parameter', () => edit(put(), '&X-Amz-Signature', '&x-amz-copy-source=%2Fother%2Fsecret&X-Amz-Signature')],
  [
    'for a copy, with another source',
    () => edit(put({ query: { 'x-amz-copy-source': '/main/mine' } }), param('x-amz-copy-source'), '%2Fother%2Fsecret'),
  ],
  [
    'for a copy, with the source taken away',
    () => edit(put({ query: { 'x-amz-copy-source': '/main/mine' } }), /&x-amz-copy-source=[^&]*/, ''),
  ],
  [
    'for a copy, with another source in a header',
    () => plus(put({ query: { 'x-amz-copy-source': '/main/mine' } }), ['x-amz-copy-source', '/other/secret']),
  ],
  ['with tags of its own', () => plus(put(), ['x-amz-tagging', 'role=admin'])],
  ['with metadata of its own', () => plus(put(), ['x-amz-meta-role', 'admin'])],
  ['whose tags were changed', () => edit(put({ query: { 'x-amz-tagging': 'a=1' } }), param('x-amz-tagging'), 'a%3D2')],
  ['turned into an upload of tags', () => edit(put(), '?', '?tagging=&')],
  ['for tags, turned into an upload of bytes', () => edit(put({ query: { tagging: '' } }), /&tagging=/, '')],
  [
    'for one part, used for another',
    () => edit(put({ path: '/s3/main/upload', query: { partNumber: '2', uploadId: bench.uploadId } }), 'partNumber=2', 'partNumber=1'),
  ],
  ['for one version, used for another', () => edit(get({ query: { versionId: 'null' } }), 'versionId=null', 'versionId=x')],
  ['with another content type for the answer', () => edit(get(), '&X-Amz-Signature', '&response-content-type=text%2Fhtml&X-Amz-Signature')],
  ['with a session token that was not signed', () => edit(put(), '&X-Amz-Signature', '&X-Amz-Security-Token=x&X-Amz-Signature')],
  ['with a session token in a header', () => plus(put(), ['x-amz-security-token', 'x'])],
];

const headers: readonly Attack[] = [
  ['whose host is not signed', () => put({ signedHeaders: ['x-id'], headers: { 'x-id': '1' } })],
  ['for another host', () => plus(without(put(), 'host'), ['host', 'evil.example'])],
  [
    'whose signed header has another value',
    () => plus(without(put({ headers: { 'content-type': 'image/png' } }), 'content-type'), ['content-type', 'text/html']),
  ],
  ['whose signed header is gone', () => without(put({ headers: { 'content-type': 'image/png' } }), 'content-type')],
  ['whose condition was taken away', () => without(put({ headers: { 'if-none-match': '*' } }), 'if-none-match')],
  ['whose signed headers are fewer', () => edit(put({ headers: { 'content-type': 'image/png' } }), 'content-type%3Bhost', 'host')],
  [
    'with a header signature beside it',
    () =>
      plus(
        put(),
        ...headerWire(bench.url, { method: 'PUT', path: '/s3/main/victim', body: 'evil' })
          .headers.filter(([name]) => name !== 'host')
          .map(([name, value]): [string, string] => [name, value]),
      ),
  ],
  ['with a hash in a header', () => plus(put(), ['x-amz-content-sha256', sha256('evil')])],
];

const bodies: readonly Attack[] = [
  ['for a body of another hash', () => put({ payloadHash: sha256('good'), query: { 'x-amz-content-sha256': sha256('good') } })],
  [
    'for a body, sent without',
    () => ({ ...put({ payloadHash: sha256('good'), query: { 'x-amz-content-sha256': sha256('good') } }), body: '' }),
  ],
  [
    'whose hash was replaced',
    () => edit(put({ payloadHash: sha256('good'), query: { 'x-amz-content-sha256': sha256('good') } }), sha256('good'), 'UNSIGNED-PAYLOAD'),
  ],
  [
    'whose hash was taken away',
    () => edit(put({ payloadHash: sha256('good'), query: { 'x-amz-content-sha256': sha256('good') } }), /&x-amz-content-sha256=\w+/, ''),
  ],
  [
    'for chunks',
    () =>
      put({ payloadHash: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD', query: { 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' } }),
  ],
  ['with a checksum the body does not have', () => put({ query: { 'x-amz-checksum-crc32': 'AAAAAQ==' } })],
  ['with a length of chunks', () => plus(put(), ['x-amz-decoded-content-length', '4'])],
];

const REQUIRED = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Date', 'X-Amz-Expires', 'X-Amz-SignedHeaders', 'X-Amz-Signature'];
const forms: readonly Attack[] = [
  ...REQUIRED.flatMap((name): Attack[] => [
    [`without ${name}`, () => edit(put(), new RegExp(`[?&]${name}=[^&]*`), name === 'X-Amz-Algorithm' ? '?' : '')],
    [`with an empty ${name}`, () => edit(put(), param(name), '')],
    [`with ${name} twice`, () => ({ ...put(), target: `${put().target}&${name}=1` })],
    [`with ${name.toLowerCase()}`, () => edit(put(), name, name.toLowerCase())],
  ]),
  ['with another algorithm', () => edit(put(), 'AWS4-HMAC-SHA256', 'AWS4-HMAC-SHA1')],
  ['of SigV4A', () => edit(put(), 'AWS4-HMAC-SHA256', 'AWS4-ECDSA-P256-SHA256')],
  ['of SigV2', () => ({ ...put(), target: '/s3/main/victim?AWSAccessKeyId=TESTACCESSKEY0000001&Signature=eA%3D%3D&Expires=9999999999' })],
  ['of another secret', () => put({ secret: 'guessed' })],
  ['of an unknown access key', () => put({ accessKeyId: 'NOBODY' })],
  ['of another service', () => put({ scope: `${today()}/us-east-1/sts/aws4_request` })],
  ['of another day', () => put({ scope: '20200101/us-east-1/s3/aws4_request' })],
  ['whose region was changed', () => edit(put(), 'us-east-1', 'eu-west-1')],
  ['with the signature in upper case', () => edit(put(), param('X-Amz-Signature'), 'A'.repeat(64))],
  ['with something after the signature', () => ({ ...put(), target: `${put().target}00` })],
  ['with a fragment', () => ({ ...put(), target: `${put().target}#x` })],
  ['with semicolons between parameters', () => ({ ...put(), target: put().target.replaceAll('&', ';') })],
];

const corpus = { times, meanings, headers, bodies, forms };

describe.each(Object.entries(corpus))('a presigned URL (%s)', (_group, attacks) => {
  it.each(attacks)('%s: refused, nothing touched', async (_name, forge) => {
    expect(await bench.attempt(forge())).toMatch(REFUSED);
    expect(await bench.state()).toBe(bench.initialState);
  });
});

describe('presigned URLs unchanged', () => {
  it('are accepted', async () => {
    expect(await bench.attempt(get())).toBe('200');
    expect(await bench.attempt(get({ date: ago(890) }))).toBe('200');
    expect(await bench.attempt(put({ headers: { 'content-type': 'image/png' }, query: { 'x-amz-tagging': 'a=1' } }))).toBe('200');
    expect(await bench.attempt(put({ payloadHash: sha256('evil'), query: { 'x-amz-content-sha256': sha256('evil') } }))).toBe('200');
    expect(await bench.attempt(put({ query: { 'x-amz-copy-source': '/other/secret' }, body: '' }))).toBe('200');
  });
});
