import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { translateStoreError } from '../store-error.ts';
import { createVersionId } from '../version-id.ts';
import type { ReplayableBody } from './s3-client.ts';

const READ_CHUNK_BYTES = 256 * 1024;

/**
 * Bytes on their way into the store, on a local disk, so that they can be sent with their length and digest, and again when
 * need be. The file has no name any more as soon as it is open: however this process ends, the disk gets its space back.
 */
export class Spool {
  readonly #file: FileHandle;
  readonly #md5 = createHash('md5');
  #sizeBytes = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** @throws ProtocolError when the directory cannot be written */
  static async create(directory: string): Promise<Spool> {
    const path = join(directory, `${createVersionId()}.spool`);
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const file = await open(path, 'wx+', 0o600);
      await unlink(path);
      return new Spool(file);
    } catch (error) {
      throw translateStoreError(error);
    }
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  async write(chunk: Buffer): Promise<void> {
    this.#md5.update(chunk);
    try {
      for (let done = 0; done < chunk.length;) {
        const { bytesWritten } = await this.#file.write(chunk, done, chunk.length - done, this.#sizeBytes);
        done += bytesWritten;
        this.#sizeBytes += bytesWritten;
      }
    } catch (error) {
      throw translateStoreError(error);
    }
  }

  /** Ends writing; what was written can then be sent any number of times, until it is closed. */
  finish(): { readonly body: ReplayableBody; readonly md5: Buffer } {
    const [file, sizeBytes] = [this.#file, this.#sizeBytes];
    return { body: { sizeBytes, open: () => readFrom(file, sizeBytes) }, md5: this.#md5.digest() };
  }

  async close(): Promise<void> {
    await this.#file.close().catch(() => {});
  }
}

function readFrom(file: FileHandle, sizeBytes: number): Readable {
  return createReadStream('', { fd: file, start: 0, end: sizeBytes - 1, highWaterMark: READ_CHUNK_BYTES, autoClose: false });
}
