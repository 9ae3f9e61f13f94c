import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../access/sigv4/canonical.ts';
import { S3Error } from '../../../access/sigv4/s3-error.ts';
import { AwsChunkedDecoder, type AwsChunkedOptions } from './aws-chunked.ts';

const SEED = {
  signingKey: Buffer.from('k'.repeat(32)),
  amzDate: '20261123T100000Z',
  scope: '20261123/r/s3/aws4_request',
  signature: 'a'.repeat(64),
};
const TRAILER = 'x-amz-checksum-crc32';

function hmac(text: string): string {
  return createHmac('sha256', SEED.signingKey).update(text).digest('hex');
}

/** Encodes chunks as a client that signs them would. */
function encodeSigned(chunks: readonly string[], trailer: string | null = null): string {
  let previous = SEED.signature;
  let out = '';
  for (const chunk of [...chunks, '']) {
    previous = hmac(['AWS4-HMAC-SHA256-PAYLOAD', SEED.amzDate, SEED.scope, previous, sha256Hex(''), sha256Hex(chunk)].join('\n'));
    out += `${chunk.length.toString(16)};chunk-signature=${previous}\r\n${chunk}${chunk === '' ? '' : '\r\n'}`;
  }
  if (trailer === null) return `${out}\r\n`;
  const signature = hmac(['AWS4-HMAC-SHA256-TRAILER', SEED.amzDate, SEED.scope, previous, sha256Hex(`${TRAILER}:${trailer}\n`)].join('\n'));
  return `${out}${TRAILER}:${trailer}\r\nx-amz-trailer-signature:${signature}\r\n\r\n`;
}

async function decode(encoded: string, options: AwsChunkedOptions, pieceBytes = encoded.length): Promise<string> {
  const bytes = Buffer.from(encoded, 'latin1');
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) pieces.push(bytes.subarray(at, at + pieceBytes));
  const decoder = new AwsChunkedDecoder(options);
  try {
    const body = Buffer.concat(pieces.flatMap((piece) => [...decoder.decode(piece)]));
    decoder.finish();
    return body.toString('latin1') + [...decoder.trailers].map(([name, value]) => `|${name}=${value}`).join('');
  } catch (error) {
    if (error instanceof S3Error) return error.s3Code;
    throw error;
  }
}

const signed = (decodedBytes: number, trailer: string | null = null): AwsChunkedOptions => ({ decodedBytes, seed: SEED, trailer });
const unsigned = (decodedBytes: number): AwsChunkedOptions => ({ decodedBytes, seed: null, trailer: TRAILER });

describe('signed chunks', () => {
  it('decode however the stream is cut', async () => {
    const encoded = encodeSigned(['hello ', 'world']);
    for (const pieceBytes of [1, 2, 3, 7, 90, encoded.length]) expect(await decode(encoded, signed(11), pieceBytes)).toBe('hello world');
    expect(await decode(encodeSigned([]), signed(0))).toBe('');
  });

  it('carry a signed trailer', async () => {
    const decoded = await decode(encodeSigned(['hello'], 'AAAAAA=='), signed(5, TRAILER));
    expect(decoded).toMatch(/^hello\|x-amz-checksum-crc32=AAAAAA==\|x-amz-trailer-signature=[0-9a-f]{64}$/);
  });

  it('are refused when data, order, signature or trailer was touched', async () => {
    const encoded = encodeSigned(['hello ', 'world']);
    expect(await decode(encoded.replace('world', 'w0rld'), signed(11))).toBe('SignatureDoesNotMatch');
    expect(await decode(encodeSigned(['world']), { ...signed(5), seed: { ...SEED, signature: 'b'.repeat(64) } })).toBe(
      'SignatureDoesNotMatch',
    );
    const chunks = encoded.split(/(?=\b[0-9a-f];chunk)/);
    expect(await decode([chunks[1], chunks[0], chunks[2]].join(''), signed(11))).toBe('SignatureDoesNotMatch');
    expect(await decode([chunks[0], chunks[2]].join(''), signed(6))).toBe('SignatureDoesNotMatch');
    expect(await decode(encoded.replaceAll(/;chunk-signature=[0-9a-f]{64}/g, ''), signed(11))).toBe('InvalidRequest');
    const trailed = encodeSigned(['hello'], 'AAAAAA==');
    expect(await decode(trailed.replace('AAAAAA==', 'AAAAAQ=='), signed(5, TRAILER))).toBe('SignatureDoesNotMatch');
    expect(await decode(trailed.replace(/x-amz-trailer-signature:[0-9a-f]+\r\n/, ''), signed(5, TRAILER))).toBe('MalformedTrailerError');
  });
});

describe('unsigned chunks', () => {
  const body = `5\r\nhello\r\n0\r\n${TRAILER}:AAAAAA==\r\n\r\n`;

  it('decode with their trailer', async () => {
    expect(await decode(body, unsigned(5), 1)).toBe('hello|x-amz-checksum-crc32=AAAAAA==');
  });

  it('are refused when the framing is wrong', async () => {
    const cases: readonly [string, string][] = [
      [body.replace('5\r\n', '6\r\n'), 'IncompleteBody'],
      [body.replace('5\r\n', '4\r\n'), 'InvalidRequest'],
      [body.replace('5\r\n', '5\n'), 'InvalidRequest'],
      [body.replace('5\r\n', '-5\r\n'), 'InvalidRequest'],
      [body.replace('5\r\n', '0x5\r\n'), 'InvalidRequest'],
      [body.replace('5\r\n', `5;a=${'b'.repeat(2000)}\r\n`), 'InvalidRequest'],
      [body.slice(0, -2), 'IncompleteBody'],
      [body.slice(0, 8), 'IncompleteBody'],
      ['', 'IncompleteBody'],
      [`${body}x`, 'InvalidRequest'],
      [`${body}${body}`, 'InvalidRequest'],
      [body.replace(`${TRAILER}:AAAAAA==\r\n`, ''), 'MalformedTrailerError'],
      [body.replace(TRAILER, 'x-amz-meta-evil'), 'MalformedTrailerError'],
      [body.replace(`${TRAILER}:`, `${TRAILER}:AAAAAA==\r\n${TRAILER}:`), 'MalformedTrailerError'],
      ['ffffffffffffffffff\r\n', 'InvalidRequest'],
      ['fffffffffffff\r\nxx', 'IncompleteBody'],
    ];
    for (const [encoded, code] of cases)
      expect([encoded.slice(0, 60), await decode(encoded, unsigned(5))]).toEqual([encoded.slice(0, 60), code]);
  });

  it('are refused when shorter or longer than announced', async () => {
    expect(await decode(body, unsigned(4))).toBe('IncompleteBody');
    expect(await decode(body, unsigned(6))).toBe('IncompleteBody');
  });
});
