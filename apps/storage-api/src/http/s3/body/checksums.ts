import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { crc32c } from './crc32c.ts';
import { CRC64_START, crc64nvme } from './crc64nvme.ts';

export const CHECKSUM_ALGORITHMS = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;
export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];

/** Length of each digest in bytes. */
export const CHECKSUM_BYTES: Readonly<Record<ChecksumAlgorithm | 'MD5', number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
  MD5: 16,
};

/** Takes bytes as they pass and knows their digest at the end. */
export interface RunningDigest {
  update(chunk: Uint8Array): void;
  digest(): Buffer;
}

/** A digest over bytes that arrive in pieces. */
export function createDigest(algorithm: ChecksumAlgorithm | 'MD5'): RunningDigest {
  if (algorithm === 'CRC32') return runningCrc32(crc32);
  if (algorithm === 'CRC32C') return runningCrc32(crc32c);
  if (algorithm === 'CRC64NVME') return runningCrc64();
  const hash = createHash(algorithm.toLowerCase());
  return { update: (chunk) => void hash.update(chunk), digest: () => hash.digest() };
}

function runningCrc32(step: (data: Uint8Array, previous: number) => number): RunningDigest {
  let value = 0;
  return {
    update(chunk) {
      value = step(chunk, value);
    },
    digest() {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes;
    },
  };
}

function runningCrc64(): RunningDigest {
  let value = CRC64_START;
  return {
    update(chunk) {
      value = crc64nvme(chunk, value);
    },
    digest() {
      const bytes = Buffer.alloc(8);
      bytes.writeUInt32BE(value.high, 0);
      bytes.writeUInt32BE(value.low, 4);
      return bytes;
    },
  };
}

/** The checksum of checksums that S3 reports for a multipart object: `<base64>-<parts>`. */
export function compositeChecksum(algorithm: ChecksumAlgorithm, partChecksums: readonly string[]): string {
  const digest = createDigest(algorithm);
  for (const part of partChecksums) digest.update(Buffer.from(part, 'base64'));
  return `${digest.digest().toString('base64')}-${partChecksums.length}`;
}

/** The entity tag of a multipart object without quotes: `md5(md5s)-<parts>`. Takes hex MD5s. */
export function multipartEtag(partMd5s: readonly string[]): string {
  const digest = createDigest('MD5');
  for (const part of partMd5s) digest.update(Buffer.from(part, 'hex'));
  return `${digest.digest().toString('hex')}-${partMd5s.length}`;
}
