import { createHash, type Hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { BlobFacts } from './blob-store.port.ts';

/** `small`: only of bodies up to {@link SMALL_MD5_BYTES}. An MD5 costs more than all else that is done with the bytes. */
export type Md5Need = 'always' | 'small';

/** Bodies up to this size have an MD5 whether it is needed or not. */
const SMALL_MD5_BYTES = 64 * 1024;

/** Running digests of the bytes of a body so far. */
export class BodyDigest {
  readonly #need: Md5Need;
  readonly #sha256 = createHash('sha256');
  #md5: Hash | null = createHash('md5');
  #crc32 = 0;
  #bytes = 0;

  constructor(md5: Md5Need) {
    this.#need = md5;
  }

  get bytes(): number {
    return this.#bytes;
  }

  update(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    if (this.#need === 'small' && this.#bytes > SMALL_MD5_BYTES) this.#md5 = null;
    this.#md5?.update(chunk);
    this.#sha256.update(chunk);
    this.#crc32 = crc32(chunk, this.#crc32);
  }

  finish(): BlobFacts {
    return { sizeBytes: this.#bytes, md5: this.#md5?.digest() ?? null, sha256: this.#sha256.digest(), crc32: this.#crc32 };
  }
}

/**
 * The entity tag of bytes in hex, without quotes: their MD5 or, without one, a digest that no client takes for an MD5, as it ends like the
 * tag of an upload in parts.
 */
export function entityTagOf({ md5, sha256 }: Pick<BlobFacts, 'md5' | 'sha256'>): string {
  return md5 === null ? `${sha256.toString('hex', 0, 16)}-1` : md5.toString('hex');
}
