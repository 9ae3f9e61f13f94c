import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type S3Bench, startS3Bench } from '../../testing/s3.ts';
import { type SignInput, signRequest } from '../../testing/sign-s3.ts';
import { CHECKSUM_ALGORITHMS, createDigest } from './body/checksums.ts';
import { checksumHeader } from './body/expected-digests.ts';

let bench: S3Bench;
const SENT = 'The quick brown fox jumps over the lazy dog';

beforeAll(async () => {
  bench = await startS3Bench();
  await bench.put('k', 'precious');
});
afterAll(() => bench.stop());

/** What may become of the bytes after their digest was made. */
const DAMAGES: Readonly<Record<string, string>> = {
  'a changed first byte': `t${SENT.slice(1)}`,
  'a changed last byte': `${SENT.slice(0, -1)}G`,
  'two bytes swapped': `hT${SENT.slice(2)}`,
  'a byte too few': SENT.slice(0, -1),
  'a byte too many': `${SENT}.`,
  'a repeated block': SENT.slice(0, 10) + SENT.slice(0, 10) + SENT.slice(20),
  'nothing at all': '',
};

function digestOf(algorithm: (typeof CHECKSUM_ALGORITHMS)[number] | 'MD5', text = SENT): string {
  const digest = createDigest(algorithm);
  digest.update(Buffer.from(text));
  return digest.digest().toString('base64');
}

async function put(input: Partial<SignInput>): Promise<string> {
  const { url, method, headers, body } = signRequest(bench.server.url, { method: 'PUT', path: '/s3/main/k', ...input });
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
  return `${response.status} ${/<Code>(\w+)</.exec(await response.text())?.[1] ?? ''}`.trim();
}

const HEADERS: readonly (readonly [string, Record<string, string>])[] = [
  ['content-md5', { 'content-md5': digestOf('MD5') }],
  ...CHECKSUM_ALGORITHMS.map((algorithm) => [algorithm, { [checksumHeader(algorithm)]: digestOf(algorithm) }] as const),
];
const inHeaders = HEADERS.flatMap(([name, headers]) => Object.entries(DAMAGES).map(([damage, body]) => ({ name, headers, damage, body })));
const inTrailers = CHECKSUM_ALGORITHMS.flatMap((algorithm) =>
  Object.entries(DAMAGES).map(([damage, body]) => ({ algorithm, damage, body })),
);

function chunked(body: string, trailer: string): string {
  const chunk = body === '' ? '' : `${body.length.toString(16)}\r\n${body}\r\n`;
  return `${chunk}0\r\n${trailer}\r\n\r\n`;
}

function streaming(body: string, decodedBytes: number, trailerName = 'x-amz-checksum-crc32'): Promise<string> {
  const headers = {
    'x-amz-trailer': trailerName,
    'content-encoding': 'aws-chunked',
    'x-amz-decoded-content-length': String(decodedBytes),
  };
  return put({ body, headers, contentSha256: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' });
}

describe('bytes that changed on the way', () => {
  it.each(inHeaders)('are refused by $name: $damage', async ({ headers, body }) => {
    expect(await put({ headers, body, contentSha256: 'UNSIGNED-PAYLOAD' })).toBe('400 BadDigest');
  });

  it.each(inTrailers)('are refused by the trailer of $algorithm: $damage', async ({ algorithm, body }) => {
    const name = checksumHeader(algorithm);
    expect(await streaming(chunked(body, `${name}:${digestOf(algorithm)}`), body.length, name)).toBe('400 BadDigest');
  });

  it.each(Object.entries(DAMAGES))('are refused by x-amz-content-sha256: %s', async (_, body) => {
    expect(await put({ body, contentSha256: createHash('sha256').update(SENT).digest('hex') })).toBe('400 XAmzContentSHA256Mismatch');
  });
});

describe('framing that is wrong', () => {
  const trailer = `x-amz-checksum-crc32:${digestOf('CRC32')}`;
  const good = chunked(SENT, trailer);
  const { length } = SENT;
  const cases: readonly (readonly [string, string, number])[] = [
    ['a decoded length that is too small', good, length - 1],
    ['a decoded length that is too large', good, length + 1],
    ['no last chunk', good.slice(0, good.indexOf('0\r\n')), length],
    ['no trailer', chunked(SENT, '').replace('0\r\n\r\n\r\n', '0\r\n\r\n'), length],
    ['another trailer', chunked(SENT, `x-amz-checksum-sha1:${digestOf('SHA1')}`), length],
    ['a trailer twice', chunked(SENT, `${trailer}\r\n${trailer}`), length],
    ['a trailer without a value', chunked(SENT, 'x-amz-checksum-crc32:'), length],
    ['a trailer that is no base64', chunked(SENT, 'x-amz-checksum-crc32:????'), length],
    ['a chunk longer than it says', good.replace(length.toString(16), (length - 1).toString(16)), length],
    ['a chunk shorter than it says', good.replace(length.toString(16), (length + 1).toString(16)), length],
    ['a size that is no number', good.replace(length.toString(16), 'zz'), length],
    ['a negative size', good.replace(length.toString(16), '-1'), length],
    ['lines that end in LF only', good.replaceAll('\r\n', '\n'), length],
    ['bytes after the end', `${good}more`, length],
    ['no framing at all', SENT, length],
    ['nothing', '', length],
  ];

  it.each(cases)('is refused: %s', async (_, body, decodedBytes) => {
    expect(await streaming(body, decodedBytes)).toMatch(/^400 (?:IncompleteBody|InvalidRequest|MalformedTrailerError|BadDigest)$/);
  });
});

describe('after all of that', () => {
  it('the object is what it was, and a sound request still works', async () => {
    expect(await bench.read('k')).toBe('precious');
    expect(inHeaders.length + inTrailers.length + Object.keys(DAMAGES).length).toBeGreaterThanOrEqual(80);
    const name = 'x-amz-checksum-crc32';
    expect(await streaming(chunked(SENT, `${name}:${digestOf('CRC32')}`), SENT.length)).toBe('200');
    expect(await bench.read('k')).toBe(SENT);
  });
});
