import { join } from 'node:path';
import { acquireLock } from '../targets/embedded/files/lock.ts';
import { layoutOf } from './layout.ts';
import { type Pin, takePin } from './open-session.ts';

/**
 * Runs what changes a repository while nobody else does: no other server of this database, by the pin, and no other stack of this machine that
 * was restored from the same backups, by a lock in the repository. @throws SJ_LOCKED
 */
export async function holdRepository<T>(databaseUrl: string, destination: string, work: (pin: Pin) => Promise<T>): Promise<T> {
  const pin = await takePin(databaseUrl);
  try {
    const lock = acquireLock(join(layoutOf(destination).root, 'lock'), 'supastor backups');
    try {
      return await work(pin);
    } finally {
      lock.release();
    }
  } finally {
    await pin.release();
  }
}
