import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { assert, asyncProperty, string, stringMatching } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseQuery, type SignableRequest, splitTarget } from './canonical.ts';
import type { PayloadMode } from './payload.ts';
import { readHeaders } from './request-headers.ts';
import { S3Error } from './s3-error.ts';
import { SigningKeys } from './signing-key.ts';
import { verifyRequest, type VerifyOptions } from './verify-request.ts';

const ACCESS_KEY = 'AKIDEXAMPLE000000001';
const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const NOW = new Date('2026-11-23T10:00:00Z');

type SourceData = string | ArrayBuffer | ArrayBufferView;

function toBytes(data: SourceData): string | Uint8Array {
  if (typeof data === 'string') return data;
  return data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

class NodeSha256 {
  #hash: Hash | Hmac;
  readonly #secret: string | Uint8Array | undefined;

  constructor(secret?: SourceData) {
    this.#secret = secret === undefined ? undefined : toBytes(secret);
    this.#hash = this.#fresh();
  }

  #fresh(): Hash | Hmac {
    return this.#secret === undefined ? createHash('sha256') : createHmac('sha256', this.#secret);
  }

  update(data: SourceData): void {
    this.#hash.update(toBytes(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash = this.#fresh();
  }
}

function options(overrides: Partial<VerifyOptions<string>> = {}): VerifyOptions<string> {
  return {
    resolveCredentials: async (accessKeyId) => (accessKeyId === ACCESS_KEY ? { secrets: [SECRET], identify: async () => 'owner' } : null),
    signingKeys: new SigningKeys(),
    now: () => NOW.getTime(),
    enforcedRegion: null,
    strippedPathPrefixes: [],
    trustForwardedHost: false,
    ...overrides,
  };
}

function signer(secret = SECRET, sessionToken?: string): SignatureV4 {
  return new SignatureV4({
    service: 's3',
    region: 'us-east-1',
    credentials: { accessKeyId: ACCESS_KEY, secretAccessKey: secret, ...(sessionToken ? { sessionToken } : {}) },
    sha256: NodeSha256,
    uriEscapePath: false,
    applyChecksum: true,
  });
}

interface Wire {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
}

