import { isVersion } from '../blobs/file-layout.ts';

/** What an upload is called in its URL: where it goes, and a version that nobody can guess. */
export interface UploadId {
  readonly bucket: string;
  readonly key: string;
  readonly version: string;
}

/** base64url of `bucket/key/version`. */
export function formatUploadId({ bucket, key, version }: UploadId): string {
  return Buffer.from(`${bucket}/${key}/${version}`).toString('base64url');
}

/** Null when `text` is no such id. */
export function parseUploadId(text: string): UploadId | null {
  if (!/^[\w-]+$/.test(text)) return null;
  const plain = Buffer.from(text, 'base64url').toString('utf8');
  const first = plain.indexOf('/');
  const last = plain.lastIndexOf('/');
  const version = plain.slice(last + 1);
  if (first <= 0 || last <= first + 1 || !isVersion(version)) return null;
  return { bucket: plain.slice(0, first), key: plain.slice(first + 1, last), version };
}
