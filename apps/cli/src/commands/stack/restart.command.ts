import type { RegisterCommand } from '../../context.ts';

/** `supastor restart` */
export const registerRestart: RegisterCommand = (program, bind) => {
  program
    .command('restart')
    .description('stop and start services with the settings they run with; `supastor up` applies changed ones')
    .argument('[service...]', 'postgres, storage, meta, admin (default: all)')
    .action(
      bind(async (context, services: readonly string[]) => {
        const { runRestart } = await import('./restart.ts');
        await runRestart(context, services);
      }),
    );
};
