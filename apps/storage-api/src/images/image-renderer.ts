import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { PictureGrant } from '../access/url-signer.ts';
import type { BlobStore } from '../blobs/blob-store.port.ts';
import { type DamageSink, verifiedBody } from '../blobs/verified-body.ts';
import { translateStoreError } from '../blobs/store-error.ts';
import type { CachedImage, ImageCache } from './image-cache.ts';
import { imageFailures, ImageRefusal } from './image-failures.ts';
import { sniffFormat } from './image-format.ts';
import { clampOptions, formatTransformations, type RequestedFormat, type SizeLimits, type TransformOptions } from './transform-options.ts';
import type { RenderPool } from './worker/render-pool.ts';

export interface ImageRendererOptions {
  readonly blobs: BlobStore;
  readonly damage: DamageSink;
  readonly cache: ImageCache;
  readonly pool: RenderPool;
  readonly sizes: SizeLimits;
  /** Larger sources are refused. */
  readonly maxInputBytes: number;
  readonly maxInputPixels: number;
}

/** One picture that was asked for: which bytes, and what is made of them. */
export interface ImageRequest {
  readonly version: string;
  /** Of those bytes, as the row has it. */
  readonly crc32: string | null;
  readonly options: TransformOptions & { readonly format: RequestedFormat };
}

/** Sources that cannot be rendered, whatever is asked for, are remembered; the oldest goes first. */
const REMEMBERED_FAILURES = 1000;

/** Transformed pictures, each made once and then kept in the cache while there is room. */
export class ImageRenderer {
  readonly #options: ImageRendererOptions;
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #refused = new Map<string, ImageRefusal>();

  constructor(options: ImageRendererOptions) {
    this.#options = options;
  }

  /** Options within the server's limits. */
  clamp(options: TransformOptions): TransformOptions {
    return clampOptions(options, this.#options.sizes);
  }

  /** What a signed link to a picture carries; undefined when nothing about the size or quality was asked for. */
  grant(options: TransformOptions | undefined): PictureGrant | undefined {
    const clamped = this.clamp(options ?? {});
    const transformations = formatTransformations(clamped);
    if (transformations === '' && clamped.format === undefined) return undefined;
    return { transformations, ...(clamped.format === undefined ? {} : { format: clamped.format }) };
  }

  /** Names the picture: equal for equal bytes and options. */
  keyOf({ version, options }: ImageRequest): string {
    return createHash('sha256')
      .update(`${version}\n${formatTransformations(options)}\n${options.format}`)
      .digest('hex');
  }

  /**
   * The picture, made when it is not in the cache; null when the version's bytes are gone.
   * @throws ProtocolError when the source is no picture, too large or damaged, or too many are being made
   */
  async render(request: ImageRequest): Promise<CachedImage | null> {
    const key = this.keyOf(request);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const cached = await this.#options.cache.open(key);
      if (cached !== null) return cached;
      if (!(await this.#makeOnce(key, request))) return null;
    }
    return this.#options.cache.open(key);
  }

  async stop(): Promise<void> {
    await this.#options.pool.stop();
    await Promise.allSettled(this.#underWay.values());
  }

  async #makeOnce(key: string, request: ImageRequest): Promise<boolean> {
    const refusal = this.#refused.get(request.version);
    if (refusal !== undefined) throw refusal;
    let making = this.#underWay.get(key);
    if (making === undefined) {
      making = this.#make(key, request).finally(() => this.#underWay.delete(key));
      this.#underWay.set(key, making);
    }
    try {
      await making;
      return true;
    } catch (error) {
      if (error instanceof SourceGone) return false;
      throw error;
    }
  }

  async #make(key: string, request: ImageRequest): Promise<void> {
    const { version, options } = request;
    const { cache, pool, maxInputPixels } = this.#options;
    const [inputPath, outputPath] = await Promise.all([cache.createTempPath(), cache.createTempPath()]).catch(throwStoreError);
    try {
      await this.#spool(request, inputPath);
      await pool.render({ inputPath, outputPath, maxInputPixels, ...options });
      await cache.add(key, outputPath).catch(throwStoreError);
    } catch (error) {
      if (error instanceof ImageRefusal && error.isPermanent) this.#remember(version, error);
      throw error;
    } finally {
      await Promise.all([inputPath, outputPath].map((path) => rm(path, { force: true })));
    }
  }

  /** The worker reads a plain file of its own, whatever kind of store the bytes are in. */
  async #spool(request: ImageRequest, path: string): Promise<void> {
    const blob = await this.#options.blobs.open(request.version);
    if (blob === null) throw new SourceGone();
    if (blob.sizeBytes > this.#options.maxInputBytes || blob.sizeBytes === 0) {
      await blob.close();
      throw blob.sizeBytes === 0 ? imageFailures.unsupported() : imageFailures['too-large']();
    }
    // Opened before anything can fail: a stream that is destroyed while it opens its file would make the file afterwards.
    const target = await open(path, 'wx', 0o600).catch(async (error: unknown) => {
      await blob.close();
      throwStoreError(error);
    });
    try {
      const body = await verifiedBody(blob, { expected: request, damage: this.#options.damage });
      const source = Buffer.isBuffer(body) ? Readable.from([body]) : body;
      await pipeline(source, refuseOtherFormats, target.createWriteStream());
    } catch (error) {
      await target.close();
      throwStoreError(error);
    }
  }

  #remember(version: string, error: ImageRefusal): void {
    this.#refused.set(version, error);
    const oldest = this.#refused.keys().next();
    if (this.#refused.size > REMEMBERED_FAILURES && !oldest.done) this.#refused.delete(oldest.value);
  }
}

/** The bytes went away after the row was read. */
class SourceGone extends Error {}

async function* refuseOtherFormats(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let isFirst = true;
  for await (const chunk of source) {
    if (isFirst && sniffFormat(chunk) === null) throw imageFailures.unsupported();
    isFirst = false;
    yield chunk;
  }
}

function throwStoreError(error: unknown): never {
  throw translateStoreError(error);
}
