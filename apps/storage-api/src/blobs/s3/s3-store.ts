import { createHash } from 'node:crypto';
import type { Logger } from '@supastor/adapters/telemetry/logger';
import { failures, ProtocolError } from '../../errors.ts';
import type { Backend } from '../../metadata/connection-lost.ts';
import type { Database } from '../../metadata/database.ts';
import type { BlobFacts, BlobPage, BlobStat, OpenBlob, OpenOptions, StagedBlob, StageOptions } from '../blob-store.port.ts';
import { isVersion } from '../file-layout.ts';
import type { Doubt, ManagedStore } from '../managed-store.port.ts';
import { claimBucket } from './claim-bucket.ts';
import { IntentLog } from './intent-log.ts';
import { S3Bucket } from './s3-bucket.ts';
import type { S3StoreSettings } from './settings.ts';
import { StagedUpload } from './staged-upload.ts';
import { StoreFailure, translateStoreFailure } from './store-failure.ts';

export interface S3StoreOptions {
  readonly settings: S3StoreSettings;
  readonly database: Database;
  readonly logger: Logger;
  /** This server's id; what it has under way is noted under it. */
  readonly instanceId: string;
  /** Withdrawn versions are removed once more after this long. */
  readonly lateSeconds?: number;
}

const LATE_SECONDS = 900;
const CHECK_BYTES = Buffer.from('supastor checks that it can write here\n');
const CHECK_TIMEOUT_MS = 1500;
/** Those who ask often do not cost a request each. */
const CHECK_HOLDS_MS = 2000;
const TIDY_PERIOD_MS = 600_000;
/** An unfinished upload that nobody noted is garbage once it is this old. */
const STRAY_UPLOAD_MS = 3_600_000;

/** Bytes in a bucket of any S3. See README.md in this folder for its keys and what a crash leaves behind. */
export class S3Store implements ManagedStore {
  readonly #options: S3StoreOptions;
  readonly #bucket: S3Bucket;
  readonly #intents: IntentLog;
  readonly #prefix: string;
  readonly #doubtful = new Map<string, Doubt>();
  #instanceId: string;
  #checkedAtMs = Number.NEGATIVE_INFINITY;
  #tidiedAtMs = performance.now();

  private constructor(options: S3StoreOptions) {
    this.#options = options;
    this.#bucket = new S3Bucket(options.settings);
    this.#intents = new IntentLog({ database: options.database, lateSeconds: options.lateSeconds ?? LATE_SECONDS });
    this.#prefix = `${options.settings.prefix}blobs/`;
    this.#instanceId = options.instanceId;
  }

  /**
   * Opens the store. One that cannot be reached is waited for, with the server up and not ready.
   * @throws ProtocolError when the bucket, the keys or the region are wrong, or the bucket is another installation's
   */
  static async open(options: S3StoreOptions): Promise<S3Store> {
    const store = new S3Store(options);
    try {
      await store.#prepare();
    } catch (error) {
      if (!(error instanceof StoreFailure)) throw error;
      if (error.isMisconfiguration) throw new Error(describeMisconfiguration(options.settings, error), { cause: error });
      options.logger.warn({ err: error }, 'the byte store cannot be used yet');
    }
    return store;
  }

  get instanceId(): string {
    return this.#instanceId;
  }

