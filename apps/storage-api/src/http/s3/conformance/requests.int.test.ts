import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type S3Bench, startS3Bench } from '../../../testing/s3.ts';
import { headerWire, presignedWire, sendWire, type Wire } from '../../../testing/s3-wire.ts';
import type { SignInput } from '../../../testing/sign-s3.ts';

let bench: S3Bench;
let url: string;
beforeAll(async () => {
  bench = await startS3Bench();
  ({ url } = bench.server);
});
afterAll(() => bench.stop());

const put = (input: Partial<SignInput> = {}): Wire => headerWire(url, { method: 'PUT', path: '/s3/main/foo', body: 'bar', ...input });
const send = async (wire: Wire) => {
  const { status, code } = await sendWire(url, wire);
  return `${status} ${code}`.trim();
};
const plus = (wire: Wire, ...added: [string, string][]): Wire => ({ ...wire, headers: [...wire.headers, ...added] });
const swap = (wire: Wire, name: string, value: string): Wire => ({
  ...wire,
  headers: [...wire.headers.filter(([each]) => each !== name), [name, value]],
});
const without = (wire: Wire, name: string): Wire => ({ ...wire, headers: wire.headers.filter(([each]) => each !== name) });

const make = (path: string, body: string) => headerWire(url, { method: 'PUT', path, body });

describe('a body', () => {
  it('has a length, and just that one', async () => {
    expect(await send(put())).toBe('200');
    expect(await send(plus(put(), ['transfer-encoding', 'chunked']))).toMatch(/^4\d\d/);
    expect(await send({ ...plus(put(), ['transfer-encoding', 'chunked']), body: '3\r\nbar\r\n0\r\n\r\n' })).toBe(
      '411 MissingContentLength',
    );
    expect(await send(plus(put(), ['content-length', '']))).toMatch(/^400/);
    expect(await send(plus(put(), ['content-length', '-1']))).toMatch(/^400/);
    expect(await send(plus(put(), ['content-length', 'three']))).toMatch(/^400/);
    expect(await send({ ...put(), body: 'ba' })).toBe('400 XAmzContentSHA256Mismatch');
    expect(await send(plus(put(), ['content-length', '2']))).toMatch(/^400/);
    expect(await bench.read('foo')).toBe('bar');
  });

  it('is asked for before it is sent, and only when the request may write', async () => {
    const wire = put({ contentSha256: 'UNSIGNED-PAYLOAD' });
    expect(await firstLine(wire)).toBe('HTTP/1.1 100 Continue');
    expect(await firstLine(swap(wire, 'authorization', 'x'))).toMatch(/^HTTP\/1.1 (?:100|400)/);
  });

  it('of a bucket that is made may be missing or empty', async () => {
    expect(await send(make('/s3/no-body', ''))).toBe('200');
    expect(await send(plus(make('/s3/zero-length', ''), ['content-length', '0']))).toBe('200');
    const located = '<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>';
    expect(await send(make('/s3/with-location', located))).toBe('200');
    expect(await send(make('/s3/bad-body', '<Other/>'))).toBe('400 MalformedXML');
  });
});

/** What is answered to a head that expects to be asked for its body. */
function firstLine(wire: Wire): Promise<string> {
  const { hostname, port } = new URL(url);
  const lines = [...wire.headers, ['content-length', '3'], ['expect', '100-continue']].map(([name, value]) => `${name}: ${value}\r\n`);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(`${wire.method} ${wire.target} HTTP/1.1\r\n${lines.join('')}\r\n`));
    socket.once('error', reject).once('data', (data: Buffer) => {
      socket.destroy();
      resolve(data.toString().split('\r\n')[0] ?? '');
    });
  });
}

describe('headers', () => {
  it('that are odd but harmless are taken', async () => {
    const harmless: Record<string, string>[] = [
      { 'content-type': '' },
      { 'content-type': 'text/plain' },
      { 'user-agent': '' },
      { expect: '' },
      { 'cache-control': '' },
      { 'x-amz-meta-empty': '' },
    ];
    for (const extraHeaders of harmless) {
      const names = Object.keys(extraHeaders);
      const wire = names.some((name) => name.startsWith('x-amz-')) ? put({ headers: extraHeaders }) : put({ extraHeaders });
      expect([names, await send(wire)]).toEqual([names, expect.stringMatching(/^200$|^417/)]);
    }
    expect(await send(plus(put(), ['date', new Date().toUTCString()]))).toBe('200');
    expect(await send(plus(put(), ['date', 'Tue, 07 Jul 1956 21:53:04 GMT']))).toBe('200');
  });

  it('that are wrong are refused with the code of S3', async () => {
    expect(await send(swap(put(), 'authorization', ''))).toBe('403 AccessDenied');
    expect(await send(without(put(), 'authorization'))).toBe('403 AccessDenied');
    expect(await send(swap(put(), 'authorization', 'AWS4-HMAC-SHA256 HAHAHA'))).toBe('400 AuthorizationHeaderMalformed');
    expect(await send(swap(put(), 'authorization', 'AWS HAHAHA'))).toMatch(/^400 Invalid/);
    expect(await send(without(put(), 'x-amz-date'))).toMatch(/^403 /);
    expect(await send(put({ headers: { 'x-amz-date': '' } }))).toMatch(/^403 /);
    expect(await send(put({ date: new Date('1956-07-07T21:53:04Z') }))).toBe('403 RequestTimeTooSkewed');
    expect(await send(put({ date: new Date('2050-01-01T00:00:00Z') }))).toBe('403 RequestTimeTooSkewed');
    expect(await send(put({ headers: { 'content-md5': 'AWS4 HAHAHA' } }))).toBe('400 InvalidDigest');
    expect(await send(put({ headers: { 'x-amz-meta-control': 'h\u0004w' } }))).toMatch(/^400/);
  });
});

describe('a presigned URL', () => {
  it('writes what it is for, and says why it is refused', async () => {
    const link = (expires: string, method = 'PUT') =>
      presignedWire(url, { method, path: '/s3/main/link', body: method === 'PUT' ? 'bar' : '', expires });
    expect(await send(link('100000'))).toBe('200');
    expect(await send(link('100000', 'GET'))).toBe('200');
    for (const expires of ['0', '-7', '609901']) {
      expect([expires, await send(link(expires))]).toEqual([expires, '400 AuthorizationQueryParametersError']);
    }
    const old = { method: 'PUT', path: '/s3/main/link', body: 'new', date: new Date(Date.now() - 2_000_000) };
    expect(await send(presignedWire(url, old))).toBe('403 AccessDenied');
    expect(await bench.read('link')).toBe('bar');
  });
});
