import { S3Error } from '../../access/sigv4/s3-error.ts';
import type { S3Target } from './route.ts';

/** Where the main listener takes requests for S3; it serves all else itself. */
export const S3_MOUNTS = ['/s3', '/storage/v1/s3'] as const;

/**
 * A signature covers path and host, not which listener they reach. What the main listener and the one at the root would read as
 * different objects is therefore taken by neither, or whoever sees a presigned URL could turn it on something else.
 * @throws InvalidBucketName at the root for what is a mount of the main listener, InvalidRequest there for a bucket in the host
 */
export function requireOneMeaning(
  target: S3Target,
  { isRoot, inPathStyle }: { readonly isRoot: boolean; readonly inPathStyle: boolean },
): void {
  if (!isRoot && !inPathStyle) throw new S3Error('InvalidRequest', 'Only the port that speaks S3 at its root takes a bucket in the host.');
  if (!isRoot || !inPathStyle) return;
  const path = `/${target.bucket}/${target.key}`;
  if (!S3_MOUNTS.some((mount) => path === mount || path.startsWith(`${mount}/`))) return;
  throw new S3Error('InvalidBucketName', 'At the root of a listener this path could be mistaken for the S3 path of the main one.');
}
