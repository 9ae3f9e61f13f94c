import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { ignoreMissing } from '../blobs/store-error.ts';
import { HEAD_BYTES, type ImageFormat, sniffFormat } from './image-format.ts';

export interface ImageCacheOptions {
  readonly directory: string;
  /** Finished pictures take up to this much; the least recently used go first. */
  readonly maxBytes: number;
}

/** A finished picture; `body` may be called once, or `close` instead. */
export interface CachedImage {
  readonly sizeBytes: number;
  readonly format: ImageFormat;
  body(): Readable;
  close(): Promise<void>;
}

/** Making room stops here, so that it is not done for every picture. */
const KEPT_SHARE = 0.8;
/** Use is noted this often; more would cost a write per hit. */
const TOUCH_PERIOD_MS = 60_000;
/** Leftovers of a server that died while making a picture. */
const STALE_TEMP_MS = 3_600_000;

/** Pictures in files, named by a digest of what they were made from and how. Losing any of them loses nothing. */
export class ImageCache {
  readonly #finished: string;
  readonly #temp: string;
  readonly #maxBytes: number;
  #bytes = Number.POSITIVE_INFINITY;
  #trimming: Promise<void> | undefined;
  #ready: Promise<unknown> | undefined;

  constructor({ directory, maxBytes }: ImageCacheOptions) {
    this.#finished = join(directory, 'finished');
    this.#temp = join(directory, 'temp');
    this.#maxBytes = maxBytes;
  }

  /** Null when the picture has to be made. */
  async open(key: string): Promise<CachedImage | null> {
    const path = join(this.#finished, key);
    const file = await ignoreMissing(open(path, 'r'));
    if (file === undefined) return null;
    const { size, mtimeMs } = await file.stat();
    const format = await readFormat(file);
    if (format === null) {
      await file.close();
      await ignoreMissing(unlink(path));
      return null;
    }
    const now = new Date();
    if (now.getTime() - mtimeMs > TOUCH_PERIOD_MS) await ignoreMissing(utimes(path, now, now));
    return {
      sizeBytes: size,
      format,
      body: () => createReadStream('', { fd: file, start: 0, end: Math.max(0, size - 1), autoClose: true }),
      close: () => file.close(),
    };
  }

  /** A path of its own for bytes on their way; rename it in with {@link add} or remove it. */
  async createTempPath(): Promise<string> {
    this.#ready ??= Promise.all([this.#finished, this.#temp].map((path) => mkdir(path, { recursive: true, mode: 0o700 }))).catch(
      (error: unknown) => {
        this.#ready = undefined;
        throw error;
      },
    );
    await this.#ready;
    return join(this.#temp, randomUUID());
  }

  /** Takes a finished file in, whole even after a power cut. */
  async add(key: string, tempPath: string): Promise<void> {
    const file = await open(tempPath, 'r+');
    const { size } = await file
      .datasync()
      .then(() => file.stat())
      .finally(() => file.close());
    await rename(tempPath, join(this.#finished, key));
    this.#bytes += size;
    if (this.#bytes > this.#maxBytes) await (this.#trimming ??= this.#trim().finally(() => (this.#trimming = undefined)));
  }

  /** Several servers may share the directory, so the truth is on disk. */
  async #trim(): Promise<void> {
    await this.#removeStaleTemp();
    const files = (await listFiles(this.#finished)).toSorted((a, b) => a.usedMs - b.usedMs);
    let bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const goal = bytes > this.#maxBytes ? this.#maxBytes * KEPT_SHARE : this.#maxBytes;
    for (const { path, sizeBytes } of files) {
      if (bytes <= goal) break;
      await rm(path, { force: true });
      bytes -= sizeBytes;
    }
    this.#bytes = bytes;
  }

  async #removeStaleTemp(): Promise<void> {
    const limitMs = Date.now() - STALE_TEMP_MS;
    const stale = (await listFiles(this.#temp)).filter(({ usedMs }) => usedMs < limitMs);
    await Promise.all(stale.map(({ path }) => rm(path, { force: true })));
  }
}

interface ListedFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly usedMs: number;
}

async function listFiles(directory: string): Promise<readonly ListedFile[]> {
  const found: ListedFile[] = [];
  for (const name of (await ignoreMissing(readdir(directory))) ?? []) {
    const path = join(directory, name);
    const facts = await ignoreMissing(stat(path));
    if (facts?.isFile() === true) found.push({ path, sizeBytes: facts.size, usedMs: facts.mtimeMs });
  }
  return found;
}

async function readFormat(file: FileHandle): Promise<ImageFormat | null> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
  return sniffFormat(buffer.subarray(0, bytesRead));
}
