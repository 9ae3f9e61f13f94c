import type { RegisterCommand } from '../../context.ts';
import type { ImportFlags, ScanFlags, ScrubFlags } from './begin-run.ts';

/** `supastor storage scan|scrub|import|adopted|runs|cancel|damaged|quarantine|restore` */
export const registerStorage: RegisterCommand = (program, bind) => {
  const storage = program.command('storage').description('look after the bytes of the storage server: scan, scrub, import, quarantine');
  storage
    .command('scan')
    .description('compare rows with bytes in both directions; bytes without a row move to the quarantine')
    .option('--wait', 'wait until it has ended; exit with 1 when it failed')
    .option('--grace <duration>', 'take only older bytes for strays: 0, 10m, 1h (default: as the server is configured)')
    .option('--remove-dangling', 'move rows without bytes to the quarantine too, instead of recording them only')
    .option('--force', 'do that even when not a single row has its bytes')
    .action(
      bind(async (context, flags: ScanFlags) => {
        const { beginScan } = await import('./begin-run.ts');
        return beginScan(context, flags);
      }),
    );
  storage
    .command('scrub')
    .description('read all bytes again and compare them with their checksums')
    .option('--wait', 'wait until it has ended; exit with 1 when it failed')
    .option('--only-damaged', 'look only at what is known to be damaged, such as after a repair')
    .option('--rate <bytes>', 'bytes to read per second, such as 50MB (default: as the server is configured)')
    .action(
      bind(async (context, flags: ScrubFlags) => {
        const { beginScrub } = await import('./begin-run.ts');
        return beginScrub(context, flags);
      }),
    );
  storage
    .command('import')
    .description('copy what Supabase Storage has stored of a taken-over database into our own layout, verified; goes on after a restart')
    .option('--wait', 'wait until it has ended; exit with 1 when something could not be copied')
    .option('--rate <bytes>', 'bytes to read per second, such as 50MB (default: as the server is configured)')
    .option('--remove-source', 'remove there what is imported; storage.upstream.writable must be set')
    .action(
      bind(async (context, flags: ImportFlags) => {
        const { beginImport } = await import('./begin-run.ts');
        return beginImport(context, flags);
      }),
    );
  storage
    .command('adopted')
    .description('say what a taken-over database still has in the store of Supabase Storage, and what could not be imported')
    .action(
      bind(async (context) => {
        const { showAdopted } = await import('./look.ts');
        await showAdopted(context);
      }),
    );
  storage
    .command('runs')
    .description('list scans, scrubs and imports, newest first')
    .action(
      bind(async (context) => {
        const { listRuns } = await import('./look.ts');
        await listRuns(context);
      }),
    );
  storage
    .command('cancel')
    .description('end a scan, scrub or import at its next step')
    .argument('<run>', 'id of the run')
    .action(
      bind(async (context, id: string) => {
        const { cancelRun } = await import('./look.ts');
        await cancelRun(context, id);
      }),
    );
  storage
    .command('damaged')
    .description('list versions whose bytes are missing or not what was stored')
    .action(
      bind(async (context) => {
        const { listDamaged } = await import('./look.ts');
        await listDamaged(context);
      }),
    );
  storage
    .command('quarantine')
    .description('list what scans moved out of the way')
    .action(
      bind(async (context) => {
        const { listQuarantine } = await import('./look.ts');
        await listQuarantine(context);
      }),
    );
  storage
    .command('restore')
    .description('put bytes, files and rows back from the quarantine; exit with 1 when some could not be')
    .argument('<entry...>', 'ids of entries')
    .action(
      bind(async (context, ids: readonly string[]) => {
        const { restoreEntries } = await import('./look.ts');
        return restoreEntries(context, ids);
      }),
    );
};
