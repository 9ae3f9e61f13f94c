import { S3Error, type S3ErrorCode } from '../../access/sigv4/s3-error.ts';
import { ProtocolError } from '../../errors.ts';
import { databaseErrorCode } from '../../metadata/database-error.ts';
import { renderBare } from './xml/render-xml.ts';

/** S3's code for each failure of the use cases that REST names differently, or the same. */
const CODES: ReadonlyMap<string, S3ErrorCode> = new Map<string, S3ErrorCode>([
  ['NoSuchBucket', 'NoSuchBucket'],
  ['NoSuchKey', 'NoSuchKey'],
  ['NoSuchLifecycleConfiguration', 'NoSuchLifecycleConfiguration'],
  ['BucketAlreadyExists', 'BucketAlreadyExists'],
  ['KeyAlreadyExists', 'PreconditionFailed'],
  ['ResourceAlreadyExists', 'ConditionalRequestConflict'],
  ['ResourceNotEmpty', 'BucketNotEmpty'],
  ['ResourceLocked', 'ConditionalRequestConflict'],
  ['InvalidBucketName', 'InvalidBucketName'],
  ['InvalidKey', 'InvalidArgument'],
  ['InvalidRequest', 'InvalidRequest'],
  ['InvalidParameter', 'InvalidArgument'],
  ['AccessDenied', 'AccessDenied'],
  ['EntityTooLarge', 'EntityTooLarge'],
  ['QuotaExceeded', 'QuotaExceeded'],
  ['InvalidMimeType', 'InvalidMimeType'],
  ['InvalidRange', 'InvalidRange'],
  ['PreconditionFailed', 'PreconditionFailed'],
  ['DatabaseTimeout', 'SlowDown'],
  ['DatabaseUnavailable', 'ServiceUnavailable'],
  ['StoreUnavailable', 'ServiceUnavailable'],
  ['InsufficientStorage', 'InsufficientStorage'],
  ['SlowDown', 'SlowDown'],
]);

/** Raised by the functions of migration 0010. */
const SQLSTATES: ReadonlyMap<string, S3ErrorCode> = new Map<string, S3ErrorCode>([
  ['SJ012', 'PreconditionFailed'],
  ['SJ013', 'NoSuchKey'],
  ['SJ014', 'NoSuchUpload'],
]);

/** The failure as S3 clients know it. Anything unexpected becomes InternalError with the original as its cause. */
export function toS3Error(error: unknown): S3Error {
  if (error instanceof S3Error) return error;
  if (!(error instanceof ProtocolError)) return new S3Error('InternalError', undefined, { cause: error });
  const raised = SQLSTATES.get(databaseErrorCode(error.cause) ?? '');
  const code = raised ?? CODES.get(error.protocolCode) ?? 'InternalError';
  const keepsMessage = error.status < 500 && raised === undefined;
  return new S3Error(code, keepsMessage ? error.message : undefined, { cause: error });
}

export interface ErrorContext {
  readonly bucket: string;
  readonly key: string;
  readonly requestId: string;
}

/** The error document; without a namespace, because one hides the code from some SDKs. */
export function renderError(error: S3Error, { bucket, key, requestId }: ErrorContext): string {
  const resource = key === '' ? bucket : `${bucket}/${key}`;
  return renderBare('Error', { Resource: resource, Code: error.s3Code, Message: error.message, RequestId: requestId });
}
