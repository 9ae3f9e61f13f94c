import { SupastorError } from '@supastor/contract/errors';
import { backupsVerify } from '@supastor/contract/operations/backups';
import type { BackupManifest } from '@supastor/contract/wire/backup';
import type { JobContext, JobKind } from '../jobs/job-kind.ts';
import type { JsonRecord } from '../jobs/job.port.ts';
import { type BackupDeps, requireStore } from './backup-handlers.ts';
import type { BackupStore, BackupWork } from './backup-store.port.ts';
import { isRetention, planRetention } from './retention.ts';

/** What jobs about backups reach the world through. */
export interface BackupJobDeps {
  readonly backups: BackupDeps;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

const CREATE = 'backups.create';

/** Begun anew after a crash: bytes that were copied before are not copied again. */
export const BACKUP_CREATE_JOB: JobKind<BackupJobDeps> & { readonly name: typeof CREATE } = {
  name: CREATE,
  maxRunning: 1,
  async run(_, { backups, sleep }, context) {
    const isAgain = context.checkpoint !== null;
    await context.report({ done: 0, checkpoint: { isBegun: true } });
    const manifest = await create(requireStore(backups), context, isAgain ? sleep : null);
    const pruned = await prune(backups);
    return { ...summary(manifest), ...pruned };
  },
};

const WAIT_MS = 5000;
/** The session of a server that vanished is ended by then; see the pin. */
const WAITS = 36;

/** Whoever takes a backup over from a server that is gone waits until the database has noticed that too. */
async function create(store: BackupStore, context: JobContext, sleep: BackupJobDeps['sleep'] | null): Promise<BackupManifest> {
  for (let waited = 0; ; waited += 1) {
    try {
      return await store.create(workOf(context, 'copying'));
    } catch (error) {
      const isHeld = error instanceof SupastorError && error.code === 'SJ_LOCKED';
      if (!isHeld || sleep === null || waited === WAITS) throw error;
      await sleep(WAIT_MS, context.signal);
    }
  }
}

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
