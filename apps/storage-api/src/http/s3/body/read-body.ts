import { createHash } from 'node:crypto';
import { S3Error } from '../../../access/sigv4/s3-error.ts';
import type { BlobFacts } from '../../../blobs/blob-store.port.ts';
import { header, type S3Call } from '../call.ts';
import { AwsChunkedDecoder } from './aws-chunked.ts';
import { type Checksum, DigestCheck } from './digest-check.ts';
import { type ExpectedDigests, readExpectedDigests } from './expected-digests.ts';

/** The body of a request: what it announces, its bytes without transport framing, and the verdict afterwards. */
export interface RequestBody {
  readonly announcedBytes: number;
  readonly expected: ExpectedDigests;
  /** May be iterated once. */
  readonly bytes: AsyncIterable<Buffer>;
  /** Whether nobody else holds the chunks of it. */
  readonly ownsChunks: boolean;
  /** Compares every digest the client sent. @throws BadDigest, XAmzContentSHA256Mismatch, MalformedTrailerError */
  verify(facts: Pick<BlobFacts, 'md5' | 'sha256'>): Checksum | null;
}

/**
 * Opens the body of a call. Nothing is read yet.
 * @throws MissingContentLength, and what {@link readExpectedDigests} throws
 */
export function openBody(call: S3Call): RequestBody {
  const expected = readExpectedDigests(call.headers, call.payload);
  const check = new DigestCheck(expected);
  if (call.payload.kind !== 'chunked') {
    if (header(call, 'x-amz-decoded-content-length') !== null) {
      throw new S3Error('InvalidRequest', 'x-amz-decoded-content-length needs a streaming x-amz-content-sha256.');
    }
    return {
      announcedBytes: readLength(call, 'content-length'),
      expected,
      bytes: tap(readRaw(call), check),
      ownsChunks: true,
      verify: (facts) => check.finish(facts, new Map()),
    };
  }
  const decodedBytes = readLength(call, 'x-amz-decoded-content-length');
  const seed = call.payload.signed ? call.chunkSeed : null;
  if (call.payload.signed && seed === null) throw new S3Error('InvalidRequest', 'A signed streaming payload needs a signed request.');
  const decoder = new AwsChunkedDecoder({ decodedBytes, seed, trailer: expected.trailer });
  return {
    announcedBytes: decodedBytes,
    expected,
    bytes: tap(decode(readRaw(call), decoder), check),
    ownsChunks: false,
    verify: (facts) => check.finish(facts, decoder.trailers),
  };
}

/** The whole body as text. @throws MaxMessageLengthExceeded beyond `maxBytes`, and everything a wrong digest throws */
export async function readDocument(call: S3Call, maxBytes: number): Promise<string> {
  const body = openBody(hasBody(call) ? call : { ...call, headers: [...call.headers, ['content-length', '0']] });
  if (body.announcedBytes > maxBytes) throw new S3Error('MaxMessageLengthExceeded');
  const chunks: Buffer[] = [];
  for await (const chunk of body.bytes) chunks.push(chunk);
  const whole = Buffer.concat(chunks);
  body.verify({ md5: createHash('md5').update(whole).digest(), sha256: createHash('sha256').update(whole).digest() });
  if (!isUtf8Text(whole)) throw new S3Error('MalformedXML');
  return whole.toString('utf8');
}

/** Without one there is still a signed hash to compare, or a document that was cut off would pass for one that was never sent. */
function hasBody(call: S3Call): boolean {
  return ['content-length', 'transfer-encoding', 'x-amz-decoded-content-length'].some((name) => header(call, name) !== null);
}

function isUtf8Text(bytes: Buffer): boolean {
  return Buffer.from(bytes.toString('utf8'), 'utf8').equals(bytes);
}

function readLength(call: S3Call, name: string): number {
  const text = header(call, name);
  if (text === null || !/^\d{1,15}$/.test(text)) throw new S3Error('MissingContentLength');
  return Number(text);
}

/** Leaving early must not close the connection: the client still has to read why. */
function readRaw({ req }: S3Call): AsyncIterable<Buffer> {
  return req.iterator({ destroyOnReturn: false });
}

async function* decode(source: AsyncIterable<Buffer>, decoder: AwsChunkedDecoder): AsyncGenerator<Buffer> {
  for await (const piece of source) yield* decoder.decode(piece);
  decoder.finish();
}

async function* tap(source: AsyncIterable<Buffer>, check: DigestCheck): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    check.update(chunk);
    yield chunk;
  }
}
