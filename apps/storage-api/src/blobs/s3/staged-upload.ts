import { hash } from 'node:crypto';
import { Readable } from 'node:stream';
import { failures } from '../../errors.ts';
import type { BlobFacts, StageOptions } from '../blob-store.port.ts';
import { BodyDigest } from '../body-digest.ts';
import type { S3Bucket, UploadedPart } from './s3-bucket.ts';
import { Spool } from './spool.ts';

/** Up to this size bytes wait in memory; 64 uploads at a time cost 16 MiB. */
const INLINE_BYTES = 256 * 1024;

export interface StagedUploadOptions {
  readonly bucket: S3Bucket;
  readonly key: string;
  readonly partBytes: number;
  readonly spoolDirectory: string;
  /** Waits until what a crash would leave behind is noted. */
  readonly noted: () => Promise<void>;
}

/**
 * Bytes on their way into one object. Small ones wait in memory, larger ones in a local file, and when a part is full it is
 * sent while the next one is received: one upload takes two parts of disk and next to no memory, however large it is.
 * Nothing is visible in the store before {@link finish}.
 */
export class StagedUpload {
  readonly #options: StagedUploadOptions;
  readonly #parts: UploadedPart[] = [];
  #inline: Buffer[] | null = [];
  #inlineBytes = 0;
  #spool: Spool | null = null;
  #uploadId: string | null = null;
  #hasAskedForUpload = false;
  #sending: Promise<void> = Promise.resolve();
  #facts: BlobFacts | null = null;

  constructor(options: StagedUploadOptions) {
    this.#options = options;
  }

  /** Whether the store may have begun an upload the id of which never came. */
  get hasLostUpload(): boolean {
    return this.#hasAskedForUpload && this.#uploadId === null;
  }

  /** Takes all bytes. @throws EntityTooLarge, StoreFailure, or what the source throws; call {@link discard} then */
  async receive(source: AsyncIterable<Buffer>, { maxBytes, md5 = 'always' }: StageOptions): Promise<BlobFacts> {
    const digest = new BodyDigest(md5);
    for await (const chunk of leaveOpen(source)) {
      if (digest.bytes + chunk.length > maxBytes) throw failures.tooLarge();
      digest.update(chunk);
      await this.#take(chunk);
    }
    if (this.#uploadId !== null) await this.#sendSpool();
    await this.#sending;
    this.#facts = digest.finish();
    return this.#facts;
  }

  /** Makes the bytes the object. @throws StoreFailure */
  async finish(): Promise<void> {
    const { bucket, key, noted } = this.#options;
    if (this.#facts === null) throw new TypeError('nothing was received');
    await noted();
    if (this.#uploadId !== null) await bucket.completeUpload(key, this.#uploadId, this.#parts, this.#facts.sizeBytes);
    else await this.#put();
    await this.#free();
  }

  async #put(): Promise<void> {
    const { bucket, key } = this.#options;
    if (this.#spool === null) {
      const bytes = Buffer.concat(this.#inline ?? []);
      await bucket.put(key, bytes, hash('md5', bytes, 'buffer'));
    } else {
      const { body, md5 } = this.#spool.finish();
      await bucket.put(key, body, md5);
    }
  }

  /** Gives up what was sent. @throws StoreFailure when the store does not take it back */
  async discard(): Promise<void> {
    await this.#sending.catch(() => {});
    await this.#free();
    if (this.#uploadId !== null) await this.#options.bucket.abortUpload(this.#options.key, this.#uploadId);
  }

  async #take(chunk: Buffer): Promise<void> {
    if (this.#inline !== null) {
      this.#inline.push(chunk);
      this.#inlineBytes += chunk.length;
      if (this.#inlineBytes <= INLINE_BYTES) return;
      const waiting = this.#inline;
      this.#inline = null;
      for (const each of waiting) await this.#spoolUp(each);
    } else await this.#spoolUp(chunk);
  }

  async #spoolUp(chunk: Buffer): Promise<void> {
    const { partBytes, spoolDirectory } = this.#options;
    for (let rest = chunk; rest.length > 0;) {
      if (this.#spool !== null && this.#spool.sizeBytes >= partBytes) await this.#sendSpool();
      this.#spool ??= await Spool.create(spoolDirectory);
      const fits = rest.subarray(0, partBytes - this.#spool.sizeBytes);
      await this.#spool.write(fits);
      rest = rest.subarray(fits.length);
    }
  }

  /** Sends the part that is full as soon as the one before it is sent. */
  async #sendSpool(): Promise<void> {
    const { bucket, key, noted } = this.#options;
    await this.#sending;
    const spool = this.#spool;
    if (spool === null) return;
    this.#spool = null;
    try {
      if (this.#uploadId === null) {
        await noted();
        this.#hasAskedForUpload = true;
        this.#uploadId = await bucket.createUpload(key);
      }
    } catch (error) {
      await spool.close();
      throw error;
    }
    const [uploadId, number] = [this.#uploadId, this.#parts.length + 1];
    this.#sending = bucket
      .uploadPart(key, uploadId, number, spool.finish())
      .then((part) => void this.#parts.push(part))
      .finally(() => spool.close());
    // Whoever sends the next part, or ends, hears of it.
    this.#sending.catch(() => {});
  }

  async #free(): Promise<void> {
    this.#inline = null;
    await this.#spool?.close();
    this.#spool = null;
  }
}

/** Stopping half-way must not close the connection that the bytes come from: the answer goes the same way back. */
function leaveOpen(source: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  return source instanceof Readable ? source.iterator({ destroyOnReturn: false }) : source;
}
