import type { Readable } from 'node:stream';
import type { Backend } from '../metadata/connection-lost.ts';
import type { Md5Need } from './body-digest.ts';

/** What is known of bytes once they are staged. */
export interface BlobFacts {
  readonly sizeBytes: number;
  /** Null when the body is large and none was needed. */
  readonly md5: Buffer | null;
  readonly sha256: Buffer;
  readonly crc32: number;
}

/** Bytes that are complete but not yet in place, and not yet durable either when they are few. Exactly one of the two methods must be called. */
export interface StagedBlob {
  readonly version: string;
  readonly facts: BlobFacts;
  /**
   * Puts the bytes in place, durably. Afterwards call `settle`, `abandon` or `doubt` of the store. Returns the instance under
   * which they were published: hold it in the transaction that writes the row.
   */
  publish(): Promise<string>;
  discard(): Promise<void>;
}

export interface StageOptions {
  /** More bytes than this fail with EntityTooLarge. */
  readonly maxBytes: number;
  /**
   * A row refers to the version already, because its bytes lay elsewhere until now: they come into place whole or not at all, and a
   * failure removes nothing, since another server may have put the same bytes there.
   */
  readonly isReferenced?: boolean;
  /** `always` when missing. */
  readonly md5?: Md5Need;
  /** Nobody else holds the chunks of the source, so the store may take their memory; false when missing. */
  readonly ownsChunks?: boolean;
}

export interface ByteRange {
  readonly start: number;
  /** Inclusive. */
  readonly end: number;
}

export interface OpenOptions {
  /** What will be asked of `body`, so that a distant store sends that at once; asking for something else costs a request. */
  readonly range?: ByteRange | undefined;
}

/** What a store knows of the bytes of a version without reading them. */
export interface BlobStat {
  readonly sizeBytes: number;
  /** When the bytes came into place, by the clock of the store. */
  readonly modifiedAt: Date;
}

/** A version that lies in the store. */
export interface BlobEntry extends BlobStat {
  readonly version: string;
}

/** A stretch of the listing of a store. */
export interface BlobPage {
  /** In the order of the store, which is not that of the version ids; may be empty before the end. */
  readonly entries: readonly BlobEntry[];
  /** Where the next page begins; null after the last one. Stays valid across restarts and for every server of the store. */
  readonly next: string | null;
}

/** An open version; `body` may be called once, or `close` instead. */
export interface OpenBlob {
  readonly sizeBytes: number;
  body(range?: ByteRange): Promise<Readable | Buffer>;
  close(): Promise<void>;
}

/**
 * Where bytes live, addressed by version and never by key. A version is written once, and read until it is removed.
 * Between `publish` and `settle` a version is in doubt: after a crash, `sweep` removes those that no row refers to.
 */
export interface BlobStore {
  /** Streams `source` into staging, hashing on the way. Leaves nothing behind when it fails. */
  stage(version: string, source: AsyncIterable<Buffer>, options: StageOptions): Promise<StagedBlob>;
  /**
   * Puts an independent copy of `from` in place as `to`, durably. Settle or abandon it like a published blob.
   * Returns the instance under which it was published, like `publish`.
   */
  copy(from: string, to: string): Promise<string>;
  /** The row that refers to `version` is committed. */
  settle(version: string): void;
  /** No row refers to `version` and none will: removes the bytes. */
  abandon(version: string): Promise<void>;
  /** It is unknown whether a row refers to `version`. `backend` is who may still commit it, if that is known; see doubts.ts. */
  doubt(version: string, backend: Backend | null): void;
  /** Null when there is no such version. */
  open(version: string, options?: OpenOptions): Promise<OpenBlob | null>;
  /** Size and age of a version in place; null when there is no such version. */
  stat(version: string): Promise<BlobStat | null>;
  /**
   * One page of all versions in place, whether a row refers to them or not. Begins at the start, or at `next` of the page
   * before. Versions that come or go meanwhile may be listed or not; all others are, exactly once.
   */
  list(cursor?: string | null): Promise<BlobPage>;
  /** Removes bytes that nothing refers to. Succeeds when they are gone already. */
  remove(version: string): Promise<void>;
  /** @throws when bytes cannot be written */
  check(): Promise<void>;
}
