/** Tells in which buckets objects changed, whoever changed them: uploads go to storage directly and pass no operation. */
export interface ObjectFeed {
  /**
   * Buckets in which objects changed since the last call; the first call only marks the beginning.
   * Null when this storage server keeps no record of changes.
   */
  changedBuckets(): Promise<readonly string[] | null>;
}
