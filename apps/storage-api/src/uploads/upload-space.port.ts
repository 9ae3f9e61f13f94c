import type { StagedBlob } from '../blobs/blob-store.port.ts';
import type { BodyDigest } from '../blobs/body-digest.ts';

/** Writes one upload's bytes, from an offset on. */
export interface UploadWriter {
  write(chunk: Uint8Array): Promise<void>;
  /** Bytes of the upload that are there, as far as this writer knows. */
  readonly positionBytes: number;
  /** Everything written so far survives a power cut, and is seen by every server, once this resolves. */
  sync(): Promise<void>;
  /** Gives up what was not synced. */
  close(): Promise<void>;
}

/** A stretch of an unfinished upload that becomes a version. */
export interface StageRequest {
  readonly upload: string;
  readonly version: string;
  readonly lengthBytes: number;
  /** Digest of exactly these bytes, when it is known; else they are read for it. */
  readonly digest: BodyDigest | undefined;
}

/** Where the bytes of unfinished uploads wait, in reach of every server. Uploads are named by their version. */
export interface UploadSpace {
  create(upload: string): Promise<void>;
  /** Null when the upload's bytes are gone. */
  openWriter(upload: string, offsetBytes: number): Promise<UploadWriter | null>;
  /** Stages the first bytes of an upload as a version; the upload stays. */
  stage(request: StageRequest): Promise<StagedBlob>;
  remove(upload: string): Promise<void>;
  /** Uploads whose bytes lie where no row leads to them, last written before the given moment. */
  listUntouchedSince(timeMs: number): Promise<readonly string[]>;
}
