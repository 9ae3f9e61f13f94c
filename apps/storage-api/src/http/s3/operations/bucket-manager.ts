import { S3Error } from '../../../access/sigv4/s3-error.ts';
import { getBucket } from '../../../buckets/buckets.ts';
import { updateBucketRow } from '../../../metadata/bucket-queries.ts';
import type { S3Call, S3Deps } from '../call.ts';

/**
 * Settings of a bucket are changed by whom policies let update the bucket's row; asked by doing so and taking it back.
 * @throws ProtocolError NoSuchBucket; AccessDenied
 */
export async function requireManager(deps: S3Deps, { scope, target }: S3Call): Promise<void> {
  await getBucket(deps, scope, target.bucket);
  const probe = updateBucketRow(target.bucket, {});
  await deps.database.transact({ scope, steps: [probe], end: 'rollback' });
  if (probe.rowCount === 0) throw new S3Error('AccessDenied');
}
