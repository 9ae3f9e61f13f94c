import { failures } from '../../../errors.ts';
import { findBucket } from '../../../metadata/bucket-queries.ts';
import type { S3Deps } from '../call.ts';

/**
 * Policies on objects do not need one on buckets, so whether a bucket exists is asked as the service itself.
 * @throws ProtocolError NoSuchBucket
 */
export async function requireBucket({ database }: Pick<S3Deps, 'database'>, bucket: string): Promise<void> {
  const find = findBucket(bucket);
  await database.read(find);
  if (find.rows.length === 0) throw failures.noSuchBucket();
}
