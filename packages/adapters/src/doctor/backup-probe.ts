import { stat } from 'node:fs/promises';
import type { BackupFact } from '@supastor/core/doctor/backup-checks';
import { listBackups } from '../backups/backup-store.ts';
import { layoutOf } from '../backups/layout.ts';
import { nearestExisting } from './probes.ts';

/** Looks at the place for backups, which may not be there yet. */
export async function probeBackups(destination: string, dataDir: string): Promise<BackupFact> {
  const [place, data] = await Promise.all([destination, dataDir].map(async (path) => stat(await nearestExisting(path))));
  return { destination, isOnDiskOfData: place?.dev === data?.dev, backups: await listBackups(layoutOf(destination)) };
}
