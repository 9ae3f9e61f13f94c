import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { SupastorError } from '@supastor/contract/errors';
import type { BackupManifest } from '@supastor/contract/wire/backup';
import type { BackupProgress } from '@supastor/core/backups/backup-store.port';
import { readBlobs } from './blob-list.ts';
import { hashFile } from './hash-file.ts';
import { BLOBS_FILE, isVersionId, type Layout } from './layout.ts';
import { damagedFile, readManifest } from './manifest-file.ts';
import { errnoOf } from '../targets/embedded/files/fs-errors.ts';

export interface VerifyOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: BackupProgress) => Promise<void>;
}

/**
 * Reads every byte of a backup and compares it with what was written.
 * @throws SJ_NOT_FOUND, SJ_BACKUP_DAMAGED naming the first file that is not right
 */
export async function verifyBackup(layout: Layout, id: string, { signal, onProgress }: VerifyOptions): Promise<BackupManifest> {
  const directory = layout.backup(id);
  const manifest = await requireManifest(layout, id);
  for (const { name, ...expected } of manifest.files) {
    await compare({ id, name, path: join(directory, name), expected }, signal);
  }
  const seen = { count: 0, bytes: 0, unavailable: 0 };
  const total = manifest.blobs.count + manifest.blobs.unavailable;
  let previous = '';
  for await (const { version, bytes, sha256 } of readBlobs(join(directory, BLOBS_FILE))) {
    if (version <= previous) throw damagedFile(id, BLOBS_FILE, 'is not in order');
    previous = version;
    if (sha256 === null || bytes === null || !isVersionId(version)) {
      seen.unavailable += 1;
    } else {
      await compare({ id, name: `blobs/${version}`, path: layout.blob(version), expected: { bytes, sha256 } }, signal);
      seen.count += 1;
      seen.bytes += bytes;
    }
    await onProgress({ phase: 'bytes', done: seen.count + seen.unavailable, total, bytes: seen.bytes });
  }
  const { count, bytes, unavailable } = manifest.blobs;
  if (seen.count !== count || seen.bytes !== bytes || seen.unavailable !== unavailable) {
    throw damagedFile(id, BLOBS_FILE, 'does not list what the manifest says');
  }
  return manifest;
}

/** @throws SJ_NOT_FOUND, SJ_BACKUP_DAMAGED */
export async function requireManifest(layout: Layout, id: string): Promise<BackupManifest> {
  const directory = await lstat(layout.backup(id)).catch(() => null);
  if (directory === null) throw new SupastorError('SJ_NOT_FOUND', `There is no backup ${id}.`, { hint: 'supastor backups list' });
  const manifest = await readManifest(layout.backup(id), id);
  if (manifest === null) throw damagedFile(id, 'manifest.json', 'is missing: the backup was never finished');
  return manifest;
}

interface Comparison {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly expected: { readonly bytes: number; readonly sha256: string };
}

async function compare({ id, name, path, expected }: Comparison, signal: AbortSignal): Promise<void> {
  try {
    const { size } = await lstat(path);
    if (size !== expected.bytes) throw damagedFile(id, name, `has ${size} bytes instead of ${expected.bytes}`);
    const { sha256 } = await hashFile(path, signal);
    if (sha256 !== expected.sha256) throw damagedFile(id, name, 'is not what was written');
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof SupastorError) throw error;
    throw damagedFile(
      id,
      name,
      errnoOf(error) === 'ENOENT' ? 'is missing' : `cannot be read (${errnoOf(error) ?? 'unknown reason'})`,
      error,
    );
  }
}
