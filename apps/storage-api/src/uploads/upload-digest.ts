import { BodyDigest } from '../blobs/body-digest.ts';

/** Digests of uploads in progress at this server; the least recently used are forgotten and made anew from the file. */
export class DigestMemory {
  readonly #entries = new Map<string, BodyDigest>();
  readonly #capacity: number;

  constructor(capacity = 1000) {
    this.#capacity = capacity;
  }

  /** The digest of exactly the first `bytes` bytes, taken out of the memory. */
  take(version: string, bytes: number): BodyDigest | undefined {
    const found = bytes === 0 ? new BodyDigest('small') : this.#entries.get(version);
    this.#entries.delete(version);
    return found?.bytes === bytes ? found : undefined;
  }

  put(version: string, digest: BodyDigest): void {
    this.#entries.set(version, digest);
    const oldest = this.#entries.keys().next();
    if (this.#entries.size > this.#capacity && !oldest.done) this.#entries.delete(oldest.value);
  }

  forget(version: string): void {
    this.#entries.delete(version);
  }
}
