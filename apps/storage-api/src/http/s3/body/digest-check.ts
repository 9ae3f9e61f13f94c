import { S3Error } from '../../../access/sigv4/s3-error.ts';
import { type ChecksumAlgorithm, createDigest, type RunningDigest } from './checksums.ts';
import { checksumHeader, type ExpectedDigests } from './expected-digests.ts';

/** What was computed over a body that matched everything its sender said. */
export interface BodyDigests {
  readonly md5Hex: string;
  readonly sizeBytes: number;
  readonly checksum: { readonly algorithm: ChecksumAlgorithm; readonly value: string } | null;
}

/** Sees every byte of a body and judges it at the end. */
export class DigestCheck {
  readonly #expected: ExpectedDigests;
  readonly #md5 = createDigest('MD5');
  readonly #sha256: RunningDigest | null;
  readonly #checksum: RunningDigest | null;
  #sizeBytes = 0;

  constructor(expected: ExpectedDigests) {
    this.#expected = expected;
    this.#sha256 = expected.sha256Hex === null ? null : createDigest('SHA256');
    this.#checksum = expected.checksum === null ? null : createDigest(expected.checksum.algorithm);
  }

  update(chunk: Uint8Array): void {
    this.#sizeBytes += chunk.length;
    this.#md5.update(chunk);
    this.#sha256?.update(chunk);
    this.#checksum?.update(chunk);
  }

  /**
   * `trailers` are those that followed the body, names in lower case.
   * @throws BadDigest, XAmzContentSHA256Mismatch or MalformedTrailerError.
   */
  finish(trailers: ReadonlyMap<string, string>): BodyDigests {
    const md5 = this.#md5.digest();
    const { expected, sha256, checksum } = { expected: this.#expected, sha256: this.#sha256, checksum: this.#checksum };
    if (sha256 && sha256.digest().toString('hex') !== expected.sha256Hex) throw new S3Error('XAmzContentSHA256Mismatch');
    if (expected.md5 !== null && md5.toString('base64') !== expected.md5) {
      throw new S3Error('BadDigest', 'The Content-MD5 you specified did not match what we received.');
    }
    const md5Hex = md5.toString('hex');
    if (!checksum || !expected.checksum) return { md5Hex, sizeBytes: this.#sizeBytes, checksum: null };
    const { algorithm } = expected.checksum;
    const value = checksum.digest().toString('base64');
    const claimed = this.#claimedChecksum(trailers) ?? value;
    if (claimed !== value) throw new S3Error('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`);
    return { md5Hex, sizeBytes: this.#sizeBytes, checksum: { algorithm, value } };
  }

  #claimedChecksum(trailers: ReadonlyMap<string, string>): string | null {
    const { trailer, checksum } = this.#expected;
    if (trailer === null) return checksum?.value ?? null;
    const value = trailers.get(trailer);
    if (checksum === null || trailer !== checksumHeader(checksum.algorithm) || value === undefined)
      throw new S3Error('MalformedTrailerError');
    return value;
  }
}
