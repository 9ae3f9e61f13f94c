import type { BackupSummary } from '@supastor/contract/wire/backup';
import { SupastorError } from '@supastor/contract/errors';
import type { BackupStore } from '@supastor/core/backups/backup-store.port';
import { createBackup, type CreateBackupOptions } from './create-backup.ts';
import { holdRepository } from './hold-repository.ts';
import { type Layout, layoutOf } from './layout.ts';
import { readManifest } from './manifest-file.ts';
import { listBackupIds } from './open-repository.ts';
import { removeBackups } from './remove-backups.ts';
import { requireManifest, verifyBackup } from './verify-backup.ts';

export type BackupStoreOptions = Omit<CreateBackupOptions, 'signal' | 'onProgress'>;

/** Backups in a directory. Nothing is touched before the first one is made. */
export function createBackupStore(options: BackupStoreOptions): BackupStore {
  const { destination, databaseUrl } = options;
  const layout = layoutOf(destination);
  return {
    destination,
    list: () => listBackups(layout),
    get: (id) => requireManifest(layout, id),
    create: (work) => createBackup({ ...options, ...work }),
    verify: (id, work) => verifyBackup(layout, id, work),
    remove: (ids) => holdRepository(databaseUrl, destination, async () => (await removeBackups(layout, ids)).blobs),
  };
}

/** What is in a repository, newest first; nothing is read but the manifests. */
export async function listBackups(layout: Layout): Promise<readonly BackupSummary[]> {
  const ids = await listBackupIds(layout);
  return Promise.all(ids.map((id) => summarize(layout, id)));
}

const UNKNOWN = { cutAt: null, durationSeconds: null, objects: null, bytes: null, addedBytes: null, unavailable: null };

async function summarize(layout: Layout, id: string): Promise<BackupSummary> {
  try {
    const manifest = await readManifest(layout.backup(id), id);
    if (manifest === null) return { id, state: 'unfinished', problem: null, ...UNKNOWN };
    const { blobs, files, cutAt, startedAt, finishedAt } = manifest;
    const rowBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
    return {
      id,
      state: 'complete',
      problem: null,
      cutAt,
      durationSeconds: (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000,
      objects: blobs.count,
      bytes: blobs.bytes + rowBytes,
      addedBytes: blobs.addedBytes + rowBytes,
      unavailable: blobs.unavailable,
    };
  } catch (error) {
    if (!(error instanceof SupastorError)) throw error;
    return { id, state: 'damaged', problem: error.message, ...UNKNOWN };
  }
}
