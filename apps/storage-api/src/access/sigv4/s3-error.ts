import { SupastorError, type ErrorCode } from '@supastor/contract/errors';

/** The S3 error codes this server answers with, each with its HTTP status and default message. Codes are AWS's. */
const S3_ERRORS = {
  AccessForbidden: { status: 403, message: 'CORSResponse: This CORS request is not allowed.' },
  AccessDenied: { status: 403, message: 'Access Denied.' },
  AuthorizationHeaderMalformed: { status: 400, message: 'The authorization header that you provided is not valid.' },
  AuthorizationQueryParametersError: { status: 400, message: 'The authorization query parameters that you provided are not valid.' },
  BadRequest: { status: 400, message: 'Insufficient information. Origin and Access-Control-Request-Method request headers are needed.' },
  BadDigest: { status: 400, message: 'The digest you specified did not match what was received.' },
  BucketAlreadyExists: { status: 409, message: 'The requested bucket name is not available.' },
  BucketAlreadyOwnedByYou: { status: 409, message: 'The bucket you tried to create already exists, and you own it.' },
  BucketNotEmpty: { status: 409, message: 'The bucket you tried to delete is not empty.' },
  ConditionalRequestConflict: { status: 409, message: 'A conflicting operation occurred. Please retry the request.' },
  QuotaExceeded: { status: 403, message: 'The quota is used up.' },
  EntityTooLarge: { status: 400, message: 'Your proposed upload exceeds the maximum allowed size.' },
  EntityTooSmall: { status: 400, message: 'Your proposed upload is smaller than the minimum allowed object size.' },
  ExpiredToken: { status: 400, message: 'The provided token has expired.' },
  IncompleteBody: { status: 400, message: 'You did not provide the number of bytes specified by the Content-Length HTTP header.' },
  // AWS is never full; others that are answer this.
  InsufficientStorage: { status: 507, message: 'There is no space left to store this.' },
  InternalError: { status: 500, message: 'We encountered an internal error. Please try again.' },
  InvalidAccessKeyId: { status: 403, message: 'The access key Id you provided does not exist in our records.' },
  InvalidArgument: { status: 400, message: 'Invalid argument.' },
  InvalidBucketName: { status: 400, message: 'The specified bucket is not valid.' },
  InvalidDigest: { status: 400, message: 'The Content-MD5 you specified is not valid.' },
  InvalidMimeType: { status: 415, message: 'The media type is not allowed in this bucket.' },
  InvalidPart: { status: 400, message: 'One or more of the specified parts could not be found or did not match its entity tag.' },
  InvalidPartNumber: { status: 416, message: 'The requested partnumber is not satisfiable.' },
  InvalidPartOrder: { status: 400, message: 'The list of parts was not in ascending order.' },
  InvalidPolicyDocument: { status: 400, message: 'The content of the form does not meet the conditions specified in the policy document.' },
  InvalidRange: { status: 416, message: 'The requested range is not satisfiable.' },
  InvalidRequest: { status: 400, message: 'Invalid request.' },
  InvalidStorageClass: { status: 400, message: 'The storage class you specified is not valid.' },
  InvalidTag: { status: 400, message: 'The tag provided was not a valid tag.' },
  InvalidToken: { status: 400, message: 'The provided token is malformed or otherwise not valid.' },
  InvalidURI: { status: 400, message: 'Could not parse the specified URI.' },
  KeyTooLongError: { status: 400, message: 'Your key is too long.' },
  MalformedPOSTRequest: { status: 400, message: 'The body of your POST request is not well-formed multipart/form-data.' },
  MalformedTrailerError: { status: 400, message: 'The request contained trailing data that was not well-formed.' },
  MalformedXML: { status: 400, message: 'The XML you provided was not well-formed or did not validate against our schema.' },
  MaxMessageLengthExceeded: { status: 400, message: 'Your request was too large.' },
  MetadataTooLarge: { status: 400, message: 'Your metadata headers exceed the maximum allowed metadata size.' },
  MethodNotAllowed: { status: 405, message: 'The specified method is not allowed against this resource.' },
  MissingContentLength: { status: 411, message: 'You must provide the Content-Length HTTP header.' },
  NoSuchBucketPolicy: { status: 404, message: 'The bucket policy does not exist.' },
  NoSuchLifecycleConfiguration: { status: 404, message: 'The lifecycle configuration does not exist.' },
  NoSuchCORSConfiguration: { status: 404, message: 'The CORS configuration does not exist.' },
  NoSuchPublicAccessBlockConfiguration: { status: 404, message: 'The public access block configuration was not found.' },
  NoSuchTagSet: { status: 404, message: 'The TagSet does not exist.' },
  NoSuchWebsiteConfiguration: { status: 404, message: 'The specified bucket does not have a website configuration.' },
  ObjectLockConfigurationNotFoundError: { status: 404, message: 'Object Lock configuration does not exist for this bucket.' },
  ReplicationConfigurationNotFoundError: { status: 404, message: 'The replication configuration was not found.' },
  ServerSideEncryptionConfigurationNotFoundError: {
    status: 404,
    message: 'The server side encryption configuration was not found.',
  },
  NoSuchBucket: { status: 404, message: 'The specified bucket does not exist.' },
  NoSuchKey: { status: 404, message: 'The specified key does not exist.' },
  NoSuchUpload: {
    status: 404,
    message: 'The specified multipart upload does not exist. The upload ID may be invalid, or it may have been aborted or completed.',
  },
  NoSuchVersion: { status: 404, message: 'The specified version does not exist.' },
  NotImplemented: { status: 501, message: 'A header or query you provided implies functionality that is not implemented.' },
  PreconditionFailed: { status: 412, message: 'At least one of the preconditions you specified did not hold.' },
  RequestTimeTooSkewed: { status: 403, message: 'The difference between the request time and the server time is too large.' },
  ServiceUnavailable: { status: 503, message: 'Service is unable to handle request.' },
  SignatureDoesNotMatch: {
    status: 403,
    message: 'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  },
  SlowDown: { status: 503, message: 'Please reduce your request rate.' },
  TooManyBuckets: { status: 400, message: 'You have attempted to create more buckets than allowed.' },
  XAmzContentSHA256Mismatch: { status: 400, message: "The provided 'x-amz-content-sha256' header does not match what was computed." },
} as const satisfies Record<string, { status: number; message: string }>;

/** HTTP statuses that an error may have. */
export const S3_ERROR_STATUSES: readonly number[] = [...new Set(Object.values(S3_ERRORS).map(({ status }) => status))].toSorted(
  (left, right) => left - right,
);

export type S3ErrorCode = keyof typeof S3_ERRORS;

/** A failure that the S3 door answers with `s3Code` and its HTTP status. */
export class S3Error extends SupastorError {
  readonly s3Code: S3ErrorCode;

  constructor(s3Code: S3ErrorCode, message: string = S3_ERRORS[s3Code].message, details: { readonly cause?: unknown } = {}) {
    super(catalogueCode(S3_ERRORS[s3Code].status), message, details);
    this.name = 'S3Error';
    this.s3Code = s3Code;
  }

  override get httpStatus(): number {
    return S3_ERRORS[this.s3Code].status;
  }
}

const CODE_BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  403: 'SJ_FORBIDDEN',
  404: 'SJ_NOT_FOUND',
  409: 'SJ_CONFLICT',
  412: 'SJ_CONFLICT',
  500: 'SJ_INTERNAL',
  501: 'SJ_TARGET_UNSUPPORTED',
  503: 'SJ_UPSTREAM_FAILED',
};

function catalogueCode(status: number): ErrorCode {
  return CODE_BY_STATUS[status] ?? 'SJ_INPUT_INVALID';
}
