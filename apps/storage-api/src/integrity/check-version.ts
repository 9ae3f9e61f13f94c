import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import type { BlobStore } from '../blobs/blob-store.port.ts';
import { systemErrorCode } from '../blobs/store-error.ts';
import type { BlobReference, DamageReason } from './integrity-queries.ts';

/** Holds the reader back after `bytes` were read. */
export type Pace = (bytes: number) => Promise<void>;

export interface VersionReport {
  /** Null when the bytes are what was stored. */
  readonly damage: DamageReason | null;
  readonly readBytes: number;
}

const REREAD_AFTER_MS = 50;

/**
 * Reads all bytes of a version and compares them with the strongest digest its row has.
 * @throws whatever keeps the store from answering: that says nothing of the bytes
 */
export async function checkVersion(blobs: BlobStore, reference: BlobReference, pace: Pace): Promise<VersionReport> {
  const first = await readOnce(blobs, reference, pace);
  if (first.damage === null) return first;
  // What is wrong only once was wrong on the way here.
  await sleep(REREAD_AFTER_MS);
  const second = await readOnce(blobs, reference, pace);
  return { damage: second.damage, readBytes: first.readBytes + second.readBytes };
}

async function readOnce(blobs: BlobStore, reference: BlobReference, pace: Pace): Promise<VersionReport> {
  const digest = startDigest(reference);
  let readBytes = 0;
  try {
    const blob = await blobs.open(reference.version);
    if (blob === null) return { damage: 'missing', readBytes };
    if (reference.sizeBytes !== null && blob.sizeBytes !== reference.sizeBytes) {
      await blob.close();
      return { damage: blob.sizeBytes < reference.sizeBytes ? 'truncated' : 'altered', readBytes };
    }
    const body = await blob.body();
    for await (const chunk of Buffer.isBuffer(body) ? [body] : body) {
      digest.update(chunk);
      readBytes += chunk.length;
      await pace(chunk.length);
    }
  } catch (error) {
    if (isUnreadable(error)) return { damage: 'unreadable', readBytes };
    throw error;
  }
  return { damage: digest.matches() ? null : 'altered', readBytes };
}

/** What a file system says of bytes that it cannot read any more; every other failure may pass. */
const UNREADABLE_CODES = new Set(['EIO', 'EBADMSG', 'EUCLEAN']);

/** Whether an error means that stored bytes can no longer be read, and not only that they cannot be read now. */
export function isUnreadable(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (UNREADABLE_CODES.has(systemErrorCode(cause) ?? '')) return true;
  }
  return false;
}

interface Digest {
  update(chunk: Buffer): void;
  matches(): boolean;
}

function startDigest({ sha256, md5, crc32: checksum }: BlobReference): Digest {
  const wanted = sha256 === null ? md5 : sha256;
  if (wanted !== null) {
    const hash = createHash(sha256 === null ? 'md5' : 'sha256');
    return { update: (chunk) => void hash.update(chunk), matches: () => hash.digest('hex') === wanted };
  }
  let running = 0;
  return {
    update: (chunk) => {
      running = crc32(chunk, running);
    },
    matches: () => checksum === null || running === checksum,
  };
}
