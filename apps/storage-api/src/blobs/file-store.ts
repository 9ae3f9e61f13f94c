import { type FileHandle, mkdir, open, readdir, rename, rm, stat, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { failures } from '../errors.ts';
import type { Backend } from '../metadata/connection-lost.ts';
import type { BlobEntry, BlobFacts, BlobPage, BlobStat, OpenBlob, StagedBlob, StageOptions } from './blob-store.port.ts';
import { DirectorySyncs } from './directory-syncs.ts';
import {
  closeSoon,
  discard,
  ignoreExisting,
  linkOrCopy,
  makeDirectories,
  settleAll,
  syncOnce,
  writeFully,
  writeSynced,
} from './durable-files.ts';
import { DiskReserve } from './disk-reserve.ts';
import { FileLayout, isVersion } from './file-layout.ts';
import { FileQuarantine } from './file-quarantine.ts';
import { IntentJournal, readIntents } from './intent-journal.ts';
import type { Doubt, ManagedStore } from './managed-store.port.ts';
import { readBody } from './open-file.ts';
import { ReadBudget } from './read-budget.ts';
import { ReceiveBudget, receiveBody } from './receive-body.ts';
import { ignoreMissing, systemErrorCode, translateStoreError } from './store-error.ts';
import { createVersionId } from './version-id.ts';

/** Beyond this, uploads are written in smaller pieces. */
const RECEIVE_BUDGET_BYTES = 16 * 1024 * 1024;
/** Enough that a full disk cannot hide it in the entry of the file. */
const CHECK_BYTES = Buffer.alloc(8192, 1);
/** Those who ask often do not wear the disk out. */
const CHECK_HOLDS_MS = 2000;
/** A disk that failed somebody's write is not well again because the next one went through. */
const FAILURE_HOLDS_MS = 3000;
const BROKEN = new Set(['EIO', 'EROFS', 'ENODEV', 'ENXIO']);

export interface FileStoreOptions {
  readonly root: string;
  /** This server's id; its unfinished work lives in a directory of that name. */
  readonly instanceId: string;
  /** Space that uploads leave free on the disk; none when absent. */
  readonly reserveBytes?: number | undefined;
}

/** Under which name a server has its unfinished work, and where it notes it. */
interface Tenure {
  readonly instanceId: string;
  readonly journal: IntentJournal;
}

/** Bytes in files. See README.md in this folder for the layout and what a crash leaves behind. */
export class FileStore implements ManagedStore {
  readonly layout: FileLayout;
  readonly #syncs = new DirectorySyncs();
  readonly #budget = new ReceiveBudget(RECEIVE_BUDGET_BYTES);
  readonly #reads = new ReadBudget();
  readonly #reserve: DiskReserve;
  readonly #doubtful = new Map<string, Doubt>();
  readonly #quarantine: FileQuarantine;
  #tenure: Tenure;
  #checkedAtMs = Number.NEGATIVE_INFINITY;
  #failedAtMs = Number.NEGATIVE_INFINITY;
  #failure: unknown;

  private constructor({ root, instanceId, reserveBytes = 0 }: FileStoreOptions) {
    this.layout = new FileLayout(root);
    this.#reserve = new DiskReserve(root, reserveBytes);
    this.#quarantine = new FileQuarantine(root);
    this.#tenure = this.#begin(instanceId);
  }

  /** Opens the store, making its directories durably when they are missing. */
  static async open(options: FileStoreOptions): Promise<FileStore> {
    const store = new FileStore(options);
    await store.#createDirectories();
    return store;
  }

  get instanceId(): string {
    return this.#tenure.instanceId;
  }

  /** What is small stays in memory until it is published: in staging it would be a file more to make and to rename. */
  async stage(version: string, source: AsyncIterable<Buffer>, options: StageOptions): Promise<StagedBlob> {
    const { maxBytes, md5 = 'always', ownsChunks = false, isReferenced = false } = options;
    const tenure = this.#tenure;
    const path = this.layout.part(tenure.instanceId, version);
    let file: FileHandle | undefined;
    const openFile = async () => {
      await this.assertRoom();
      return (file = await open(path, 'wx', 0o600));
    };
    try {
      const { facts, bytes } = await receiveBody(source, {
        maxBytes,
        md5,
        ownsChunks,
        budget: this.#budget,
        openFile,
        assertRoom: () => this.assertRoom(),
      });
      if (bytes !== null) await this.assertRoom();
      if (bytes !== null && !isReferenced)
        return { version, facts, publish: () => this.#write(tenure, version, bytes), discard: async () => {} };
      if (bytes !== null) await writeFully(await openFile(), [bytes]);
      await file?.sync();
      await file?.close();
      return { version, facts, publish: () => this.#publish(tenure, version, isReferenced), discard: () => discard(path) };
    } catch (error) {
      await file?.close().catch(() => {});
      if (file !== undefined) await discard(path);
      throw isSourceError(error) ? error : this.#failed(error);
    }
  }

  async adopt(version: string, path: string, facts: BlobFacts): Promise<StagedBlob> {
    const tenure = this.#tenure;
    const part = this.layout.part(tenure.instanceId, version);
    try {
      await linkOrCopy(path, part);
      return { version, facts, publish: () => this.#publish(tenure, version), discard: () => discard(part) };
    } catch (error) {
      await discard(part);
      throw translateStoreError(error);
    }
  }

  async copy(from: string, to: string): Promise<string> {
    const { instanceId, journal } = this.#tenure;
    const source = this.layout.blob(from);
    const target = this.layout.blob(to);
    try {
      await journal.mark(to);
      await linkOrCopy(source, target);
      await this.#syncs.sync(this.layout.shard(to));
      return instanceId;
    } catch (error) {
      await this.abandon(to);
      throw systemErrorCode(error) === 'ENOENT' ? failures.noSuchKey() : translateStoreError(error);
    }
  }

  settle(version: string): void {
    // Nothing depends on the mark being gone; the sweep of a dead server finds the row and keeps the bytes.
    this.#tenure.journal.settle(version);
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
      return {
        sizeBytes: size,
        body: (range) => readBody(file, { sizeBytes: size, range, budget: this.#reads }),
        close: () => file.close(),
      };
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

  /** @throws ProtocolError InsufficientStorage when uploads would take the space that is to be left */
  assertRoom(): Promise<void> {
    return this.#reserve.assertRoom();
  }

  async check(): Promise<void> {
    await this.assertRoom();
    const nowMs = performance.now();
    if (nowMs - this.#failedAtMs < FAILURE_HOLDS_MS) throw translateStoreError(this.#failure);
    if (nowMs - this.#checkedAtMs < CHECK_HOLDS_MS) return;
    const path = this.layout.part(this.instanceId, createVersionId());
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
    return readIntents(this.layout.instance(instanceId));
  }

  async removeUnsettled(version: string): Promise<void> {
    await this.remove(version);
  }

  async forgetInstance(instanceId: string): Promise<void> {
    await rm(this.layout.instance(instanceId), { recursive: true, force: true });
  }

  async adoptInstance(instanceId: string): Promise<void> {
    await mkdir(this.layout.instance(instanceId), { mode: 0o700 });
    const former = this.#tenure;
    this.#tenure = this.#begin(instanceId);
    await former.journal.stop();
  }

  async quarantine(version: string): Promise<boolean> {
    return isVersion(version) && this.#quarantine.take(this.layout.blob(version), join('versions', version));
  }

  async restore(version: string): Promise<boolean> {
    return isVersion(version) && this.#quarantine.giveBack(join('versions', version), this.layout.blob(version));
  }

  async purge(version: string): Promise<void> {
    if (isVersion(version)) await this.#quarantine.drop(join('versions', version));
  }

  async tidy(): Promise<void> {
    // All unfinished work lies in a directory of its server, and goes with it.
  }

  async stop(): Promise<void> {
    await this.#syncs.stop();
    // Marks of versions in doubt must outlive us; the next sweep decides them.
    const isSettled = await this.#tenure.journal.stop();
    if (isSettled && this.#doubtful.size === 0) await this.forgetInstance(this.instanceId);
  }

  #begin(instanceId: string): Tenure {
    return { instanceId, journal: new IntentJournal(this.layout.instance(instanceId)) };
  }

  /** Puts a staged file in place. */
  async #publish({ instanceId, journal }: Tenure, version: string, isReferenced = false): Promise<string> {
    const part = this.layout.part(instanceId, version);
    try {
      await journal.mark(version);
      await rename(part, this.layout.blob(version));
      await this.#syncs.sync(this.layout.shard(version));
      return instanceId;
    } catch (error) {
      await discard(part);
      if (isReferenced) journal.settle(version);
      else await this.abandon(version);
      throw this.#failed(error);
    }
  }

  /** Writes bytes right in place: until a row says so, nobody looks there. */
  async #write({ instanceId, journal }: Tenure, version: string, bytes: Buffer): Promise<string> {
    try {
      await journal.mark(version);
      const file = await open(this.layout.blob(version), 'wx', 0o600);
      // The entry is there, so it can be synced while the bytes are.
      const entrySynced = this.#syncs.sync(this.layout.shard(version));
      try {
        const bytesSynced = writeFully(file, [bytes]).then(() => file.sync());
        await settleAll([bytesSynced, entrySynced]);
      } finally {
        // Nothing of what is synced depends on it, so the transaction of the row need not wait.
        closeSoon(file);
      }
      return instanceId;
    } catch (error) {
      await this.abandon(version);
      throw this.#failed(error);
    }
  }

  /** Translates the failure of a write, and remembers one that says the disk is broken. */
  #failed(error: unknown): Error {
    if (BROKEN.has(systemErrorCode(error) ?? '')) {
      this.#failedAtMs = performance.now();
      this.#failure = error;
    }
    return translateStoreError(error);
  }

  async #createDirectories(): Promise<void> {
    const { root, blobs, staging } = this.layout;
    await makeDirectories(root);
    await Promise.all([blobs, staging].map(makeDirectories));
    const present = new Set(await readdir(blobs));
    const missing = this.layout.shards().filter((path) => !present.has(path.slice(-2)));
    await Promise.all(missing.map((path) => ignoreExisting(mkdir(path, { mode: 0o700 }))));
    if (missing.length > 0) await syncOnce(blobs);
    await ignoreExisting(mkdir(this.layout.instance(this.instanceId), { mode: 0o700 }));
  }
}

/** Errors of the connection we read from are the client's, not the disk's. */
function isSourceError(error: unknown): boolean {
  const code = systemErrorCode(error);
  return code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ABORT_ERR';
}
