import { SupastorError } from '@supastor/contract/errors';
import { backupsVerify } from '@supastor/contract/operations/backups';
import type { BackupManifest } from '@supastor/contract/wire/backup';
import type { JobContext, JobKind } from '../jobs/job-kind.ts';
import type { JsonRecord } from '../jobs/job.port.ts';
import { type BackupDeps, requireStore } from './backup-handlers.ts';
import type { BackupWork } from './backup-store.port.ts';
import { isRetention, planRetention } from './retention.ts';

/** What jobs about backups reach the world through. */
export interface BackupJobDeps {
  readonly backups: BackupDeps;
}

const CREATE = 'backups.create';

/** Begun anew after a crash: bytes that were copied before are not copied again. */
export const BACKUP_CREATE_JOB: JobKind<BackupJobDeps> & { readonly name: typeof CREATE } = {
  name: CREATE,
  maxRunning: 1,
  async run(_, { backups }, context) {
    const store = requireStore(backups);
    const manifest = await store.create(workOf(context, 'copying'));
    const pruned = await prune(backups);
    return { ...summary(manifest), ...pruned };
  },
};

export const BACKUP_VERIFY_JOB: JobKind<BackupJobDeps> = {
  name: 'backups.verify',
  maxRunning: 1,
  async run(input, { backups }, context) {
    const { id } = backupsVerify.input.parse(input);
    return summary(await requireStore(backups).verify(id, workOf(context, 'reading')));
  },
};

function workOf({ signal, report }: JobContext, verb: string): BackupWork {
  return {
    signal,
    onProgress: ({ phase, done, total, bytes }) =>
      report({ done, total, message: `${verb} ${phase === 'rows' ? 'rows' : 'objects'}: ${megabytes(bytes)}` }),
  };
}

function summary({ id, cutAt, blobs }: BackupManifest): JsonRecord {
  return { id, cutAt, objects: blobs.count, bytes: blobs.bytes, addedBytes: blobs.addedBytes, unavailable: blobs.unavailable };
}

/** The backup stands, whatever becomes of the old ones. */
async function prune({ store, retention }: BackupDeps): Promise<JsonRecord> {
  if (store === null || !isRetention(retention)) return {};
  try {
    const { remove } = planRetention(await store.list(), retention);
    if (remove.length > 0) await store.remove(remove);
    return { removed: [...remove] };
  } catch (error) {
    if (error instanceof SupastorError) return { notRemoved: error.message };
    throw error;
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
