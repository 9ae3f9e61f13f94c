import { requireBucketManager } from '../../../buckets/buckets.ts';
import type { S3Call, S3Deps } from '../call.ts';

/** @throws ProtocolError NoSuchBucket; AccessDenied unless the caller may change the settings of the bucket */
export async function requireManager(deps: S3Deps, { scope, target }: S3Call): Promise<void> {
  await requireBucketManager(deps, scope, target.bucket);
}
