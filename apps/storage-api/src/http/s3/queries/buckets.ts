import { failures } from '../../../errors.ts';
import { type BucketRow, findBucket } from '../../../metadata/bucket-queries.ts';
import type { Step } from '../../../metadata/step.ts';
import type { S3Deps } from '../call.ts';

/**
 * Policies on objects do not need one on buckets, so whether a bucket exists is asked as the service itself.
 * @throws ProtocolError NoSuchBucket
 */
export async function requireBucket({ database }: Pick<S3Deps, 'database'>, bucket: string): Promise<void> {
  const find = findBucket(bucket);
  await database.read(find);
  requireFound(find);
}

/** For a `findBucket` that was sent along with other reads. @throws ProtocolError NoSuchBucket */
export function requireFound({ rows }: Step<BucketRow>): BucketRow {
  const [row] = rows;
  if (row === undefined) throw failures.noSuchBucket();
  return row;
}
