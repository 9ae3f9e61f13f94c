import type { Bucket, VersioningStatus } from '@supastor/contract/operations/buckets';
import type { ObjectEntry } from '@supastor/contract/operations/objects';
import type { ObjectDetailAdmin } from './object-details.port.ts';

export interface BucketSettings {
  readonly public?: boolean | undefined;
  /** Bytes; null removes the limit. */
  readonly file_size_limit?: number | null | undefined;
  readonly allowed_mime_types?: readonly string[] | null | undefined;
  readonly versioning_status?: VersioningStatus | undefined;
}

export interface BucketQuery {
  readonly search?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

export interface ObjectQuery {
  readonly bucket: string;
  /** Empty, or ends with a slash. */
  readonly prefix: string;
  readonly cursor?: string | undefined;
  readonly limit: number;
  /** Group what lies deeper into folders; otherwise every object below the prefix is listed. */
  readonly folders: boolean;
}

export interface ObjectPage {
  readonly folders: readonly string[];
  readonly objects: readonly ObjectEntry[];
  readonly nextCursor: string | null;
}

export interface ObjectTransfer {
  readonly verb: 'move' | 'copy';
  readonly bucket: string;
  readonly from: string;
  readonly toBucket: string;
  readonly to: string;
  readonly overwrite: boolean;
}

/** A link for one path, or why there is none. */
export interface SignedLink {
  readonly path: string;
  readonly url: string | null;
  readonly error: string | null;
}

/**
 * Administrative access to a storage server that speaks the Supabase Storage protocol, ours or the official one.
 * Every method may throw SJ_NOT_FOUND, SJ_CONFLICT, SJ_INPUT_INVALID, SJ_UPSTREAM_FAILED, SJ_TIMEOUT, SJ_RATE_LIMITED.
 */
export interface StorageAdmin {
  /** Single objects up close. */
  readonly details: ObjectDetailAdmin;
  listBuckets(query: BucketQuery, signal: AbortSignal): Promise<readonly Bucket[]>;
  getBucket(bucket: string, signal: AbortSignal): Promise<Bucket>;
  createBucket(name: string, settings: BucketSettings, signal: AbortSignal): Promise<void>;
  updateBucket(bucket: string, settings: BucketSettings, signal: AbortSignal): Promise<void>;
  emptyBucket(bucket: string, signal: AbortSignal): Promise<void>;
  deleteBucket(bucket: string, signal: AbortSignal): Promise<void>;
  /** One page; of a missing bucket an empty one. */
  listObjects(query: ObjectQuery, signal: AbortSignal): Promise<ObjectPage>;
  /** Absolute URLs for browsers. */
  signDownloads(bucket: string, paths: readonly string[], expiresInSeconds: number, signal: AbortSignal): Promise<readonly SignedLink[]>;
  /** An absolute URL that takes a PUT of the bytes. */
  signUpload(bucket: string, path: string, overwrite: boolean, signal: AbortSignal): Promise<string>;
  /** Returns the paths that were there and are gone. At most 1000 at a time. */
  removeObjects(bucket: string, paths: readonly string[], signal: AbortSignal): Promise<readonly string[]>;
  /** Moves or copies one object, also into another bucket. A taken target is SJ_CONFLICT unless `overwrite`. */
  transferObject(transfer: ObjectTransfer, signal: AbortSignal): Promise<void>;
  /** Resolves when the server answers that it is alive. */
  ping(signal: AbortSignal): Promise<void>;
}
