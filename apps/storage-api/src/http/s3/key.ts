import { S3Error } from '../../access/sigv4/s3-error.ts';
import { isValidKey, MAX_KEY_BYTES } from '../../objects/key.ts';

/** The same keys as everywhere, with S3's own words for what is wrong. @throws KeyTooLongError, InvalidArgument */
export function requireValidKey(key: string): void {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw new S3Error('KeyTooLongError');
  if (isValidKey(key)) return;
  throw new S3Error('InvalidArgument', 'Object keys may not contain control characters or the segments "." and "..".');
}
