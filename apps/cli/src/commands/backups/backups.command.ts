import type { RegisterCommand } from '../../context.ts';
import type { PruneFlags, WaitFlags } from './manage.ts';
import type { ListFlags } from './list-directory.ts';
import type { RestoreFlags } from './restore.ts';

const ID = 'id of the backup';

/** `supastor backups create|list|show|verify|delete|prune|restore` */
export const registerBackups: RegisterCommand = (program, bind) => {
  const backups = program
    .command('backups')
    .alias('backup')
    .description('back up rows and bytes as one restore point, check, keep and restore backups');
  backups
    .command('create')
    .description('make a backup of the running stack and wait until it stands; only new bytes are copied')
    .option('--no-wait', 'return at once; it goes on as a job')
    .action(
      bind(async (context, flags: WaitFlags) => {
        const { createBackup } = await import('./manage.ts');
        await createBackup(context, flags);
      }),
    );
  backups
    .command('list')
    .description('list backups, newest first')
    .option('--from <dir>', 'those in a directory, without a running stack')
    .action(
      bind(async (context, { from }: ListFlags) => {
        if (from !== undefined) {
          const { listDirectory } = await import('./list-directory.ts');
          return listDirectory(context, from);
        }
        const { listBackups } = await import('./manage.ts');
        await listBackups(context);
      }),
    );
  backups
    .command('show')
    .description('what one backup says of itself')
    .argument('<id>', ID)
    .action(
      bind(async (context, id: string) => {
        const { showBackup } = await import('./manage.ts');
        await showBackup(context, id);
      }),
    );
  backups
    .command('verify')
    .description('read every byte of a backup again and compare it with its checksums')
    .argument('<id>', ID)
    .option('--no-wait', 'return at once; it goes on as a job')
    .action(
      bind(async (context, id: string, flags: WaitFlags) => {
        const { verifyBackup } = await import('./manage.ts');
        await verifyBackup(context, id, flags);
      }),
    );
  backups
    .command('delete')
    .description('remove a backup, and the bytes that no other backup needs')
    .argument('<id>', ID)
    .action(
      bind(async (context, id: string) => {
        const { deleteBackup } = await import('./manage.ts');
        await deleteBackup(context, id);
      }),
    );
  backups
    .command('prune')
    .description('remove all backups but some; without options, all but those that the configuration keeps')
    .option('--last <count>', 'keep the last so many')
    .option('--daily <count>', 'keep the last of each day, for so many days that have one')
    .option('--weekly <count>', 'keep the last of each week, for so many weeks that have one')
    .option('--dry-run', 'only say which would go')
    .action(
      bind(async (context, flags: PruneFlags) => {
        const { pruneBackups } = await import('./manage.ts');
        await pruneBackups(context, flags);
      }),
    );
  backups
    .command('restore')
    .description('bring rows and bytes of a backup back into this project while its stack is down; a damaged backup is refused')
    .argument('<id>', ID)
    .option('--from <dir>', 'directory of the backups (default: backups.destination)')
    .option('--dry-run', 'check every byte of the backup and change nothing')
    .action(
      bind(async (context, id: string, flags: RestoreFlags) => {
        const { restore } = await import('./restore.ts');
        await restore(context, id, flags);
      }),
    );
};
