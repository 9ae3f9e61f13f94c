import { S3Error } from '../../access/sigv4/s3-error.ts';
import { MAX_KEY_BYTES } from '../../objects/key.ts';

const CONTROL = /\p{Cc}/u;

/**
 * Any well-formed text of 1 to 1,024 bytes without control characters, where no segment is `.` or `..`. Empty segments are
 * allowed here: S3 tools mark folders with keys that end in a slash.
 * @throws KeyTooLongError, InvalidArgument
 */
export function requireValidKey(key: string): void {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw new S3Error('KeyTooLongError');
  const isClean = key !== '' && key.isWellFormed() && !CONTROL.test(key);
  if (isClean && key.split('/').every((segment) => segment !== '.' && segment !== '..')) return;
  throw new S3Error('InvalidArgument', 'Object keys may not contain control characters or the segments "." and "..".');
}
