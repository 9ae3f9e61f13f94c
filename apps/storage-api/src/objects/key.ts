import { failures } from '../errors.ts';

export const MAX_KEY_BYTES = 1024;
const MAX_BUCKET_NAME_LENGTH = 100;
const BUCKET_NAME = /^[A-Za-z0-9_!.*'() &$@=;:+,?-]+$/;
const CONTROL = /\p{Cc}/u;

/**
 * Whether `key` can name an object: 1 to 1,024 bytes of well-formed Unicode without control characters, where no segment between
 * slashes is `.` or `..`. Slashes are kept as they come, also at the ends and several in a row: `a//b` and `a/b` are two objects.
 */
export function isValidKey(key: string): boolean {
  if (key === '' || !key.isWellFormed() || CONTROL.test(key)) return false;
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) return false;
  return key.split('/').every((segment) => segment !== '.' && segment !== '..');
}

/** @throws ProtocolError InvalidKey */
export function assertValidKey(key: string): void {
  if (!isValidKey(key)) throw failures.invalidKey(key);
}

/** Bucket names: 1 to 100 characters of the S3-safe set, without slashes, not blank at either end, not `.` or `..`. */
export function isValidBucketName(name: string): boolean {
  return name.length <= MAX_BUCKET_NAME_LENGTH && BUCKET_NAME.test(name) && name.trim() === name && name !== '.' && name !== '..';
}

/** @throws ProtocolError InvalidBucketName */
export function assertValidBucketName(name: string): void {
  if (!isValidBucketName(name)) throw failures.invalidBucketName();
}
