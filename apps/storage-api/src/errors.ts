import { type ErrorCode, SupastorError } from '@supastor/contract/errors';

export interface ProtocolErrorOptions {
  /** Status inside the body; the HTTP status is derived from it, see {@link ProtocolError.httpStatus}. */
  readonly status: number;
  /** Machine code of the protocol, such as `NoSuchKey`. */
  readonly protocolCode: string;
  /** The older `error` field; defaults to `protocolCode`. */
  readonly label?: string;
  readonly message: string;
  readonly cause?: unknown;
  /** Set when clients must see this HTTP status itself. */
  readonly httpStatus?: number;
}

/** An expected failure with the body that clients of the storage protocol understand. */
export class ProtocolError extends SupastorError {
  readonly status: number;
  readonly protocolCode: string;
  readonly label: string;
  readonly #httpStatus: number;

  constructor({ status, protocolCode, label, message, cause, httpStatus }: ProtocolErrorOptions) {
    super(catalogueCode(status), message, cause === undefined ? {} : { cause });
    this.name = 'ProtocolError';
    this.status = status;
    this.protocolCode = protocolCode;
    this.label = label ?? protocolCode;
    this.#httpStatus = httpStatus ?? (status >= 500 ? status : 400);
  }

  /** The protocol answers 400 for nearly every failure and keeps the real status in the body. */
  override get httpStatus(): number {
    return this.#httpStatus;
  }

  /** Body in the key order of the protocol; `statusCode` is a string. */
  toWire(): { statusCode: string; error: string; message: string; code: string } {
    return { statusCode: String(this.status), error: this.label, message: this.message, code: this.protocolCode };
  }
}

const CATALOGUE: ReadonlyMap<number, ErrorCode> = new Map([
  [401, 'SJ_UNAUTHENTICATED'],
  [403, 'SJ_FORBIDDEN'],
  [404, 'SJ_NOT_FOUND'],
  [409, 'SJ_CONFLICT'],
  [429, 'SJ_RATE_LIMITED'],
  [499, 'SJ_INTERRUPTED'],
  [503, 'SJ_UPSTREAM_FAILED'],
  [507, 'SJ_NO_SPACE'],
  [544, 'SJ_TIMEOUT'],
]);

function catalogueCode(status: number): ErrorCode {
  return CATALOGUE.get(status) ?? (status >= 500 ? 'SJ_INTERNAL' : 'SJ_INPUT_INVALID');
}

const RLS_MESSAGE = 'new row violates row-level security policy';

