import type { RegisterCommand } from '../../context.ts';
import { acceptFormats } from '../../output/formats.ts';
import type { StatusFlags } from './status.ts';

/** `supastor status` */
export const registerStatus: RegisterCommand = (program, bind) => {
  const command = program
    .command('status')
    .description(
      'show every service; exits with 10 unless all are healthy. -o wide adds what every process or container uses, -o env prints addresses and keys as KEY=value',
    )
    .option('-w, --watch', 'stay and show changes as they happen')
    .option('--show-secrets', 'print keys and passwords instead of masking them')
    .action(
      bind(async (context, flags: StatusFlags) => {
        const { runStatus } = await import('./status.ts');
        return runStatus(context, flags);
      }),
    );
  acceptFormats(command, ['env', 'wide']);
};
