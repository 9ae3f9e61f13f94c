import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { failures } from '../errors.ts';
import type { ByteRange } from './blob-store.port.ts';
import type { ReadBudget } from './read-budget.ts';
import { translateStoreError } from './store-error.ts';

/** Bodies up to this size are read in one go; a stream costs more than the bytes. */
const SMALL_BODY_BYTES = 64 * 1024;

export interface ReadOptions {
  readonly sizeBytes: number;
  readonly range: ByteRange | undefined;
  readonly budget: ReadBudget;
}

/** All bytes of a file, or a range of them. Closes the file at the end, also after a failure. */
export async function readBody(file: FileHandle, { sizeBytes, range, budget }: ReadOptions): Promise<Readable | Buffer> {
  const start = range?.start ?? 0;
  const length = range === undefined ? sizeBytes : range.end - range.start + 1;
  if (length > SMALL_BODY_BYTES) {
    const options = { fd: file, start, end: start + length - 1, highWaterMark: budget.begin(), autoClose: true };
    return createReadStream('', options).once('close', () => budget.end());
  }
  try {
    const buffer = Buffer.allocUnsafe(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await file.read(buffer, filled, length - filled, start + filled);
      if (bytesRead === 0) throw failures.blobStore();
      filled += bytesRead;
    }
    return buffer;
  } catch (error) {
    throw translateStoreError(error);
  } finally {
    await file.close();
  }
}