/** Every failure of the protocol, by name. Each call builds a fresh error. */
export const failures = {
  noSuchBucket: () =>
    new ProtocolError({ status: 404, protocolCode: 'NoSuchBucket', label: 'Bucket not found', message: 'Bucket not found' }),
  noSuchKey: () => new ProtocolError({ status: 404, protocolCode: 'NoSuchKey', label: 'not_found', message: 'Object not found' }),
  bucketExists: () =>
    new ProtocolError({ status: 409, protocolCode: 'BucketAlreadyExists', label: 'Duplicate', message: 'The resource already exists' }),
  keyExists: () =>
    new ProtocolError({ status: 409, protocolCode: 'KeyAlreadyExists', label: 'Duplicate', message: 'The resource already exists' }),
  bucketNotEmpty: () =>
    new ProtocolError({ status: 409, protocolCode: 'ResourceNotEmpty', message: 'The bucket you tried to delete is not empty' }),
  tooManyToEmpty: () =>
    new ProtocolError({
      status: 409,
      protocolCode: 'UnableToEmptyBucket',
      message: 'Unable to empty the bucket because it contains too many objects',
    }),
  tooOften: () =>
    new ProtocolError({
      status: 429,
      protocolCode: 'SlowDown',
      message: 'This image is asked for too often; wait a few seconds',
      httpStatus: 429,
    }),
  invalidBucketName: () =>
    new ProtocolError({ status: 400, protocolCode: 'InvalidBucketName', label: 'Invalid Input', message: 'Bucket name invalid' }),
  invalidKey: (key: string) => new ProtocolError({ status: 400, protocolCode: 'InvalidKey', message: `Invalid key: ${printable(key)}` }),
  invalidRequest: (message: string) => new ProtocolError({ status: 400, protocolCode: 'InvalidRequest', label: 'Error', message }),
  invalidParameter: (name: string, message = `Invalid Parameter ${name}`) =>
    new ProtocolError({ status: 400, protocolCode: 'InvalidParameter', message }),
  invalidFileSizeLimit: () =>
    new ProtocolError({
      status: 400,
      protocolCode: 'InvalidRequest',
      message: 'Invalid file size format, hint: use 20GB / 20MB / 30KB / 3B',
    }),
  accessDenied: (message: string, cause?: unknown) =>
    new ProtocolError({ status: 403, protocolCode: 'AccessDenied', label: 'Unauthorized', message, cause }),
  /** Routes of one role only answer with the status itself. */
  invalidRole: () =>
    new ProtocolError({
      status: 403,
      protocolCode: 'AccessDenied',
      label: 'Unauthorized',
      message: 'Access denied: Invalid role',
      httpStatus: 403,
    }),
  rowSecurity: (cause?: unknown) => failures.accessDenied(RLS_MESSAGE, cause),
  invalidJwt: (message: string, cause?: unknown) => new ProtocolError({ status: 400, protocolCode: 'InvalidJWT', message, cause }),
  invalidSignature: () => new ProtocolError({ status: 400, protocolCode: 'InvalidSignature', message: 'Invalid signature' }),
  tooLarge: (entity = 'object') =>
    new ProtocolError({
      status: 413,
      protocolCode: 'EntityTooLarge',
      label: 'Payload too large',
      message: `The ${entity} exceeded the maximum allowed size`,
    }),
  /** The message comes from the database and names the limit. */
  quotaExceeded: (cause: Error) =>
    new ProtocolError({ status: 413, protocolCode: 'QuotaExceeded', label: 'Payload too large', message: cause.message, cause }),
  invalidMimeType: (mimeType: string) =>
    new ProtocolError({
      status: 415,
      protocolCode: 'InvalidMimeType',
      label: 'invalid_mime_type',
      message: `mime type ${printable(mimeType)} is not supported`,
    }),
  noContent: () => new ProtocolError({ status: 400, protocolCode: 'InvalidRequest', message: 'No content provided' }),
  invalidChecksum: (message: string) => new ProtocolError({ status: 400, protocolCode: 'InvalidChecksum', message }),
  invalidRange: () =>
    new ProtocolError({
      status: 416,
      protocolCode: 'InvalidRange',
      label: 'invalid_range',
      message: 'invalid range provided',
      httpStatus: 416,
    }),
  preconditionFailed: () =>
    new ProtocolError({
      status: 412,
      protocolCode: 'PreconditionFailed',
      message: 'At least one of the preconditions you specified did not hold',
      httpStatus: 412,
    }),
  relatedMissing: (cause?: unknown) =>
    new ProtocolError({ status: 404, protocolCode: 'InvalidRequest', message: 'The related resource does not exist', cause }),
  alreadyExists: (cause?: unknown) =>
    new ProtocolError({
      status: 409,
      protocolCode: 'ResourceAlreadyExists',
      label: 'Duplicate',
      message: 'The resource already exists',
      cause,
    }),
  locked: (cause?: unknown) => new ProtocolError({ status: 423, protocolCode: 'ResourceLocked', message: 'The resource is locked', cause }),
  noSuchLifecycle: () =>
    new ProtocolError({
      status: 404,
      protocolCode: 'NoSuchLifecycleConfiguration',
      label: 'not_found',
      message: 'The lifecycle configuration does not exist',
    }),
  noSuchAccessKey: () =>
    new ProtocolError({ status: 404, protocolCode: 'NoSuchAccessKey', label: 'not_found', message: 'There is no such access key' }),
  rotatedAlready: (until: string) =>
    new ProtocolError({
      status: 409,
      protocolCode: 'ResourceAlreadyExists',
      label: 'Duplicate',
      message: `The secret before this one works until ${until}; rotate after that, or with overlapSeconds 0 to end both at once`,
    }),
  featureDisabled: (feature: string) =>
    new ProtocolError({
      status: 409,
      protocolCode: 'FeatureNotEnabled',
      message: `The feature ${feature} is not enabled for this resource`,
    }),
  /** Of what is in front of this server, not of an object. */
  purgeFailed: (cause: unknown) =>
    new ProtocolError({ status: 500, protocolCode: 'InternalError', label: 'Internal', message: 'Error purging cache', cause }),
  aborted: () => new ProtocolError({ status: 499, protocolCode: 'Aborted', message: 'The client aborted the request', httpStatus: 499 }),
  databaseTimeout: (cause?: unknown) =>
    new ProtocolError({ status: 544, protocolCode: 'DatabaseTimeout', message: 'The connection to the database timed out', cause }),
  databaseUnavailable: (cause?: unknown) =>
    new ProtocolError({
      status: 503,
      protocolCode: 'DatabaseUnavailable',
      message: 'The database cannot be reached; try again shortly',
      cause,
    }),
  database: (cause?: unknown) =>
    new ProtocolError({ status: 500, protocolCode: 'DatabaseError', message: 'The database refused the request', cause }),
  refusedByDatabase: (cause: unknown) =>
    new ProtocolError({
      status: 400,
      protocolCode: 'DatabaseError',
      message: cause instanceof Error ? cause.message : 'The database refused the request',
      cause,
    }),
  noSpace: (cause?: unknown) =>
    new ProtocolError({ status: 507, protocolCode: 'InsufficientStorage', message: 'The byte store has no space left', cause }),
  databaseFull: (cause?: unknown) =>
    new ProtocolError({ status: 507, protocolCode: 'InsufficientStorage', message: 'The database has no space left', cause }),
  blobStore: (cause?: unknown) =>
    new ProtocolError({ status: 500, protocolCode: 'StoreError', message: 'The byte store could not complete the request', cause }),
  /** Of bytes that do not match their checksum; whatever was sent of them is not what was stored. */
  damaged: () =>
    new ProtocolError({
      status: 500,
      protocolCode: 'ObjectDamaged',
      message: 'The stored bytes of this object are damaged; upload it again or restore it from a backup',
    }),
  storeUnavailable: (cause?: unknown) =>
    new ProtocolError({
      status: 503,
      protocolCode: 'StoreUnavailable',
      message: 'The byte store cannot be reached; try again shortly',
      cause,
    }),
  noSuchWebhook: () =>
    new ProtocolError({ status: 404, protocolCode: 'NoSuchWebhook', label: 'not_found', message: 'There is no such webhook' }),
  webhookExists: (name: string) =>
    new ProtocolError({
      status: 409,
      protocolCode: 'ResourceAlreadyExists',
      label: 'Duplicate',
      message: `There is a webhook called "${name}" already`,
    }),
  noSuchQuota: () => new ProtocolError({ status: 404, protocolCode: 'NoSuchQuota', label: 'not_found', message: 'There is no such quota' }),
  noSuchRun: () => new ProtocolError({ status: 404, protocolCode: 'NoSuchRun', label: 'not_found', message: 'There is no such run' }),
  maintenanceUnderWay: (kind: string, id: string) =>
    new ProtocolError({
      status: 409,
      protocolCode: 'MaintenanceUnderWay',
      label: 'Duplicate',
      message: `A ${kind} is under way (${id}); wait for it or cancel it`,
    }),
  instanceRetired: (cause?: unknown) =>
    new ProtocolError({ status: 503, protocolCode: 'SlowDown', message: 'This server was replaced while it was paused; try again', cause }),
  internal: (cause?: unknown) =>
    new ProtocolError({ status: 500, protocolCode: 'InternalError', label: 'Internal', message: 'Internal Server Error', cause }),
};

function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '\uFFFD').slice(0, 1024);
}
