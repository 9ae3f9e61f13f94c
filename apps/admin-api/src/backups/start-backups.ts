import { createBackupStore } from '@supastor/adapters/backups/backup-store';
import { createBlobSource } from '@supastor/adapters/storage/blob-source';
import type { BackupDeps } from '@supastor/core/backups/backup-handlers';
import type { AdminApiOptions } from '../options.ts';

export interface RunningBackups {
  readonly deps: BackupDeps;
  stop(): void;
}

/** Backups of this server: bytes come from the storage server, rows from the database. */
export function startBackups(options: AdminApiOptions): RunningBackups {
  const { databaseUrl, storageUrl, serviceRoleKey, project, environment } = options;
  const { destination, retention } = options.backups;
  if (destination === null || databaseUrl === null) return { deps: { store: null, retention }, stop: () => undefined };
  const source = createBlobSource({ url: storageUrl, serviceRoleKey });
  const store = createBackupStore({ destination, databaseUrl, source, project, environment });
  return { deps: { store, retention }, stop: () => source.close() };
}
