import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { S3Bucket } from './s3-bucket.ts';
import type { S3StoreSettings } from './settings.ts';

const claimed = new WeakSet<S3Bucket>();

/**
 * Makes sure that the place in the bucket belongs to this database, and takes it when it is nobody's: cleaning up compares
 * the store with the rows, and would take another installation's bytes for garbage.
 * @throws StoreFailure; Error when it belongs to another database
 */
export async function claimBucket(bucket: S3Bucket, settings: S3StoreSettings, installationId: () => Promise<string>): Promise<void> {
  if (claimed.has(bucket)) return;
  const key = `${settings.prefix}supastor-installation`;
  const id = await installationId();
  const found = await readText(bucket, key);
  if (found === null) {
    const body = Buffer.from(id);
    await bucket.put(key, body, createHash('md5').update(body).digest());
  } else if (found !== id) {
    throw new Error(
      `the bucket "${settings.bucket}" holds the bytes of another database under "${settings.prefix}": set SUPASTOR_STORE_PREFIX to a prefix of its own, ` +
        `or, if this database replaces that one, remove the object "${key}" first`,
    );
  }
  claimed.add(bucket);
}

async function readText(bucket: S3Bucket, key: string): Promise<string | null> {
  const blob = await bucket.open(key, undefined);
  if (blob === null) return null;
  const body = await blob.body();
  return (Buffer.isBuffer(body) ? body : await buffer(body)).toString('utf8').trim();
}
