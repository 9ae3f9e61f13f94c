import { hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { failures } from '../errors.ts';
import type { BlobFacts } from './blob-store.port.ts';
import { BodyDigest, type Md5Need } from './body-digest.ts';
import { writeFully } from './durable-files.ts';
import { releaseChunk } from './release-chunk.ts';

/** Bodies up to this size stay in memory until they are put in place: a file of their own in staging would cost more than they do. */
const MEMORY_BYTES = 64 * 1024;
/** Larger ones are written in pieces of about this size, each while the next one is received. */
const PIECE_BYTES = 256 * 1024;
/** Clients that send drop by drop would otherwise make us hold many small buffers. */
const MAX_CHUNKS = 64;

/** What all bodies under way may hold in memory together, beyond the first {@link MEMORY_BYTES} of each. */
export class ReceiveBudget {
  readonly #maxBytes: number;
  #usedBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get isSpent(): boolean {
    return this.#usedBytes > this.#maxBytes;
  }

  take(bytes: number): void {
    this.#usedBytes += bytes;
  }

  giveBack(bytes: number): void {
    this.#usedBytes -= bytes;
  }
}

export interface ReceiveOptions {
  /** More bytes than this fail with EntityTooLarge. */
  readonly maxBytes: number;
  readonly budget: ReceiveBudget;
  readonly md5: Md5Need;
  /** Nobody else holds the chunks of the source. */
  readonly ownsChunks: boolean;
  /** Opens the file for what does not stay in memory; called at most once. */
  openFile(): Promise<FileHandle>;
  /** Asked before each piece; throws when there is no room for more. */
  assertRoom(): Promise<void>;
}

export interface ReceivedBody {
  readonly facts: BlobFacts;
  /** The bytes, when they are few enough to be held; else they were written to the file, which is not synced yet. */
  readonly bytes: Buffer | null;
}

/** Reads a body to its end, hashing on the way: into memory while it is small, else into a file. */
export async function receiveBody(source: AsyncIterable<Buffer>, options: ReceiveOptions): Promise<ReceivedBody> {
  const pending = new Pending();
  let large: LargeBody | undefined;
  let sizeBytes = 0;
  try {
    for await (const chunk of leaveOpen(source)) {
      sizeBytes += chunk.length;
      if (sizeBytes > options.maxBytes) throw failures.tooLarge();
      pending.push(chunk);
      if (large === undefined && sizeBytes > MEMORY_BYTES) large = new LargeBody(await options.openFile(), options);
      if (large === undefined || (pending.sizeBytes < PIECE_BYTES && !options.budget.isSpent)) continue;
      await options.assertRoom();
      await large.write(pending.take());
    }
    if (large === undefined) {
      const bytes = pending.join();
      const digests = { md5: hash('md5', bytes, 'buffer'), sha256: hash('sha256', bytes, 'buffer'), crc32: crc32(bytes) };
      return { facts: { sizeBytes, ...digests }, bytes };
    }
    if (pending.sizeBytes > 0) await large.write(pending.take());
    return { facts: await large.finish(), bytes: null };
  } finally {
    await large?.settled();
  }
}

class Pending {
  #chunks: Buffer[] = [];
  #sizeBytes = 0;

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#sizeBytes += chunk.length;
    if (this.#chunks.length >= MAX_CHUNKS) this.#chunks = [Buffer.concat(this.#chunks)];
  }

  take(): readonly Buffer[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#sizeBytes = 0;
    return chunks;
  }

  join(): Buffer {
    const [first, ...rest] = this.take();
    return first === undefined || rest.length > 0 ? Buffer.concat([first ?? Buffer.alloc(0), ...rest]) : first;
  }
}

/** Hashes and writes; one piece is on its way to the disk while the next one is received. */
class LargeBody {
  readonly #file: FileHandle;
  readonly #budget: ReceiveBudget;
  readonly #ownsChunks: boolean;
  readonly #digest: BodyDigest;
  #writing: Promise<void> = Promise.resolve();

  constructor(file: FileHandle, { budget, md5, ownsChunks }: ReceiveOptions) {
    this.#file = file;
    this.#budget = budget;
    this.#ownsChunks = ownsChunks;
    this.#digest = new BodyDigest(md5);
  }

  /** Takes the piece; resolves when the one before it is written. */
  async write(chunks: readonly Buffer[]): Promise<void> {
    const before = this.#writing;
    const sizeBytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    this.#budget.take(sizeBytes);
    this.#writing = before.then(() => this.#append(chunks)).finally(() => this.#budget.giveBack(sizeBytes));
    this.#writing.catch(() => {});
    for (const chunk of chunks) this.#digest.update(chunk);
    await before;
  }

  async #append(chunks: readonly Buffer[]): Promise<void> {
    await writeFully(this.#file, chunks);
    if (this.#ownsChunks) for (const chunk of chunks) releaseChunk(chunk);
  }

  async finish(): Promise<BlobFacts> {
    await this.#writing;
    return this.#digest.finish();
  }

  /** Resolves when nothing is written any more, so that the file may be closed. */
  async settled(): Promise<void> {
    await this.#writing.catch(() => {});
  }
}

/** Stopping half-way must not close the connection that the bytes come from: the answer goes the same way back. */
function leaveOpen(source: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  return source instanceof Readable ? source.iterator({ destroyOnReturn: false }) : source;
}
