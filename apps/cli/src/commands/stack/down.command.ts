import type { RegisterCommand } from '../../context.ts';
import type { DownFlags } from './down.ts';

/** `supastor down`, `supastor stop` */
export const registerDown: RegisterCommand = (program, bind) => {
  program
    .command('down')
    .alias('stop')
    .description('stop every service gracefully; data is kept')
    .option('--volumes', 'also destroy all data of this environment: database, objects, logs')
    .option('--dry-run', 'print the plan and change nothing')
    .action(
      bind(async (context, flags: DownFlags) => {
        const { runDown } = await import('./down.ts');
        await runDown(context, flags);
      }),
    );
};