interface Plain {
  readonly method?: string;
  readonly path?: string;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

function plainRequest({ method = 'GET', path = '/s3/photos/a%20b/%C3%BC.txt', query = {}, headers = {}, body }: Plain) {
  return {
    method,
    protocol: 'http:',
    hostname: 'localhost',
    port: 5000,
    path,
    query,
    headers: { host: 'localhost:5000', ...headers },
    ...(body === undefined ? {} : { body }),
  };
}

function strict(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function encodeQuery(query: Record<string, unknown>): string {
  const pairs = Object.entries(query).map(([name, value]) => `${strict(name)}=${strict(String(value))}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

async function signedWire(plain: Plain = {}, secret = SECRET, date = NOW): Promise<Wire> {
  const signed = await signer(secret).sign(plainRequest(plain), { signingDate: date });
  return { method: signed.method, target: `${signed.path}${encodeQuery(signed.query ?? {})}`, headers: Object.entries(signed.headers) };
}

async function presignedWire(plain: Plain = {}, expiresIn = 900, date = NOW): Promise<Wire> {
  const headers = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...plain.headers };
  const signed = await signer().presign(plainRequest({ ...plain, headers }), { signingDate: date, expiresIn });
  return { method: signed.method, target: `${signed.path}${encodeQuery(signed.query ?? {})}`, headers: Object.entries(signed.headers) };
}

function signable(wire: Wire): SignableRequest {
  const { rawPath, rawQuery } = splitTarget(wire.target);
  return { method: wire.method, rawPath, query: parseQuery(rawQuery), headers: readHeaders(wire.headers.flat()) };
}

async function verdict(wire: Wire, overrides: Partial<VerifyOptions<string>> = {}): Promise<string> {
  try {
    return (await verifyRequest(signable(wire), options(overrides))).identity;
  } catch (error) {
    if (error instanceof S3Error) return error.s3Code;
    throw error;
  }
}

function withHeader(wire: Wire, name: string, value: string): Wire {
  return { ...wire, headers: [...wire.headers.filter(([candidate]) => candidate !== name), [name, value]] };
}

function editAuthorization(wire: Wire, edit: (value: string) => string): Wire {
  return { ...wire, headers: wire.headers.map(([name, value]) => (name === 'authorization' ? [name, edit(value)] : [name, value])) };
}

function minutesLater(minutes: number): Date {
  return new Date(NOW.getTime() + minutes * 60_000);
}

async function payloadOf(contentSha256: string): Promise<PayloadMode> {
  const wire = await signedWire({ method: 'PUT', headers: { 'x-amz-content-sha256': contentSha256 } });
  return (await verifyRequest(signable(wire), options())).payload;
}

function neverCalled(): Promise<string> {
  return Promise.reject(new Error('must not be called'));
}

describe('a signature in the Authorization header', () => {
  it('is accepted as the AWS signer makes it', async () => {
    expect(await verdict(await signedWire())).toBe('owner');
    expect(await verdict(await signedWire({ method: 'PUT', body: 'hello', headers: { 'content-type': 'text/plain' } }))).toBe('owner');
    expect(await verdict(await signedWire({ path: '/s3/b/', query: { 'list-type': '2', prefix: 'a b/ü*(1)', delimiter: '/' } }))).toBe(
      'owner',
    );
  });

  it('covers any key and any metadata value', async () => {
    const key = string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((text) => text.isWellFormed());
    const value = stringMatching(/^[!-~]( {0,3}[!-~]){0,20}$/);
    await assert(
      asyncProperty(key, value, async (name, meta) => {
        const path = `/s3/b/${name.split('/').map(strict).join('/')}`;
        expect(await verdict(await signedWire({ path, headers: { 'x-amz-meta-note': meta } }))).toBe('owner');
      }),
      { numRuns: 150 },
    );
  });

  it('is accepted when a proxy stripped a known path prefix', async () => {
    const wire = await signedWire({ path: '/storage/v1/s3/b/k' });
    const stripped = { ...wire, target: '/s3/b/k' };
    expect(await verdict(stripped)).toBe('SignatureDoesNotMatch');
    expect(await verdict(stripped, { strippedPathPrefixes: ['/files', '/storage/v1'] })).toBe('owner');
  });

  it('is accepted for the host a trusted proxy says it was signed for', async () => {
    const wire = await signedWire();
    const headers = wire.headers.map(([name, value]) => [name, name === 'host' ? 'internal:5000' : value] as const);
    const proxied = { ...wire, headers: [...headers, ['x-forwarded-host', 'localhost:5000'] as const] };
    expect(await verdict(proxied)).toBe('SignatureDoesNotMatch');
    expect(await verdict(proxied, { trustForwardedHost: true })).toBe('owner');
    expect(await verdict(withHeader(proxied, 'x-forwarded-host', 'other'), { trustForwardedHost: true })).toBe('SignatureDoesNotMatch');
  });

  it('is refused with a wrong secret, an unknown key, or no signature', async () => {
    expect(await verdict(await signedWire({}, 'other'))).toBe('SignatureDoesNotMatch');
    const unknown = editAuthorization(await signedWire(), (value) => value.replace(ACCESS_KEY, 'AKIDNOBODY'));
    expect(await verdict(unknown)).toBe('InvalidAccessKeyId');
    expect(await verdict({ method: 'GET', target: '/s3/b/k', headers: [['host', 'localhost:5000']] })).toBe('AccessDenied');
  });

  it('is refused beyond fifteen minutes of skew, either way', async () => {
    expect(await verdict(await signedWire({}, SECRET, minutesLater(-14)))).toBe('owner');
    expect(await verdict(await signedWire({}, SECRET, minutesLater(-16)))).toBe('RequestTimeTooSkewed');
    expect(await verdict(await signedWire({}, SECRET, minutesLater(16)))).toBe('RequestTimeTooSkewed');
  });

  it('is refused for another region only when one is enforced', async () => {
    expect(await verdict(await signedWire(), { enforcedRegion: 'us-east-1' })).toBe('owner');
    expect(await verdict(await signedWire(), { enforcedRegion: 'eu-west-1' })).toBe('AuthorizationHeaderMalformed');
  });

  it('is refused when x-amz-* headers were added after signing', async () => {
    for (const name of ['x-amz-copy-source', 'x-amz-meta-role', 'x-amz-acl', 'x-amz-tagging', 'x-amz-security-token']) {
      expect(await verdict(withHeader(await signedWire({ method: 'PUT' }), name, 'x'))).toBe('AccessDenied');
    }
  });

  it('is refused together with a query signature, SigV2 or SigV4A', async () => {
    const both = { ...(await presignedWire()), headers: (await signedWire()).headers };
    expect(await verdict(both)).toBe('InvalidArgument');
    const host = [['host', 'localhost:5000']] as const;
    expect(await verdict({ method: 'GET', target: '/s3/b/k', headers: [...host, ['authorization', 'AWS AKID:c2ln']] })).toBe(
      'InvalidRequest',
    );
    expect(await verdict({ method: 'GET', target: '/s3/b/k?AWSAccessKeyId=a&Signature=b&Expires=1', headers: host })).toBe(
      'InvalidRequest',
    );
    const v4a = editAuthorization(await signedWire(), (value) => value.replace('AWS4-HMAC-SHA256', 'AWS4-ECDSA-P256-SHA256'));
    expect(await verdict(v4a)).toBe('InvalidRequest');
  });

  it('is refused when malformed', async () => {
    const wire = await signedWire();
    const edits: readonly [(value: string) => string, string][] = [
      [(value) => value.replace('SignedHeaders=host', 'SignedHeaders=Host'), 'AuthorizationHeaderMalformed'],
      [(value) => value.replace('/s3/aws4_request', '/iam/aws4_request'), 'AuthorizationHeaderMalformed'],
      [(value) => value.replace('/aws4_request', '/aws4'), 'AuthorizationHeaderMalformed'],
      [(value) => value.replace('/20261123/', '/20261122/'), 'AuthorizationHeaderMalformed'],
      [(value) => `${value}, Signature=${'0'.repeat(64)}`, 'AuthorizationHeaderMalformed'],
      [
        (value) => value.replace(/Signature=[0-9a-f]+/, (text) => text.toUpperCase().replace('SIGNATURE', 'Signature')),
        'AuthorizationHeaderMalformed',
      ],
      [(value) => value.replace('SignedHeaders=host;', 'SignedHeaders='), 'AccessDenied'],
      [() => 'AWS4-HMAC-SHA256', 'InvalidRequest'],
      [() => 'AWS4-HMAC-SHA256 ', 'AuthorizationHeaderMalformed'],
    ];
    for (const [edit, code] of edits) expect(await verdict(editAuthorization(wire, edit))).toBe(code);
    expect(await verdict(withHeader(wire, 'x-amz-date', '20261123T100000'))).toBe('AccessDenied');
    expect(await verdict(withHeader(wire, 'x-amz-content-sha256', 'nonsense'))).toBe('InvalidArgument');
  });

  it('is refused when a deciding header or parameter is repeated', async () => {
    const wire = await signedWire({ query: { prefix: 'a' } });
    expect(await verdict({ ...wire, headers: [...wire.headers, ['host', 'evil.example']] })).toBe('InvalidRequest');
    expect(await verdict({ ...wire, target: `${wire.target}&prefix=b` })).toBe('InvalidArgument');
  });

  it('says how the body must be checked', async () => {
    expect(await payloadOf('UNSIGNED-PAYLOAD')).toEqual({ kind: 'unsigned' });
    expect(await payloadOf('STREAMING-UNSIGNED-PAYLOAD-TRAILER')).toEqual({ kind: 'chunked', signed: false, trailer: true });
    expect(await payloadOf('STREAMING-AWS4-HMAC-SHA256-PAYLOAD')).toEqual({ kind: 'chunked', signed: true, trailer: false });
    expect(await payloadOf('a'.repeat(64))).toEqual({ kind: 'exact', sha256Hex: 'a'.repeat(64) });
  });
});

describe('a presigned URL', () => {
  it('is accepted as the AWS signer makes it, until it expires', async () => {
    const wire = await presignedWire({ query: { 'response-content-type': 'text/plain; charset=utf-8' } }, 60);
    expect(await verdict(wire)).toBe('owner');
    expect(await verdict(wire, { now: () => NOW.getTime() + 59_000 })).toBe('owner');
    expect(await verdict(wire, { now: () => NOW.getTime() + 61_000 })).toBe('AccessDenied');
  });

  it('may not live longer than seven days, less than a second, or start in the future', async () => {
    const wire = await presignedWire({}, 604_800);
    expect(await verdict(wire)).toBe('owner');
    for (const seconds of ['604801', '0', '-1', '1e3', '99999999999', '']) {
      const edited = { ...wire, target: wire.target.replace('X-Amz-Expires=604800', `X-Amz-Expires=${seconds}`) };
      expect(await verdict(edited)).toBe('AuthorizationQueryParametersError');
    }
    const later = await presignedWire({}, 60, new Date(NOW.getTime() + 3_600_000));
    expect(await verdict(later)).toBe('AccessDenied');
  });

  it('does not cover headers that were not signed with it', async () => {
    const wire = await presignedWire({ method: 'PUT' });
    expect(await verdict(withHeader(wire, 'x-amz-copy-source', '/other/secret'))).toBe('AccessDenied');
    expect(await verdict(withHeader(wire, 'host', 'evil.example'))).toBe('SignatureDoesNotMatch');
  });

  it('is refused when a part is missing, doubled or written in another case', async () => {
    const wire = await presignedWire();
    const names = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Date', 'X-Amz-Expires', 'X-Amz-SignedHeaders', 'X-Amz-Signature'];
    for (const name of names) {
      const without = { ...wire, target: wire.target.replace(new RegExp(`${name}=[^&]*&?`), '') };
      expect(await verdict(without)).toBe('AuthorizationQueryParametersError');
      const folded = { ...wire, target: wire.target.replace(name, name.toLowerCase()) };
      expect(await verdict(folded)).toBe('AuthorizationQueryParametersError');
      const doubled = { ...wire, target: `${wire.target}&${name}=1` };
      expect(await verdict(doubled)).toBe('InvalidArgument');
    }
  });
});

describe('session credentials', () => {
  it('hand the session token to the resolver only as it was signed', async () => {
    const seen: (string | null)[] = [];
    const resolveCredentials: VerifyOptions<string>['resolveCredentials'] = async (_key, token) => {
      seen.push(token);
      return { secrets: [SECRET], identify: async () => `user of ${token}` };
    };
    const signed = await signer(SECRET, 'the.jwt').sign(plainRequest({}), { signingDate: NOW });
    const wire = { method: signed.method, target: signed.path, headers: Object.entries(signed.headers) };
    expect(await verdict(wire, { resolveCredentials })).toBe('user of the.jwt');
    expect(await verdict(withHeader(wire, 'x-amz-security-token', 'other.jwt'), { resolveCredentials })).toBe('SignatureDoesNotMatch');
    expect(seen).toEqual(['the.jwt', 'other.jwt']);
  });

  it('are not identified before the signature is good', async () => {
    const overrides = { resolveCredentials: async () => ({ secrets: ['another'], identify: neverCalled }) };
    expect(await verdict(await signedWire(), overrides)).toBe('SignatureDoesNotMatch');
  });
});

describe('a corpus of mutations', () => {
  it('is refused from the first to the last', async () => {
    const accepted: Wire[] = [];
    let tried = 0;
    const bases = [
      await signedWire({ method: 'PUT', body: 'hello', query: { partNumber: '1', uploadId: 'abc' }, headers: { 'x-amz-meta-a': 'b' } }),
      await presignedWire({ method: 'PUT', query: { 'x-id': 'PutObject' } }),
    ];
    for (const base of bases) {
      expect(await verdict(base)).toBe('owner');
      for (const mutant of mutants(base)) {
        tried += 1;
        if ((await verdict(mutant)) === 'owner') accepted.push(mutant);
      }
    }
    expect(accepted).toEqual([]);
    expect(tried).toBeGreaterThan(1500);
  });
});

/** Every request that differs from `base` in one character of what is signed, and some that differ in more. */
function* mutants(base: Wire): Generator<Wire> {
  for (const method of ['GET', 'DELETE', 'POST', 'HEAD', 'put']) yield { ...base, method };
  for (let at = 0; at < base.target.length; at += 1) {
    for (const char of ['A', '7', '']) {
      if (base.target[at] === char || isHexCase(base.target, at, char)) continue;
      yield { ...base, target: base.target.slice(0, at) + char + base.target.slice(at + 1) };
    }
  }
  const covered = base.headers.filter(([name]) => name !== 'user-agent');
  for (const [index, [name, value]] of covered.entries()) {
    yield { ...base, headers: covered.filter((_, other) => other !== index) };
    for (let at = 0; at < value.length; at += 1) {
      const char = value[at] === 'a' ? 'b' : 'a';
      if (value[at] === ' ') continue;
      const edited = value.slice(0, at) + char + value.slice(at + 1);
      yield { ...base, headers: covered.map((header, other) => (other === index ? [name, edited] : header)) };
    }
  }
}

/** `%2f` and `%2F` are the same byte: changing the case of an escape changes nothing. */
function isHexCase(target: string, at: number, char: string): boolean {
  const escape = /%[0-9A-Fa-f]{2}/g;
  for (const match of target.matchAll(escape)) {
    if (at > match.index && at < match.index + 3) return (target[at] ?? '').toLowerCase() === char.toLowerCase();
  }
  return false;
}
