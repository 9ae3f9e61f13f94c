import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SupastorError } from '@supastor/contract/errors';
import type { BlobSource } from '@supastor/core/backups/blob-source.port';
import type { ListedBlob } from './blob-list.ts';
import { hashFile } from './hash-file.ts';
import { isVersionId, type Layout } from './layout.ts';

/** A version that rows name, or did a moment ago. */
export interface WantedBlob {
  readonly version: string;
  readonly bytes: number | null;
  readonly sha256: string | null;
  /** False: only replaced rows named it, and its bytes may have been removed before the backup began. */
  readonly isLive: boolean;
}

export interface CopiedBlob {
  /** Null when it was removed before the backup began: then no row of the backup names it. */
  readonly listed: ListedBlob | null;
  readonly addedBytes: number | null;
}

export interface CopyOptions {
  readonly layout: Layout;
  readonly source: BlobSource;
  /** Directory for bytes that are being received; on the file system of the repository. */
  readonly incoming: string;
  readonly signal: AbortSignal;
  /** Directories that must be synced before the backup counts. */
  readonly changed: Set<string>;
}

/** Bytes may arrive damaged once; the second time the store has them so. */
const ATTEMPTS = 2;
const WAITS_MS = [200, 1000, 3000, 10_000, 20_000];
const RETRIED: ReadonlySet<string> = new Set(['SJ_UPSTREAM_FAILED', 'SJ_TIMEOUT']);

/** Brings one version into the repository unless it is there, and checks its size and SHA-256 against those of its row. */
export async function copyBlob(wanted: WantedBlob, options: CopyOptions): Promise<CopiedBlob> {
  const { version, bytes, isLive } = wanted;
  const unavailable = { listed: isLive ? { version, bytes, sha256: null } : null, addedBytes: null };
  if (!isVersionId(version)) return unavailable;
  const kept = await keptBlob(wanted, options);
  if (kept !== null) return { listed: { version, ...kept }, addedBytes: null };
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const received = await receivePatiently(version, options);
    if (received === null) return unavailable;
    if (fits(received, wanted)) {
      await putInPlace(version, options);
      return { listed: { version, ...received }, addedBytes: received.bytes };
    }
  }
  await rm(join(options.incoming, version), { force: true });
  return unavailable;
}

interface Facts {
  readonly bytes: number;
  readonly sha256: string;
}

function fits(found: Facts, { bytes, sha256 }: WantedBlob): boolean {
  return (bytes === null || found.bytes === bytes) && (sha256 === null || found.sha256 === sha256);
}

/** What an earlier backup has copied: its bytes were compared then, and whoever verifies compares them again. */
async function keptBlob(wanted: WantedBlob, { layout, signal }: CopyOptions): Promise<Facts | null> {
  const path = layout.blob(wanted.version);
  const found = await stat(path).catch(() => null);
  if (found === null || (wanted.bytes !== null && found.size !== wanted.bytes)) return null;
  return wanted.sha256 === null ? hashFile(path, signal) : { bytes: found.size, sha256: wanted.sha256 };
}

/** A storage server that starts again is no reason to begin a long backup anew. */
async function receivePatiently(version: string, options: CopyOptions): Promise<Facts | null> {
  for (const waitMs of WAITS_MS) {
    try {
      return await receive(version, options);
    } catch (error) {
      if (!(error instanceof SupastorError) || !RETRIED.has(error.code)) throw error;
      await sleep(waitMs, undefined, { signal: options.signal });
    }
  }
  return receive(version, options);
}

async function receive(version: string, { source, incoming, signal }: CopyOptions): Promise<Facts | null> {
  const body = await source.open(version, signal);
  if (body === null) return null;
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await open(join(incoming, version), 'w', 0o600);
  try {
    for await (const chunk of body) {
      signal.throwIfAborted();
      hash.update(chunk);
      bytes += chunk.length;
      await file.writeFile(chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { bytes, sha256: hash.digest('hex') };
}

async function putInPlace(version: string, { layout, incoming, changed }: CopyOptions): Promise<void> {
  const shard = layout.shard(version);
  await mkdir(shard, { recursive: true, mode: 0o700 });
  await rename(join(incoming, version), layout.blob(version));
  changed.add(shard).add(dirname(shard));
}
