import { decodePercent, type Pairs } from '../../access/sigv4/canonical.ts';
import { S3Error } from '../../access/sigv4/s3-error.ts';

export type S3Level = 'service' | 'bucket' | 'object';

/** Where a request points. */
export interface S3Target {
  readonly level: S3Level;
  /** Empty at service level. */
  readonly bucket: string;
  /** Empty unless at object level. */
  readonly key: string;
}

const LISTING = ['prefix', 'delimiter', 'max-keys', 'encoding-type'];
const OVERRIDES = ['content-type', 'content-language', 'expires', 'cache-control', 'content-disposition', 'content-encoding'].map(
  (name) => `response-${name}`,
);

/** Every operation this server knows. What is not in this table is refused and touches nothing. */
export const S3_ROUTES = [
  row('GET', 'service', 'ListBuckets', [], ['max-buckets', 'continuation-token', 'prefix', 'bucket-region']),

  row('PUT', 'bucket', 'CreateBucket', [], []),
  row('HEAD', 'bucket', 'HeadBucket', [], []),
  row('DELETE', 'bucket', 'DeleteBucket', [], []),
  row('GET', 'bucket', 'GetBucketLocation', ['location'], []),
  row('GET', 'bucket', 'GetBucketVersioning', ['versioning'], []),
  row('GET', 'bucket', 'GetBucketAcl', ['acl'], []),
  row('PUT', 'bucket', 'PutBucketVersioning', ['versioning'], []),
  row('PUT', 'bucket', 'PutBucketAcl', ['acl'], []),
  row('GET', 'bucket', 'GetBucketCors', ['cors'], []),
  row('PUT', 'bucket', 'PutBucketCors', ['cors'], []),
  row('DELETE', 'bucket', 'DeleteBucketCors', ['cors'], []),
  row('GET', 'bucket', 'GetBucketLifecycle', ['lifecycle'], []),
  row('PUT', 'bucket', 'PutBucketLifecycle', ['lifecycle'], []),
  row('DELETE', 'bucket', 'DeleteBucketLifecycle', ['lifecycle'], []),
  row('GET', 'bucket', 'GetBucketTagging', ['tagging'], []),
  row('PUT', 'bucket', 'PutBucketTagging', ['tagging'], []),
  row('DELETE', 'bucket', 'DeleteBucketTagging', ['tagging'], []),
  row('GET', 'bucket', 'GetBucketPolicyStatus', ['policyStatus'], []),
  row('GET', 'bucket', 'GetBucketOwnershipControls', ['ownershipControls'], []),
  row('GET', 'bucket', 'GetBucketRequestPayment', ['requestPayment'], []),
  row('GET', 'bucket', 'GetBucketLogging', ['logging'], []),
  row('GET', 'bucket', 'GetBucketNotificationConfiguration', ['notification'], []),
  row('GET', 'bucket', 'GetBucketAccelerateConfiguration', ['accelerate'], []),
  row('GET', 'bucket', 'GetBucketPolicy', ['policy'], []),
  row('GET', 'bucket', 'GetBucketEncryption', ['encryption'], []),
  row('GET', 'bucket', 'GetBucketWebsite', ['website'], []),
  row('GET', 'bucket', 'GetBucketReplication', ['replication'], []),
  row('GET', 'bucket', 'GetObjectLockConfiguration', ['object-lock'], []),
  row('GET', 'bucket', 'GetPublicAccessBlock', ['publicAccessBlock'], []),
  row('GET', 'bucket', 'ListObjects', [], [...LISTING, 'marker']),
  row('GET', 'bucket', 'ListObjectsV2', ['list-type'], [...LISTING, 'continuation-token', 'start-after', 'fetch-owner']),
  row(
    'GET',
    'bucket',
    'ListMultipartUploads',
    ['uploads'],
    ['prefix', 'delimiter', 'max-uploads', 'encoding-type', 'key-marker', 'upload-id-marker'],
  ),
  row('GET', 'bucket', 'ListObjectVersions', ['versions'], [...LISTING, 'key-marker', 'version-id-marker']),
  row('POST', 'bucket', 'DeleteObjects', ['delete'], []),
  row('POST', 'bucket', 'PostObject', [], []),

  row('GET', 'object', 'GetObject', [], [...OVERRIDES, 'versionId', 'partNumber']),
  row('HEAD', 'object', 'HeadObject', [], [...OVERRIDES, 'versionId', 'partNumber']),
  row('PUT', 'object', 'PutObject', [], []),
  row('DELETE', 'object', 'DeleteObject', [], ['versionId']),
  row('GET', 'object', 'GetObjectAcl', ['acl'], ['versionId']),
  row('PUT', 'object', 'PutObjectAcl', ['acl'], ['versionId']),
  row('GET', 'object', 'GetObjectAttributes', ['attributes'], ['versionId']),
  row('GET', 'object', 'GetObjectTagging', ['tagging'], ['versionId']),
  row('PUT', 'object', 'PutObjectTagging', ['tagging'], ['versionId']),
  row('DELETE', 'object', 'DeleteObjectTagging', ['tagging'], ['versionId']),
  row('POST', 'object', 'CreateMultipartUpload', ['uploads'], []),
  row('PUT', 'object', 'UploadPart', ['partNumber', 'uploadId'], []),
  row('GET', 'object', 'ListParts', ['uploadId'], ['max-parts', 'part-number-marker', 'encoding-type']),
  row('POST', 'object', 'CompleteMultipartUpload', ['uploadId'], []),
  row('DELETE', 'object', 'AbortMultipartUpload', ['uploadId'], []),
] as const;

