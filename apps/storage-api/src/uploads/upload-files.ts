import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { StagedBlob } from '../blobs/blob-store.port.ts';
import { BodyDigest } from '../blobs/body-digest.ts';
import { isVersion } from '../blobs/file-layout.ts';
import type { FileStore } from '../blobs/file-store.ts';
import { ignoreMissing, translateStoreError } from '../blobs/store-error.ts';
import type { StageRequest, UploadSpace, UploadWriter } from './upload-space.port.ts';

const READ_CHUNK_BYTES = 256 * 1024;

/** Bytes of unfinished uploads: one file each, named by the upload's version, shared by all servers of the store. */
export class UploadFiles implements UploadSpace {
  readonly #directory: string;
  readonly #store: FileStore;
  #ready: Promise<void> | undefined;

  /** The directory must be on the file system of the store. */
  constructor(directory: string, store: FileStore) {
    this.#directory = directory;
    this.#store = store;
  }

  #path(version: string): string {
    if (!isVersion(version)) throw new TypeError('not a version id');
    return join(this.#directory, version);
  }

  /** Makes the empty file, durably. */
  async create(version: string): Promise<void> {
    try {
      await (this.#ready ??= this.#createDirectory());
      await (await open(this.#path(version), 'wx', 0o600)).close();
      await syncDirectory(this.#directory);
    } catch (error) {
      this.#ready = undefined;
      throw translateStoreError(error);
    }
  }

  /** Null when the file is gone. */
  async openWriter(version: string, offsetBytes: number): Promise<UploadWriter | null> {
    const file = await ignoreMissing(open(this.#path(version), 'r+')).catch((error: unknown) => {
      throw translateStoreError(error);
    });
    return file === undefined ? null : new FileWriter(file, offsetBytes, this.#store);
  }

  async stage({ upload, version, lengthBytes, digest }: StageRequest): Promise<StagedBlob> {
    await this.#truncate(upload, lengthBytes);
    const known = digest ?? (await this.#digest(upload, lengthBytes));
    return this.#store.adopt(version, this.#path(upload), known.finish());
  }

  /** Cuts off what was written beyond the end, so that the file is the object. */
  async #truncate(version: string, lengthBytes: number): Promise<void> {
    const file = await open(this.#path(version), 'r+');
    try {
      if ((await file.stat()).size > lengthBytes) await file.truncate(lengthBytes);
      await file.sync();
    } catch (error) {
      throw translateStoreError(error);
    } finally {
      await file.close();
    }
  }

  /** Reads the first bytes again; for uploads that another server, or this one before a restart, received in part. */
  async #digest(version: string, lengthBytes: number): Promise<BodyDigest> {
    const digest = new BodyDigest('small');
    if (lengthBytes === 0) return digest;
    const source = createReadStream(this.#path(version), { end: lengthBytes - 1, highWaterMark: READ_CHUNK_BYTES });
    try {
      for await (const chunk of source) digest.update(chunk);
    } catch (error) {
      throw translateStoreError(error);
    }
    return digest;
  }

  async remove(version: string): Promise<void> {
    await ignoreMissing(unlink(this.#path(version)));
  }

  /** Uploads whose files were last written before the given moment. */
  async listUntouchedSince(timeMs: number): Promise<readonly string[]> {
    const names = ((await ignoreMissing(readdir(this.#directory))) ?? []).filter(isVersion);
    const untouched: string[] = [];
    for (const name of names) {
      const facts = await ignoreMissing(stat(this.#path(name)));
      if (facts !== undefined && facts.mtimeMs < timeMs) untouched.push(name);
    }
    return untouched;
  }

  async #createDirectory(): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    await syncDirectory(join(this.#directory, '..'));
  }
}

class FileWriter implements UploadWriter {
  readonly #file: FileHandle;
  readonly #store: FileStore;
  #position: number;

  constructor(file: FileHandle, offsetBytes: number, store: FileStore) {
    this.#file = file;
    this.#store = store;
    this.#position = offsetBytes;
  }

  get positionBytes(): number {
    return this.#position;
  }

  async write(chunk: Uint8Array): Promise<void> {
    try {
      await this.#store.assertRoom();
      for (let done = 0; done < chunk.length;) {
        const { bytesWritten } = await this.#file.write(chunk, done, chunk.length - done, this.#position);
        done += bytesWritten;
        this.#position += bytesWritten;
      }
    } catch (error) {
      throw translateStoreError(error);
    }
  }

  async sync(): Promise<void> {
    await this.#file.datasync().catch((error: unknown) => {
      throw translateStoreError(error);
    });
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  await directory.sync().finally(() => directory.close());
}
