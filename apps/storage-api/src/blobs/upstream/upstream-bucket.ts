import type { BlobStat, OpenBlob, OpenOptions } from '../blob-store.port.ts';
import { S3Bucket } from '../s3/s3-bucket.ts';
import type { S3StoreSettings } from '../s3/settings.ts';
import { translateStoreFailure } from '../s3/store-failure.ts';
import { keysOf, type UpstreamPlace, type UpstreamSource } from './upstream-source.port.ts';

export interface UpstreamBucketOptions {
  readonly settings: S3StoreSettings;
  readonly tenant: string;
  readonly isWritable: boolean;
}

/** The S3 backend of the original: `<tenant>/<bucket of the object>/<name>/<version>` in one bucket. */
export class UpstreamBucket implements UpstreamSource {
  readonly label: string;
  readonly isWritable: boolean;
  readonly #bucket: S3Bucket;
  readonly #prefix: string;

  constructor({ settings, tenant, isWritable }: UpstreamBucketOptions) {
    this.#bucket = new S3Bucket(settings);
    this.#prefix = `${tenant}/`;
    this.label = `s3://${settings.bucket}/${this.#prefix}`;
    this.isWritable = isWritable;
  }

  async isReachable(): Promise<boolean> {
    const { keys } = await this.#bucket.list(this.#prefix, null).catch(() => ({ keys: [] }));
    return keys.length > 0;
  }

  async open(place: UpstreamPlace, { range }: OpenOptions = {}): Promise<OpenBlob | null> {
    return this.#first(place, (key) => this.#bucket.open(key, range));
  }

  async stat(place: UpstreamPlace): Promise<BlobStat | null> {
    return this.#first(place, (key) => this.#bucket.head(key));
  }

  async remove(place: UpstreamPlace): Promise<void> {
    for (const key of keysOf(place)) {
      await translated(this.#bucket.remove(this.#prefix + key));
      // What the original keeps beside a resumable upload.
      if (place.version !== null) await translated(this.#bucket.remove(`${this.#prefix}${key}.info`));
    }
  }

  async stop(): Promise<void> {
    this.#bucket.client.stop();
  }

  async #first<T>(place: UpstreamPlace, ask: (key: string) => Promise<T | null>): Promise<T | null> {
    for (const key of keysOf(place)) {
      const found = await translated(ask(this.#prefix + key));
      if (found !== null) return found;
    }
    return null;
  }
}

async function translated<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw translateStoreFailure(error);
  });
}
