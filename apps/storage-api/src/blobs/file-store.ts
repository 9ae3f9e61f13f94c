import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { copyFile, type FileHandle, link, mkdir, open, readdir, rename, rm, stat, unlink } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { failures } from '../errors.ts';
import type { Backend } from '../metadata/connection-lost.ts';
import type { BlobEntry, BlobFacts, BlobPage, BlobStat, ByteRange, OpenBlob, StagedBlob, StageOptions } from './blob-store.port.ts';
import { FileLayout, INTENT_SUFFIX, isVersion } from './file-layout.ts';
import type { Doubt, ManagedStore } from './managed-store.port.ts';
import { ignoreMissing, systemErrorCode, translateStoreError } from './store-error.ts';
import { createVersionId } from './version-id.ts';

/** Bodies up to this size are read in one go; a stream costs more than the bytes. */
const SMALL_BODY_BYTES = 64 * 1024;
const READ_CHUNK_BYTES = 256 * 1024;
/** Enough that a full disk cannot hide it in the entry of the file. */
const CHECK_BYTES = Buffer.alloc(8192, 1);
/** Those who ask often do not wear the disk out. */
const CHECK_HOLDS_MS = 2000;
/** Refused by a file system or a kernel that cannot link. */
const CANNOT_LINK = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV']);

export interface FileStoreOptions {
  readonly root: string;
  /** This server's id; its unfinished work lives in a directory of that name. */
  readonly instanceId: string;
}

/** Bytes in files. See README.md in this folder for the layout and what a crash leaves behind. */
export class FileStore implements ManagedStore {
  readonly layout: FileLayout;
  readonly #directories = new Map<string, Promise<FileHandle>>();
  readonly #doubtful = new Map<string, Doubt>();
  #instanceId: string;
  #checkedAtMs = Number.NEGATIVE_INFINITY;

  private constructor({ root, instanceId }: FileStoreOptions) {
    this.layout = new FileLayout(root);
    this.#instanceId = instanceId;
  }

  /** Opens the store, making its directories durably when they are missing. */
  static async open(options: FileStoreOptions): Promise<FileStore> {
    const store = new FileStore(options);
    await store.#createDirectories();
    return store;
  }

  get instanceId(): string {
    return this.#instanceId;
  }

