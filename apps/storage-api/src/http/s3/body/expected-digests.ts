import type { Pairs } from '../../../access/sigv4/canonical.ts';
import type { PayloadMode } from '../../../access/sigv4/payload.ts';
import { headerValue } from '../../../access/sigv4/request-headers.ts';
import { S3Error } from '../../../access/sigv4/s3-error.ts';
import { CHECKSUM_ALGORITHMS, CHECKSUM_BYTES, type ChecksumAlgorithm } from './checksums.ts';

/** What a client says about the bytes it sends. */
export interface ExpectedDigests {
  /** Content-MD5, base64. */
  readonly md5: string | null;
  /** From x-amz-content-sha256, hex. */
  readonly sha256Hex: string | null;
  /** `value` is null when it comes as a trailer or is only asked to be computed. */
  readonly checksum: { readonly algorithm: ChecksumAlgorithm; readonly value: string | null } | null;
  /** Name of the trailer that carries the checksum; null when there is none. */
  readonly trailer: string | null;
}

/** The header or trailer of an algorithm. */
export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

/**
 * Collects every digest a request declares.
 * @throws InvalidDigest, InvalidRequest or InvalidArgument when one is malformed, contradicts another, or is missing its trailer.
 */
export function readExpectedDigests(headers: Pairs, payload: PayloadMode): ExpectedDigests {
  const md5 = headerValue(headers, 'content-md5');
  if (md5 !== null && !isBase64Of(md5, CHECKSUM_BYTES.MD5)) throw new S3Error('InvalidDigest');
  const trailer = readTrailerName(headers, payload);
  const sent = CHECKSUM_ALGORITHMS.filter((algorithm) => headerValue(headers, checksumHeader(algorithm)) !== null);
  const [fromHeader] = sent;
  const fromTrailer = trailer === null ? undefined : CHECKSUM_ALGORITHMS.find((algorithm) => checksumHeader(algorithm) === trailer);
  if (sent.length > 1 || (fromHeader && fromTrailer)) {
    throw new S3Error('InvalidRequest', 'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.');
  }
  const declared = readDeclaredAlgorithm(headers);
  const algorithm = fromHeader ?? fromTrailer ?? declared;
  if (declared && algorithm !== declared) {
    throw new S3Error('InvalidRequest', 'Value for x-amz-sdk-checksum-algorithm header is invalid.');
  }
  const value = fromHeader ? headerValue(headers, checksumHeader(fromHeader)) : null;
  if (fromHeader && value !== null) requireChecksum(fromHeader, value);
  return {
    md5,
    sha256Hex: payload.kind === 'exact' ? payload.sha256Hex : null,
    checksum: algorithm ? { algorithm, value } : null,
    trailer,
  };
}

/** @throws InvalidRequest unless the text is a base64 digest of that algorithm. */
function requireChecksum(algorithm: ChecksumAlgorithm, value: string): void {
  if (isBase64Of(value, CHECKSUM_BYTES[algorithm])) return;
  throw new S3Error('InvalidRequest', `Value for ${checksumHeader(algorithm)} header is invalid.`);
}

/** The algorithm of that name; @throws InvalidRequest for an unknown one. */
export function parseChecksumAlgorithm(name: string): ChecksumAlgorithm {
  const found = CHECKSUM_ALGORITHMS.find((algorithm) => algorithm === name.toUpperCase());
  if (!found)
    throw new S3Error('InvalidRequest', `Checksum algorithm provided is unsupported. Use one of ${CHECKSUM_ALGORITHMS.join(', ')}.`);
  return found;
}

function readDeclaredAlgorithm(headers: Pairs): ChecksumAlgorithm | undefined {
  const name = headerValue(headers, 'x-amz-sdk-checksum-algorithm');
  return name === null ? undefined : parseChecksumAlgorithm(name);
}

function readTrailerName(headers: Pairs, payload: PayloadMode): string | null {
  const declared = headerValue(headers, 'x-amz-trailer');
  const expected = payload.kind === 'chunked' && payload.trailer;
  if (declared === null) {
    if (!expected) return null;
    throw new S3Error('InvalidRequest', 'A streaming payload with a trailer requires the x-amz-trailer header.');
  }
  if (!expected) throw new S3Error('InvalidRequest', 'x-amz-trailer needs a streaming payload with a trailer.');
  const name = declared.trim().toLowerCase();
  if (CHECKSUM_ALGORITHMS.some((algorithm) => checksumHeader(algorithm) === name)) return name;
  throw new S3Error('InvalidRequest', 'The value specified in the x-amz-trailer header is not supported.');
}

function isBase64Of(text: string, byteLength: number): boolean {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === byteLength && bytes.toString('base64') === text;
}
