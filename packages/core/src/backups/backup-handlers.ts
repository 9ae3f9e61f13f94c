import { SupastorError } from '@supastor/contract/errors';
import { backupsCreate, backupsGet, backupsList, backupsPrune, backupsRemove, backupsVerify } from '@supastor/contract/operations/backups';
import type { Retention } from '@supastor/contract/wire/backup';
import { requireIdentity } from '../access/identity.ts';
import { requireJobs, toJob } from '../jobs/job-handlers.ts';
import type { JobService } from '../jobs/job-service.ts';
import type { OperationContext } from '../operations/context.ts';
import { implement } from '../operations/implement.ts';
import type { BackupStore } from './backup-store.port.ts';
import { isRetention, planRetention } from './retention.ts';

/** What is known of backups on this server. */
export interface BackupDeps {
  /** Null: no place for them is configured. */
  readonly store: BackupStore | null;
  readonly retention: Retention;
}

type Context = OperationContext<{ readonly backups: BackupDeps; readonly jobs: JobService | null }>;

export const backupHandlers = {
  'backups.list': implement(backupsList, async (_, { deps }: Context) => {
    const { store } = deps.backups;
    return store === null ? { destination: null, backups: [] } : { destination: store.destination, backups: [...(await store.list())] };
  }),

  'backups.get': implement(backupsGet, ({ id }, { deps }: Context) => requireStore(deps.backups).get(id)),

  'backups.create': implement(backupsCreate, async (_, { deps, identity }: Context) => {
    requireStore(deps.backups);
    const by = requireIdentity(identity).email;
    return toJob(await requireJobs(deps.jobs).start({ kind: 'backups.create', title: 'Make a backup', input: {}, by }));
  }),

  'backups.verify': implement(backupsVerify, async ({ id }, { deps, identity }: Context) => {
    await requireStore(deps.backups).get(id);
    const by = requireIdentity(identity).email;
    return toJob(await requireJobs(deps.jobs).start({ kind: 'backups.verify', title: `Check backup ${id}`, input: { id }, by }));
  }),

  'backups.remove': implement(backupsRemove, async ({ id }, { deps, recordChange }: Context) => {
    const blobs = await requireStore(deps.backups).remove([id]);
    recordChange({ before: { id } });
    return { removed: [id], blobs };
  }),

  'backups.prune': implement(backupsPrune, async ({ dryRun, ...asked }, { deps, recordChange }: Context) => {
    const store = requireStore(deps.backups);
    const retention = isRetention(asked) ? asked : deps.backups.retention;
    if (!isRetention(retention)) {
      throw new SupastorError('SJ_INPUT_INVALID', 'last, daily, weekly: nothing says which backups are to be kept', {
        hint: 'Give one of them, or set backups.keepLast, backups.keepDaily or backups.keepWeekly.',
      });
    }
    const { remove, keep } = planRetention(await store.list(), retention);
    const blobs = dryRun || remove.length === 0 ? 0 : await store.remove(remove);
    if (!dryRun) recordChange({ before: { backups: remove } });
    return { removed: [...remove], kept: [...keep], blobs };
  }),
};

/** @throws SJ_CONFIG_INVALID when backups have no place */
export function requireStore({ store }: BackupDeps): BackupStore {
  if (store !== null) return store;
  throw new SupastorError('SJ_CONFIG_INVALID', 'No place for backups is configured: backups.destination is not set.', {
    hint: 'Set it to a directory on another disk, then `supastor up`. Targets that run containers have no backups of their own yet.',
  });
}
