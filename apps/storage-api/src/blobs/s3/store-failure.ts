import { failures } from '../../errors.ts';
import { systemErrorCode } from '../store-error.ts';
import { textOf } from './xml-fields.ts';

/** What the store answered, or that it did not: before it becomes a failure of the protocol. */
export class StoreFailure extends Error {
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** Code of S3, or of the operating system when there was no answer. */
  readonly code: string;

  constructor(message: string, { status, code, cause }: { status: number; code: string; cause?: unknown }) {
    super(message, cause === undefined ? {} : { cause });
    this.name = 'StoreFailure';
    this.status = status;
    this.code = code;
  }

  /** Whether asking again may help. */
  get isTransient(): boolean {
    return this.status === 0 || TRANSIENT_STATUS.has(this.status) || TRANSIENT_CODES.has(this.code);
  }

  /** Whether the store may have done, or may still do, what it was asked for. */
  get isAmbiguous(): boolean {
    return this.status === 0 ? !NEVER_SENT.has(this.code) : this.status >= 500;
  }

  /** Whether only a change of the configuration helps. */
  get isMisconfiguration(): boolean {
    return MISCONFIGURED.has(this.code);
  }
}

const TRANSIENT_STATUS = new Set([408, 429, 500, 502, 503, 504]);
const TRANSIENT_CODES = new Set(['RequestTimeout', 'BadDigest', 'IncompleteBody', 'OperationAborted', 'RequestTimeTooSkewed']);
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'NoFreeConnection']);
const FULL = new Set(['QuotaExceeded', 'InsufficientStorage', 'EntityStorageFull', 'XMinioStorageFull', 'NotEnoughSpace', 'DiskFull']);
const MISCONFIGURED = new Set([
  'NoSuchBucket',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'AuthorizationHeaderMalformed',
  'PermanentRedirect',
  'InvalidBucketName',
  'InvalidToken',
  'ExpiredToken',
  'AccessDenied',
]);

/** The failure that an answer of the store means. */
export function answerFailure(status: number, body: string): StoreFailure {
  const code = textOf(body, 'Code') ?? `HTTP ${status}`;
  const message = textOf(body, 'Message') ?? 'no explanation';
  return new StoreFailure(`the store answered ${status} ${code}: ${message.slice(0, 300)}`, { status, code });
}

/** The failure of a request that got no whole answer. */
export function connectionFailure(error: unknown): StoreFailure {
  if (error instanceof StoreFailure) return error;
  const code = systemErrorCode(error) ?? 'ECONNRESET';
  return new StoreFailure(`the store cannot be reached (${code})`, { status: 0, code, cause: error });
}

/** The protocol's failure: 507 when the store is full, 503 when it may work again shortly, else 500. */
export function translateStoreFailure(error: unknown): unknown {
  if (!(error instanceof StoreFailure)) return error;
  if (error.status === 507 || FULL.has(error.code)) return failures.noSpace(error);
  return error.isTransient ? failures.storeUnavailable(error) : failures.blobStore(error);
}
