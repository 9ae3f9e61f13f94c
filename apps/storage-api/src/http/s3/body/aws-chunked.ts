import { createHash, type Hash } from 'node:crypto';
import { sha256Hex } from '../../../access/sigv4/canonical.ts';
import { S3Error } from '../../../access/sigv4/s3-error.ts';
import { sign, signaturesEqual } from '../../../access/sigv4/signing-key.ts';
import type { ChunkSeed } from '../../../access/sigv4/verify-request.ts';

/** Longest chunk header or trailer line. Our longest legal one is a chunk header of some 100 characters. */
const MAX_LINE_BYTES = 1024;
const MAX_TRAILERS = 4;
const EMPTY_SHA256 = sha256Hex('');
const TRAILER_SIGNATURE = 'x-amz-trailer-signature';

export interface AwsChunkedOptions {
  /** From x-amz-decoded-content-length. */
  readonly decodedBytes: number;
  /** Null when chunks are not signed. */
  readonly seed: ChunkSeed | null;
  /** Name of the only trailer that may follow; null when none may. */
  readonly trailer: string | null;
}

type State = 'header' | 'data' | 'data-end' | 'trailers' | 'done';

/**
 * Decodes an `aws-chunked` body. Data is passed on as it comes; an error is raised at the chunk that is wrong,
 * so whoever stores the bytes must not publish them before `finish` has returned.
 */
export class AwsChunkedDecoder {
  /** Trailers received, names in lower case; complete once the stream has ended. */
  readonly trailers = new Map<string, string>();
  readonly #options: AwsChunkedOptions;
  #state: State = 'header';
  #line = Buffer.alloc(0);
  #remainingInChunk = 0;
  #decodedBytes = 0;
  #chunkHash: Hash | null = null;
  #claimedSignature = '';
  #previousSignature: string;

  constructor(options: AwsChunkedOptions) {
    this.#options = options;
    this.#previousSignature = options.seed?.signature ?? '';
  }

  /** The data in the next piece of the body. @throws SignatureDoesNotMatch, IncompleteBody, InvalidRequest, MalformedTrailerError */
  *decode(input: Buffer): Generator<Buffer> {
    let rest = input;
    while (rest.length > 0) {
      if (this.#state === 'done') throw new S3Error('InvalidRequest', 'There is data after the last chunk.');
      if (this.#state === 'data') {
        const piece = this.#takeData(rest);
        rest = rest.subarray(piece.length);
        yield piece;
      } else rest = this.#takeLine(rest);
    }
  }

  /** @throws IncompleteBody unless the body has ended as it should */
  finish(): void {
    if (this.#state !== 'done') throw new S3Error('IncompleteBody', 'The body ended before its last chunk.');
  }

  #takeData(input: Buffer): Buffer {
    const piece = input.subarray(0, this.#remainingInChunk);
    this.#remainingInChunk -= piece.length;
    this.#chunkHash?.update(piece);
    if (this.#remainingInChunk === 0) this.#state = 'data-end';
    return piece;
  }

  /** Collects bytes up to CRLF and acts on the line. */
  #takeLine(input: Buffer): Buffer {
    const newline = input.indexOf(0x0a);
    const piece = newline === -1 ? input : input.subarray(0, newline + 1);
    if (this.#line.length + piece.length > MAX_LINE_BYTES) throw new S3Error('InvalidRequest', 'A chunk header is too long.');
    this.#line = Buffer.concat([this.#line, piece]);
    if (newline === -1) return input.subarray(input.length);
    const line = this.#line.toString('latin1');
    this.#line = Buffer.alloc(0);
    if (!line.endsWith('\r\n')) throw new S3Error('InvalidRequest', 'A chunk line does not end in CRLF.');
    this.#onLine(line.slice(0, -2));
    return input.subarray(newline + 1);
  }

  #onLine(line: string): void {
    if (this.#state === 'header') this.#onHeader(line);
    else if (this.#state === 'trailers') this.#onTrailer(line);
    else if (line === '') this.#onChunkEnd();
    else throw new S3Error('InvalidRequest', 'A chunk is longer than it says.');
  }

  #onHeader(line: string): void {
    const pattern = this.#options.seed ? /^([0-9a-fA-F]{1,13});chunk-signature=([0-9a-f]{64})$/ : /^([0-9a-fA-F]{1,13})$/;
    const match = pattern.exec(line);
    if (!match?.[1]) throw new S3Error('InvalidRequest', 'A chunk header is malformed.');
    const sizeBytes = Number.parseInt(match[1], 16);
    this.#decodedBytes += sizeBytes;
    if (this.#decodedBytes > this.#options.decodedBytes)
      throw new S3Error('IncompleteBody', 'The body is longer than x-amz-decoded-content-length.');
    this.#claimedSignature = match[2] ?? '';
    this.#chunkHash = this.#options.seed ? createHash('sha256') : null;
    this.#remainingInChunk = sizeBytes;
    if (sizeBytes > 0) this.#state = 'data';
    else this.#onLastHeader();
  }

  #onLastHeader(): void {
    if (this.#decodedBytes !== this.#options.decodedBytes)
      throw new S3Error('IncompleteBody', 'The body is shorter than x-amz-decoded-content-length.');
    this.#verifyChunk();
    this.#state = 'trailers';
  }

  #onChunkEnd(): void {
    this.#verifyChunk();
    this.#state = 'header';
  }

  #verifyChunk(): void {
    const { seed } = this.#options;
    if (!seed || !this.#chunkHash) return;
    const text = [
      'AWS4-HMAC-SHA256-PAYLOAD',
      seed.amzDate,
      seed.scope,
      this.#previousSignature,
      EMPTY_SHA256,
      this.#chunkHash.digest('hex'),
    ];
    this.#requireSignature(sign(seed.signingKey, text.join('\n')), this.#claimedSignature);
  }

  #requireSignature(expected: string, claimed: string): void {
    if (!signaturesEqual(expected, claimed)) throw new S3Error('SignatureDoesNotMatch', 'A chunk signature does not match.');
    this.#previousSignature = expected;
  }

  #onTrailer(line: string): void {
    if (line === '') return this.#onTrailersEnd();
    const match = /^([A-Za-z0-9-]{1,64}):[ \t]*([\x21-\x7e]+)[ \t]*$/.exec(line.replace(/\n$/, ''));
    const name = match?.[1]?.toLowerCase();
    const allowed = name !== undefined && (name === this.#options.trailer || (name === TRAILER_SIGNATURE && this.#options.seed !== null));
    if (!allowed || !match?.[2] || this.trailers.has(name) || this.trailers.size >= MAX_TRAILERS)
      throw new S3Error('MalformedTrailerError');
    if (this.#options.trailer === null) throw new S3Error('MalformedTrailerError');
    this.trailers.set(name, match[2]);
  }

  #onTrailersEnd(): void {
    const { seed, trailer } = this.#options;
    if (trailer !== null && seed) {
      const claimed = this.trailers.get(TRAILER_SIGNATURE);
      const value = this.trailers.get(trailer);
      if (claimed === undefined || value === undefined) throw new S3Error('MalformedTrailerError');
      const text = ['AWS4-HMAC-SHA256-TRAILER', seed.amzDate, seed.scope, this.#previousSignature, sha256Hex(`${trailer}:${value}\n`)];
      this.#requireSignature(sign(seed.signingKey, text.join('\n')), claimed);
    } else if (trailer !== null && !this.trailers.has(trailer)) throw new S3Error('MalformedTrailerError');
    this.#state = 'done';
  }
}