  async stage(version: string, source: AsyncIterable<Buffer>, { maxBytes }: StageOptions): Promise<StagedBlob> {
    const instanceId = this.#instanceId;
    const path = this.layout.part(instanceId, version);
    let file: FileHandle | undefined;
    try {
      file = await open(path, 'wx', 0o600);
      const facts = await writeAll(file, source, maxBytes);
      await file.sync();
      await file.close();
      return { version, facts, publish: () => this.#publish(instanceId, version), discard: () => discard(path) };
    } catch (error) {
      await file?.close().catch(() => {});
      await discard(path);
      throw isSourceError(error) ? error : translateStoreError(error);
    }
  }

  async adopt(version: string, path: string, facts: BlobFacts): Promise<StagedBlob> {
    const instanceId = this.#instanceId;
    const part = this.layout.part(instanceId, version);
    try {
      await linkOrCopy(path, part);
      return { version, facts, publish: () => this.#publish(instanceId, version), discard: () => discard(part) };
    } catch (error) {
      await discard(part);
      throw translateStoreError(error);
    }
  }

  async copy(from: string, to: string): Promise<string> {
    const instanceId = this.#instanceId;
    const source = this.layout.blob(from);
    const target = this.layout.blob(to);
    try {
      await this.#writeIntent(instanceId, to);
      await linkOrCopy(source, target);
      await this.#syncDirectory(this.layout.shard(to));
      return instanceId;
    } catch (error) {
      await this.abandon(to);
      throw systemErrorCode(error) === 'ENOENT' ? failures.noSuchKey() : translateStoreError(error);
    }
  }

  settle(version: string): void {
    // Nothing depends on the marker being gone; the sweep of a dead server finds the row and removes only the marker.
    unlink(this.layout.intent(this.#instanceId, version)).catch(() => {});
  }

  async abandon(version: string): Promise<void> {
    await ignoreMissing(unlink(this.layout.blob(version))).catch(() => {
      // That no row refers to it is certain; only the removal has to be tried again.
      this.#doubtful.set(version, { version, backend: null, sinceMs: Number.NEGATIVE_INFINITY });
    });
    if (!this.#doubtful.has(version)) this.settle(version);
  }

  doubt(version: string, backend: Backend | null): void {
    this.#doubtful.set(version, { version, backend, sinceMs: performance.now() });
  }

  doubts(): readonly Doubt[] {
    return [...this.#doubtful.values()];
  }

  async resolve(version: string, isLive: boolean): Promise<void> {
    this.#doubtful.delete(version);
    if (isLive) this.settle(version);
    else await this.abandon(version);
  }

  async open(version: string): Promise<OpenBlob | null> {
    if (!isVersion(version)) return null;
    try {
      const file = await ignoreMissing(open(this.layout.blob(version), 'r'));
      if (file === undefined) return null;
      const { size } = await file.stat();
      return { sizeBytes: size, body: (range) => readBody(file, size, range), close: () => file.close() };
    } catch (error) {
      throw translateStoreError(error);
    }
  }

  async stat(version: string): Promise<BlobStat | null> {
    if (!isVersion(version)) return null;
    const facts = await ignoreMissing(stat(this.layout.blob(version))).catch((error: unknown) => {
      throw translateStoreError(error);
    });
    return facts === undefined ? null : { sizeBytes: facts.size, modifiedAt: facts.mtime };
  }

  /** A page is a directory; the cursor is its name. */
  async list(cursor: string | null = null): Promise<BlobPage> {
    const shards = this.layout.shards();
    const index = cursor === null ? 0 : shards.findIndex((path) => basename(path) >= cursor);
    const shard = shards[index];
    if (shard === undefined) return { entries: [], next: null };
    const names = ((await ignoreMissing(readdir(shard))) ?? []).filter(isVersion).toSorted();
    const entries: BlobEntry[] = [];
    for (const version of names) {
      const facts = await this.stat(version);
      if (facts !== null) entries.push({ version, ...facts });
    }
    const following = shards[index + 1];
    return { entries, next: following === undefined ? null : basename(following) };
  }

  async remove(version: string): Promise<void> {
    if (isVersion(version)) await ignoreMissing(unlink(this.layout.blob(version)));
  }

  async check(): Promise<void> {
    const nowMs = performance.now();
    if (nowMs - this.#checkedAtMs < CHECK_HOLDS_MS) return;
    const path = this.layout.part(this.#instanceId, createVersionId());
    try {
      await writeSynced(path, CHECK_BYTES);
      this.#checkedAtMs = nowMs;
    } catch (error) {
      throw translateStoreError(error);
    } finally {
      await discard(path);
    }
  }

  async listInstances(): Promise<readonly string[]> {
    return (await readdir(this.layout.staging)).filter(isVersion);
  }

  async listIntents(instanceId: string): Promise<readonly string[]> {
    const names = (await ignoreMissing(readdir(this.layout.instance(instanceId)))) ?? [];
    return names.filter((name) => name.endsWith(INTENT_SUFFIX)).map((name) => name.slice(0, -INTENT_SUFFIX.length));
  }

  async removeUnsettled(version: string): Promise<void> {
    await this.remove(version);
  }

  async forgetInstance(instanceId: string): Promise<void> {
    await rm(this.layout.instance(instanceId), { recursive: true, force: true });
  }

  async adoptInstance(instanceId: string): Promise<void> {
    await mkdir(this.layout.instance(instanceId), { mode: 0o700 });
    this.#instanceId = instanceId;
  }

  async tidy(): Promise<void> {
    // All unfinished work lies in a directory of its server, and goes with it.
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#directories.values()].map(async (handle) => (await handle).close()));
    this.#directories.clear();
    // Markers of versions in doubt must outlive us; the next sweep decides them.
    if (this.#doubtful.size === 0 && (await this.listIntents(this.#instanceId)).length === 0) await this.forgetInstance(this.#instanceId);
  }

  async #publish(instanceId: string, version: string): Promise<string> {
    const target = this.layout.blob(version);
    const part = this.layout.part(instanceId, version);
    try {
      await this.#writeIntent(instanceId, version);
      await rename(part, target);
      await this.#syncDirectory(this.layout.shard(version));
      return instanceId;
    } catch (error) {
      await discard(part);
      await this.abandon(version);
      throw translateStoreError(error);
    }
  }

  async #writeIntent(instanceId: string, version: string): Promise<void> {
    const file = await open(this.layout.intent(instanceId, version), 'wx', 0o600);
    await file.close();
  }

  async #syncDirectory(path: string): Promise<void> {
    let handle = this.#directories.get(path);
    if (handle === undefined) {
      handle = open(path, 'r');
      handle.catch(() => this.#directories.delete(path));
      this.#directories.set(path, handle);
    }
    await (await handle).sync();
  }

  async #createDirectories(): Promise<void> {
    const { root, blobs, staging } = this.layout;
    await makeDirectories(root);
    await Promise.all([blobs, staging].map(makeDirectories));
    const present = new Set(await readdir(blobs));
    const missing = this.layout.shards().filter((path) => !present.has(path.slice(-2)));
    await Promise.all(missing.map((path) => ignoreExisting(mkdir(path, { mode: 0o700 }))));
    if (missing.length > 0) await syncOnce(blobs);
    await ignoreExisting(mkdir(this.layout.instance(this.#instanceId), { mode: 0o700 }));
  }
}

async function writeAll(file: FileHandle, source: AsyncIterable<Buffer>, maxBytes: number): Promise<BlobFacts> {
  const md5 = createHash('md5');
  const sha256 = createHash('sha256');
  let sizeBytes = 0;
  let checksum = 0;
  for await (const chunk of leaveOpen(source)) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) throw failures.tooLarge();
    md5.update(chunk);
    sha256.update(chunk);
    checksum = crc32(chunk, checksum);
    for (let offset = 0; offset < chunk.length;) offset += (await file.write(chunk, offset)).bytesWritten;
  }
  return { sizeBytes, md5: md5.digest(), sha256: sha256.digest(), crc32: checksum };
}

/** Stopping half-way must not close the connection that the bytes come from: the answer goes the same way back. */
function leaveOpen(source: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  return source instanceof Readable ? source.iterator({ destroyOnReturn: false }) : source;
}

async function readBody(file: FileHandle, size: number, range?: ByteRange): Promise<Readable | Buffer> {
  const start = range?.start ?? 0;
  const length = range === undefined ? size : range.end - range.start + 1;
  if (length > SMALL_BODY_BYTES) {
    return createReadStream('', { fd: file, start, end: start + length - 1, highWaterMark: READ_CHUNK_BYTES, autoClose: true });
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

/** A second name for a file or, where the file system has none, a synced copy of it. */
async function linkOrCopy(source: string, target: string): Promise<void> {
  await link(source, target).catch(async (error: unknown) => {
    if (!CANNOT_LINK.has(systemErrorCode(error) ?? '')) throw error;
    await copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    await syncFile(target);
  });
}

async function discard(path: string): Promise<void> {
  await unlink(path).catch(() => {});
}

/** Errors of the connection we read from are the client's, not the disk's. */
function isSourceError(error: unknown): boolean {
  const code = systemErrorCode(error);
  return code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ABORT_ERR';
}

async function ignoreExisting(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (systemErrorCode(error) !== 'EEXIST') throw error;
  });
}

/** Makes a directory and its missing parents, each entry synced in the one above it. */
async function makeDirectories(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let current = path; ; current = dirname(current)) {
    await syncOnce(dirname(current));
    if (current === first) return;
  }
}

async function writeSynced(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  await file.sync().finally(() => file.close());
}

async function syncOnce(path: string): Promise<void> {
  const directory = await open(path, 'r');
  await directory.sync().finally(() => directory.close());
}
