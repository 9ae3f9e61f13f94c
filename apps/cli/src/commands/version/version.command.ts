import type { RegisterCommand } from '../../context.ts';

/** `supastor version` */
export const registerVersion: RegisterCommand = (program, bind) => {
  program
    .command('version')
    .description('print the versions of supastor, Node.js and the Postgres it brings')
    .action(
      bind(async (context) => {
        const { showVersion } = await import('./version.ts');
        await showVersion(context);
      }),
    );
};
