/** Tells in which buckets objects changed, whoever changed them: uploads go to storage directly and pass no operation. */
export interface ObjectFeed {
  /**
   * Buckets in which objects changed since the last call, of whichever server; the very first call only marks the beginning.
   * Of several servers one is told. A bucket may be named once more than it changed.
   * Null when this storage server keeps no record of changes.
   */
  changedBuckets(): Promise<readonly string[] | null>;
}
