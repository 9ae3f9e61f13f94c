import { S3Error } from '../../../access/sigv4/s3-error.ts';
import type { BlobFacts } from '../../../blobs/blob-store.port.ts';
import { type ChecksumAlgorithm, createDigest, type RunningDigest } from './checksums.ts';
import type { ExpectedDigests } from './expected-digests.ts';

/** A checksum that was computed here and agrees with whatever the sender said. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64. */
  readonly value: string;
}

/** Sees every byte of a body and judges it at the end. MD5 and SHA-256 come from the byte store, which computes them anyway. */
export class DigestCheck {
  readonly #expected: ExpectedDigests;
  readonly #running: RunningDigest | null;

  constructor(expected: ExpectedDigests) {
    this.#expected = expected;
    const algorithm = expected.checksum?.algorithm;
    this.#running = algorithm === undefined || algorithm === 'SHA256' ? null : createDigest(algorithm);
  }

  update(chunk: Uint8Array): void {
    this.#running?.update(chunk);
  }

  /**
   * `trailers` are those that followed the body, names in lower case.
   * @throws BadDigest, XAmzContentSHA256Mismatch or MalformedTrailerError.
   */
  finish(facts: Pick<BlobFacts, 'md5' | 'sha256'>, trailers: ReadonlyMap<string, string>): Checksum | null {
    const { md5, sha256Hex, checksum } = this.#expected;
    if (sha256Hex !== null && facts.sha256.toString('hex') !== sha256Hex) throw new S3Error('XAmzContentSHA256Mismatch');
    if (md5 !== null && facts.md5?.toString('base64') !== md5) {
      throw new S3Error('BadDigest', 'The Content-MD5 you specified did not match what we received.');
    }
    if (checksum === null) return null;
    const { algorithm } = checksum;
    const value = (this.#running?.digest() ?? facts.sha256).toString('base64');
    const claimed = this.#claimed(trailers) ?? value;
    if (claimed !== value) throw new S3Error('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`);
    return { algorithm, value };
  }

  #claimed(trailers: ReadonlyMap<string, string>): string | null {
    const { trailer, checksum } = this.#expected;
    if (trailer === null) return checksum?.value ?? null;
    const value = trailers.get(trailer);
    if (value === undefined) throw new S3Error('MalformedTrailerError');
    return value;
  }
}
