import { join } from 'node:path';

const VERSION = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SHARD_DIGITS = 2;

const PART_SUFFIX = '.part';

/**
 * Paths of the file store. Nothing of a key or a bucket name is in them: only version ids, spread over 256 directories
 * by their last digits, which are random (the first ones are a clock).
 */
export class FileLayout {
  readonly root: string;
  readonly blobs: string;
  readonly staging: string;

  constructor(root: string) {
    this.root = root;
    this.blobs = join(root, 'blobs');
    this.staging = join(root, 'staging');
  }

  shards(): readonly string[] {
    return Array.from({ length: 16 ** SHARD_DIGITS }, (_, index) => join(this.blobs, index.toString(16).padStart(SHARD_DIGITS, '0')));
  }

  shard(version: string): string {
    if (!isVersion(version)) throw new TypeError('not a version id');
    return join(this.blobs, version.slice(-SHARD_DIGITS));
  }

  blob(version: string): string {
    return join(this.shard(version), version);
  }

  instance(instanceId: string): string {
    if (!isVersion(instanceId)) throw new TypeError('not an instance id');
    return join(this.staging, instanceId);
  }

  part(instanceId: string, version: string): string {
    if (!isVersion(version)) throw new TypeError('not a version id');
    return join(this.instance(instanceId), `${version}${PART_SUFFIX}`);
  }
}

/** Whether `text` is a lower-case UUID, which is all that may become part of a path. */
export function isVersion(text: string): boolean {
  return VERSION.test(text);
}