  async stage(version: string, source: AsyncIterable<Buffer>, options: StageOptions): Promise<StagedBlob> {
    const { isReferenced = false } = options;
    const instanceId = this.#instanceId;
    const { partBytes, spoolDirectory } = this.#options.settings;
    let noted: Promise<void> | null = null;
    const note = () => (noted ??= this.#intents.open(version, instanceId));
    const upload = new StagedUpload({ bucket: this.#bucket, key: this.#key(version), partBytes, spoolDirectory, noted: note });
    const giveUp = async () => {
      if (noted === null) return upload.discard();
      if (isReferenced) return this.#leave(version, upload);
      return this.#withdraw(version, async () => {
        await upload.discard();
        if (upload.hasLostUpload) await this.removeUnsettled(version);
      });
    };
    let facts: BlobFacts;
    try {
      facts = await upload.receive(source, options);
    } catch (error) {
      await giveUp();
      throw translateStoreFailure(error);
    }
    return { version, facts, publish: () => this.#publish(version, instanceId, upload, isReferenced), discard: giveUp };
  }

  async copy(from: string, to: string): Promise<string> {
    const instanceId = this.#instanceId;
    await this.#intents.open(to, instanceId);
    try {
      await this.#bucket.copy(this.#key(from), this.#key(to));
      return instanceId;
    } catch (error) {
      await this.#abandonUncertain(to, error);
      throw translateStoreFailure(error);
    }
  }

  settle(version: string): void {
    this.#intents.settle(version);
  }

  async abandon(version: string): Promise<void> {
    await this.#withdraw(version, () => this.#bucket.remove(this.#key(version)));
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
    else await this.#withdraw(version, () => this.removeUnsettled(version));
  }

  async open(version: string, { range }: OpenOptions = {}): Promise<OpenBlob | null> {
    if (!isVersion(version)) return null;
    return this.#translated(this.#bucket.open(this.#key(version), range));
  }

  async stat(version: string): Promise<BlobStat | null> {
    if (!isVersion(version)) return null;
    return this.#translated(this.#bucket.head(this.#key(version)));
  }

  /** A page is a request; the cursor is the last key of the page before, without the prefix. */
  async list(cursor: string | null = null): Promise<BlobPage> {
    const after = cursor === null ? null : `${this.#prefix}${cursor}`;
    const { keys, isTruncated } = await this.#translated(this.#bucket.list(this.#prefix, after));
    const entries = keys.flatMap(({ key, sizeBytes, modifiedAt }) => {
      const version = this.#versionOf(key);
      return version === null ? [] : [{ version, sizeBytes, modifiedAt }];
    });
    const last = keys.at(-1)?.key;
    return { entries, next: isTruncated && last !== undefined ? last.slice(this.#prefix.length) : null };
  }

  async remove(version: string): Promise<void> {
    if (isVersion(version)) await this.#translated(this.#bucket.remove(this.#key(version)));
  }

  async check(): Promise<void> {
    if (performance.now() - this.#checkedAtMs < CHECK_HOLDS_MS) return;
    await this.#translated(this.#prepare()).catch((error: unknown) => {
      throw error instanceof ProtocolError ? error : failures.blobStore(error);
    });
  }

  async listInstances(): Promise<readonly string[]> {
    return this.#intents.listInstances();
  }

  async listIntents(instanceId: string): Promise<readonly string[]> {
    if (instanceId === this.#instanceId) await this.#intents.flushSettled();
    return this.#intents.list(instanceId);
  }

  async removeUnsettled(version: string): Promise<void> {
    const key = this.#key(version);
    const uploads = await this.#translated(this.#bucket.listUploads(key));
    for (const upload of uploads.filter((each) => each.key === key)) {
      await this.#translated(this.#bucket.abortUpload(key, upload.uploadId));
    }
    await this.remove(version);
  }

  async forgetInstance(instanceId: string): Promise<void> {
    await this.#intents.forget(instanceId);
  }

  async adoptInstance(instanceId: string): Promise<void> {
    this.#instanceId = instanceId;
  }

  /** Ends uploads that were begun in the store without anybody knowing of them any more. */
  async tidy(): Promise<void> {
    if (performance.now() - this.#tidiedAtMs < TIDY_PERIOD_MS) return;
    this.#tidiedAtMs = performance.now();
    const before = Date.now() - STRAY_UPLOAD_MS;
    const uploads = await this.#translated(this.#bucket.listUploads(this.#prefix));
    const old = uploads.filter(({ key, initiatedAt }) => this.#versionOf(key) !== null && initiatedAt.getTime() < before);
    const known = await this.#intents.known(old.map(({ key }) => this.#versionOf(key) ?? ''));
    for (const { key, uploadId } of old.filter((each) => !known.has(this.#versionOf(each.key) ?? ''))) {
      await this.#translated(this.#bucket.abortUpload(key, uploadId));
    }
  }

  async quarantine(version: string): Promise<boolean> {
    return isVersion(version) && this.#move(this.#key(version), this.#asideKey(version));
  }

  async restore(version: string): Promise<boolean> {
    return isVersion(version) && this.#move(this.#asideKey(version), this.#key(version));
  }

  async purge(version: string): Promise<void> {
    if (isVersion(version)) await this.#translated(this.#bucket.remove(this.#asideKey(version)));
  }

  async stop(): Promise<void> {
    await this.#intents.flushSettled();
    this.#bucket.client.stop();
  }

  async #publish(version: string, instanceId: string, upload: StagedUpload, isReferenced: boolean): Promise<string> {
    try {
      await upload.finish();
      return instanceId;
    } catch (error) {
      if (isReferenced) {
        await this.#leave(version, upload);
      } else {
        await upload.discard().catch(() => {});
        await this.#abandonUncertain(version, error);
      }
      throw translateStoreFailure(error);
    }
  }

  /** Gives up an upload of a version that a row refers to: what is in place stays; an upload that was lost is for {@link tidy}. */
  async #leave(version: string, upload: StagedUpload): Promise<void> {
    await upload.discard().catch(() => {});
    this.settle(version);
  }

  /** Withdraws a version the writing of which failed: the store may yet carry out what we no longer wait for. */
  async #abandonUncertain(version: string, error: unknown): Promise<void> {
    const mayAppear = error instanceof StoreFailure && error.isAmbiguous;
    await this.#withdraw(version, async () => {
      await this.removeUnsettled(version);
      if (mayAppear) await this.#intents.condemn(version);
    });
  }

  /** That no row refers to the version is certain; if its bytes cannot be removed now, that is tried again until they are. */
  async #withdraw(version: string, remove: () => Promise<void>): Promise<void> {
    try {
      await remove();
      this.settle(version);
    } catch (error) {
      this.#options.logger.debug({ err: error, version }, 'bytes that nobody needs cannot be removed yet');
      this.#doubtful.set(version, { version, backend: null, sinceMs: Number.NEGATIVE_INFINITY });
    }
  }

  /** Whether the bucket is ours and can be written to. */
  async #prepare(): Promise<void> {
    const { settings } = this.#options;
    const options = { attempts: 1, timeoutMs: Math.min(CHECK_TIMEOUT_MS, settings.timeoutMs) };
    await claimBucket(this.#bucket, settings, () => this.#intents.installationId());
    await this.#bucket.probe(`${settings.prefix}supastor-check`, CHECK_BYTES, CHECK_MD5, options);
    this.#checkedAtMs = performance.now();
  }

  async #translated<T>(work: Promise<T>): Promise<T> {
    return work.catch((error: unknown) => {
      throw translateStoreFailure(error);
    });
  }

  /** The last digits of a version id are random: keys spread over what a store divides by prefix. */
  #key(version: string): string {
    if (!isVersion(version)) throw new TypeError('not a version id');
    return `${this.#prefix}${version.slice(-2)}/${version}`;
  }

  #asideKey(version: string): string {
    return `${this.#options.settings.prefix}quarantine/${version}`;
  }

  async #move(from: string, to: string): Promise<boolean> {
    if ((await this.#translated(this.#bucket.head(from))) === null) return false;
    await this.#translated(this.#bucket.copy(from, to));
    await this.#translated(this.#bucket.remove(from));
    return true;
  }

  #versionOf(key: string): string | null {
    const version = key.slice(this.#prefix.length + 3);
    return isVersion(version) && key === this.#key(version) ? version : null;
  }
}

const CHECK_MD5 = createHash('md5').update(CHECK_BYTES).digest();

function describeMisconfiguration({ bucket, endpoint, region }: S3StoreSettings, { message }: StoreFailure): string {
  return `the bucket "${bucket}" at ${endpoint ?? 'AWS'} (region ${region}) cannot be used: ${message}. Check the bucket, the access key and the region`;
}