export type S3Operation = (typeof S3_ROUTES)[number]['operation'];

/** Parameters that every request may carry: the SDKs' operation tag and the parts of a presigned URL. */
const ALWAYS_ALLOWED =
  /^(?:x-id|x-amz-algorithm|x-amz-credential|x-amz-date|x-amz-expires|x-amz-signedheaders|x-amz-signature|x-amz-security-token)$/;

function row<const Operation extends string>(
  method: string,
  level: S3Level,
  operation: Operation,
  /** Query parameters that select this row. */
  selectors: readonly string[],
  optional: readonly string[],
) {
  return { method, level, operation, selectors, optional };
}

/**
 * Splits the path below the S3 mount point into bucket and key; all of it is the key when the host names the bucket. Segments are
 * never normalised.
 * @throws InvalidURI for broken percent-encoding, InvalidBucketName when an encoded slash hides in the bucket.
 */
export function parseTarget(rawPath: string, hostBucket: string | null = null): S3Target {
  const path = rawPath.startsWith('/') ? rawPath.slice(1) : rawPath;
  if (hostBucket !== null) return { level: path === '' ? 'bucket' : 'object', bucket: hostBucket, key: decodePercent(path) };
  if (path === '') return { level: 'service', bucket: '', key: '' };
  const slash = path.indexOf('/');
  const bucket = decodePercent(slash === -1 ? path : path.slice(0, slash));
  const key = slash === -1 ? '' : decodePercent(path.slice(slash + 1));
  if (bucket === '' || bucket.includes('/')) throw new S3Error('InvalidBucketName');
  return { level: key === '' ? 'bucket' : 'object', bucket, key };
}

/**
 * Finds the one operation that a request asks for. `presigned` lets `x-amz-*` parameters pass, which stand for headers there.
 * @throws NotImplemented for an unknown method, sub-resource or parameter.
 */
export function findOperation(method: string, level: S3Level, query: Pairs, presigned: boolean): S3Operation {
  const names = query.map(([name]) => name).filter((name) => !isAlwaysAllowed(name, presigned));
  const match = S3_ROUTES.find(
    (candidate) =>
      candidate.method === method &&
      candidate.level === level &&
      candidate.selectors.every((selector) => names.includes(selector)) &&
      names.every((name) => candidate.selectors.includes(name) || candidate.optional.includes(name)),
  );
  if (match) return match.operation;
  throw new S3Error('NotImplemented');
}

function isAlwaysAllowed(name: string, presigned: boolean): boolean {
  const folded = name.toLowerCase();
  return ALWAYS_ALLOWED.test(folded) || (presigned && folded.startsWith('x-amz-'));
}
