import { constants, copyFile, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackupProgress } from '@supastor/core/backups/backup-store.port';
import type { Client } from 'pg';
import { type ListedBlob, readBlobs, readLines } from './blob-list.ts';
import { copyOut } from './copy-out.ts';
import { createFileSink } from './file-sink.ts';
import { hashFile } from './hash-file.ts';
import { BLOBS_FILE, type Layout } from './layout.ts';
import { damagedFile } from './manifest-file.ts';
import { syncDirectory } from '../config-files/sync-directory.ts';

/** What the rows of the cut name: exactly what has to be there. */
const NAMED = `copy (
  select version, max(size_bytes), max(sha256) from storage.blob_references where kind <> 'resumable part'
  group by version order by version collate "C"
) to stdout`;

export interface RestoreBytesOptions {
  readonly layout: Layout;
  readonly id: string;
  /** Over the recovered rows. */
  readonly client: Client;
  /** The new directory of the byte store. */
  readonly target: string;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: BackupProgress) => Promise<void>;
}

export interface RestoredBytes {
  readonly objects: number;
  readonly bytes: number;
  /** Named by rows, but lost before the backup was made. */
  readonly unavailable: number;
}

const PARALLEL = 8;

/**
 * Puts the bytes of every version that the rows name into a new byte store, and compares them with their checksums there.
 * @throws SJ_BACKUP_DAMAGED when a row names what the backup does not hold
 */
export async function restoreBytes(options: RestoreBytesOptions): Promise<RestoredBytes> {
  const { layout, id, client, target, signal, onProgress } = options;
  const named = join(target, 'named.tsv');
  const sink = createFileSink(named, { compress: false });
  await copyOut(client, NAMED, (chunk) => sink.write(chunk), signal);
  await sink.finish();
  const done = { objects: 0, bytes: 0, unavailable: 0 };
  const shards = new Set<string>();
  let batch: Promise<void>[] = [];
  for await (const { version, bytes, sha256 } of matched(id, named, join(layout.backup(id), BLOBS_FILE))) {
    signal.throwIfAborted();
    if (sha256 === null || bytes === null) {
      done.unavailable += 1;
      continue;
    }
    const shard = join(target, 'blobs', version.slice(-2));
    if (!shards.has(shard)) await mkdir(shard, { recursive: true, mode: 0o700 });
    shards.add(shard);
    batch.push(place({ id, from: layout.blob(version), to: join(shard, version), sha256 }, signal));
    done.objects += 1;
    done.bytes += bytes;
    if (batch.length < PARALLEL) continue;
    await Promise.all(batch);
    batch = [];
    await onProgress({ phase: 'bytes', done: done.objects, total: null, bytes: done.bytes });
  }
  await Promise.all(batch);
  for (const shard of shards) await syncDirectory(shard);
  return done;
}

/** Walks the versions that rows name and those that the backup holds side by side; both are in order. */
async function* matched(id: string, named: string, held: string): AsyncGenerator<ListedBlob> {
  const blobs = readBlobs(held);
  let current = await blobs.next();
  try {
    for await (const line of readLines(named)) {
      const [version = '', bytes, sha256] = line.split('\t');
      while (current.done !== true && current.value.version < version) current = await blobs.next();
      if (current.done === true || current.value.version !== version) throw damagedFile(id, version, 'is named by a row and not held');
      const blob = current.value;
      if (blob.sha256 !== null && sha256 !== NULL && blob.sha256 !== sha256) throw damagedFile(id, version, 'is not what its row says');
      if (blob.sha256 !== null && bytes !== NULL && String(blob.bytes) !== bytes)
        throw damagedFile(id, version, 'has not the size its row says');
      yield blob;
    }
  } finally {
    await blobs.return(undefined);
  }
}

const NULL = String.raw`\N`;

interface Placing {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly sha256: string;
}

async function place({ id, from, to, sha256 }: Placing, signal: AbortSignal): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  const file = await open(to, 'r+');
  await file.chmod(0o600);
  await file.sync().finally(() => file.close());
  const found = await hashFile(to, signal);
  if (found.sha256 !== sha256) throw damagedFile(id, from, 'changed while it was read');
}
