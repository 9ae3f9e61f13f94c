import { tmpdir, userInfo } from 'node:os';
import { resolve } from 'node:path';
import { checkRestore, restoreBackup, type Restored, type RestoreOptions } from '@supastor/adapters/backups/restore-backup';
import { openRestorePlaces } from '@supastor/adapters/targets/embedded/restore-places';
import { SupastorError } from '@supastor/contract/errors';
import { backupIdSchema } from '@supastor/contract/wire/backup';
import type { BackupProgress } from '@supastor/core/backups/backup-store.port';
import type { CliContext, Style } from '../../context.ts';
import { type ConfiguredStack, openStack } from '../stack/open-stack.ts';

export interface RestoreFlags {
  readonly from?: string;
  readonly dryRun?: boolean;
}

/**
 * Brings rows and bytes of a backup back into this project, whose stack is down. The whole backup is checked before anything is changed.
 * @throws SJ_USAGE, SJ_CONFLICT while the stack runs, SJ_TARGET_UNSUPPORTED, SJ_BACKUP_DAMAGED, and others of restoreBackup
 */
export async function restore(context: CliContext, id: string, flags: RestoreFlags): Promise<void> {
  if (!backupIdSchema.safeParse(id).success) {
    throw new SupastorError('SJ_USAGE', `"${id}" is no id of a backup, such as 20261126T153000Z-1a2b3c4d`, {
      hint: 'supastor backups list',
    });
  }
  const stack = await openStack(context);
  if (stack.kind === 'containers')
    throw unsupported('project.target is not embedded', 'restore into a project with project.target: embedded');
  requireOwnData(stack);
  const lock = stack.target.lock('supastor backups restore');
  try {
    await restoreInto(context, stack, id, flags);
  } finally {
    lock.release();
  }
}

async function restoreInto(context: CliContext, stack: ConfiguredStack, id: string, flags: RestoreFlags): Promise<void> {
  const { config, target, environment } = stack;
  const { volumes } = await requireDown(stack, context.signal);
  const host = { uid: userInfo().uid, xdgRuntimeDir: context.env['XDG_RUNTIME_DIR'], tmpDir: tmpdir() };
  const { postgres, objects, ...rest } = await openRestorePlaces(target.paths, host);
  const { filePath } = config.storage;
  const options: RestoreOptions = {
    ...rest,
    id,
    destination: destinationOf(stack, context.projectDir, flags),
    database: config.postgres.database,
    places: { postgres, objects: filePath === undefined ? objects : resolve(context.projectDir, filePath) },
    signal: context.signal,
    onProgress: progressTo(context),
  };
  const manifest = await checkRestore(options);
  context.output.progress(`The backup is whole: ${manifest.blobs.count} objects of ${manifest.cutAt}`);
  if (flags.dryRun === true)
    return context.output.result({ manifest, restored: false }, () => `Backup ${id} can be restored here; nothing was changed`);
  const holdsData = volumes.includes('postgres') || volumes.includes('objects');
  const question = `The data of ${config.project.name} (${environment}) is replaced by that of ${manifest.cutAt}; what is there now is kept aside. Go on?`;
  if (holdsData && !(await context.confirm(question))) throw new SupastorError('SJ_INTERRUPTED', 'nothing was changed');
  const restored = await restoreBackup(options, manifest);
  context.output.result(restored, formatRestored);
}

function formatRestored({ manifest, objects, unavailable, keptAside }: Restored, style: Style): string {
  return [
    `Backup ${manifest.id} is restored: ${objects} objects as of ${manifest.cutAt}, each compared with its checksum`,
    ...(unavailable > 0
      ? [style.yellow(`${unavailable} versions were lost before the backup was made: supastor storage scan finds their rows`)]
      : []),
    ...keptAside.map((path) => `What was there before is in ${path}; delete it when you are content`),
    'Next: supastor up. The .env must be the one of the installation that was backed up: its keys are not in the backup',
  ].join('\n');
}

function destinationOf({ config }: ConfiguredStack, projectDir: string, { from }: RestoreFlags): string {
  const destination = from ?? config.backups.destination;
  if (destination !== undefined) return resolve(projectDir, destination);
  throw new SupastorError('SJ_USAGE', 'Nothing says where the backup is: backups.destination is not set', { hint: 'add --from <dir>' });
}

/** @throws SJ_TARGET_UNSUPPORTED when rows or bytes are kept by somebody else */
function requireOwnData({ config }: ConfiguredStack): void {
  if (!config.postgres.managed) throw unsupported('postgres.managed is false', 'restore into a project that runs its own Postgres');
  if (!config.storage.managed) throw unsupported('storage.managed is false', 'restore into a project that runs its own storage server');
  if (config.storage.backend !== 'file')
    throw unsupported('bytes are kept in a bucket', 'restore into a project with storage.backend: file');
}

function unsupported(why: string, hint: string): SupastorError {
  return new SupastorError('SJ_TARGET_UNSUPPORTED', `Backups cannot be restored here: ${why}`, { hint });
}

async function requireDown({ target }: ConfiguredStack, signal: AbortSignal) {
  const observed = await target.observe(null, signal);
  const running = observed.services.filter(({ status }) => status.pid !== null).map(({ status }) => status.name);
  if (observed.supervisor !== 'running' && running.length === 0) return observed;
  throw new SupastorError('SJ_CONFLICT', 'The stack runs, and its data cannot be replaced under it. Nothing was changed.', {
    hint: 'supastor down, then restore again',
  });
}

const TELL_EVERY_MS = 1000;

function progressTo({ output }: CliContext): (progress: BackupProgress) => Promise<void> {
  let toldAtMs = 0;
  return async ({ phase, done, total }) => {
    if (performance.now() - toldAtMs < TELL_EVERY_MS) return;
    toldAtMs = performance.now();
    output.progress(phase === 'rows' ? 'bringing back rows' : `objects: ${done}${total === null ? '' : ` of ${total}`}`);
  };
}
