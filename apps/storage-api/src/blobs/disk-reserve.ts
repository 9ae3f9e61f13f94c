import { statfs } from 'node:fs/promises';
import { failures } from '../errors.ts';

/** Of a small disk no more than this share is kept free. */
const MAX_SHARE = 0.05;
/** Space is looked at this often; what is written in between must fit into what is kept free. */
const HOLDS_MS = 100;

/**
 * Space that uploads leave on the disk, so that a database and logs beside the bytes can go on, and with them the deletes that make room
 * again: a Postgres that cannot write its log ends.
 */
export class DiskReserve {
  readonly #path: string;
  readonly #bytes: number;
  #isSpent = false;
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | undefined;

  /** 0 bytes: none. */
  constructor(path: string, bytes: number) {
    this.#path = path;
    this.#bytes = bytes;
  }

  /** @throws ProtocolError InsufficientStorage when less is left than is to be kept free */
  async assertRoom(): Promise<void> {
    if (this.#bytes === 0) return;
    if (performance.now() - this.#lookedAtMs > HOLDS_MS) await (this.#looking ??= this.#look().finally(() => (this.#looking = undefined)));
    if (this.#isSpent) throw failures.noSpace();
  }

  async #look(): Promise<void> {
    const { bavail, blocks, bsize } = await statfs(this.#path);
    this.#isSpent = bavail * bsize < Math.min(this.#bytes, blocks * bsize * MAX_SHARE);
    this.#lookedAtMs = performance.now();
  }
}
