/** Where the bytes of versions are read from. */
export interface BlobSource {
  /** Null when there is no such version. @throws SJ_UPSTREAM_FAILED, SJ_TIMEOUT */
  open(version: string, signal: AbortSignal): Promise<AsyncIterable<Buffer> | null>;
}
