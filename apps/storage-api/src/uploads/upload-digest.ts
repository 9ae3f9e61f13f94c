import { createHash, type Hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { BlobFacts } from '../blobs/blob-store.port.ts';

/** Running digests of the first `bytes` bytes of an upload. */
export class UploadDigest {
  readonly #md5: Hash;
  readonly #sha256: Hash;
  #crc32: number;
  #bytes: number;

  private constructor(md5: Hash, sha256: Hash, checksum: number, bytes: number) {
    this.#md5 = md5;
    this.#sha256 = sha256;
    this.#crc32 = checksum;
    this.#bytes = bytes;
  }

  static start(): UploadDigest {
    return new UploadDigest(createHash('md5'), createHash('sha256'), 0, 0);
  }

  get bytes(): number {
    return this.#bytes;
  }

  update(chunk: Uint8Array): void {
    this.#md5.update(chunk);
    this.#sha256.update(chunk);
    this.#crc32 = crc32(chunk, this.#crc32);
    this.#bytes += chunk.length;
  }

  copy(): UploadDigest {
    return new UploadDigest(this.#md5.copy(), this.#sha256.copy(), this.#crc32, this.#bytes);
  }

  finish(): BlobFacts {
    return { sizeBytes: this.#bytes, md5: this.#md5.digest(), sha256: this.#sha256.digest(), crc32: this.#crc32 };
  }
}

/** Digests of uploads in progress at this server; the least recently used are forgotten and made anew from the file. */
export class DigestMemory {
  readonly #entries = new Map<string, UploadDigest>();
  readonly #capacity: number;

  constructor(capacity = 1000) {
    this.#capacity = capacity;
  }

  /** The digest of exactly the first `bytes` bytes, taken out of the memory. */
  take(version: string, bytes: number): UploadDigest | undefined {
    const found = bytes === 0 ? UploadDigest.start() : this.#entries.get(version);
    this.#entries.delete(version);
    return found?.bytes === bytes ? found : undefined;
  }

  put(version: string, digest: UploadDigest): void {
    this.#entries.set(version, digest);
    const oldest = this.#entries.keys().next();
    if (this.#entries.size > this.#capacity && !oldest.done) this.#entries.delete(oldest.value);
  }

  forget(version: string): void {
    this.#entries.delete(version);
  }
}
