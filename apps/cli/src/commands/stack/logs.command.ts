import type { RegisterCommand } from '../../context.ts';
import type { LogsFlags } from './logs.ts';

/** `supastor logs` */
export const registerLogs: RegisterCommand = (program, bind) => {
  program
    .command('logs')
    .description('show what services wrote, oldest first')
    .argument('[service...]', 'postgres, storage, meta, admin (default: all)')
    .option('-f, --follow', 'stay and show new records as they come')
    .option('--since <when>', 'only records since then: 30s, 10m, 2h, 1d or a date')
    .option('--level <level>', 'least severe level: trace, debug, info, warn, error, fatal')
    .option('--tail <n>', 'records of the past to begin with', '200')
    .option('--json', 'print records as NDJSON')
    .action(
      bind(async (context, services: readonly string[], flags: LogsFlags) => {
        const { runLogs } = await import('./logs.ts');
        await runLogs(context, services, flags);
      }),
    );
};
