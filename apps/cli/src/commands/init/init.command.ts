import type { RegisterCommand } from '../../context.ts';

export interface InitFlags {
  readonly dev?: boolean;
  readonly prod?: boolean;
  readonly force?: boolean;
  readonly name?: string;
}

/** `supastor init` */
export const registerInit: RegisterCommand = (program, bind) => {
  program
    .command('init')
    .description('make a project here: supastor.config.yaml, strong secrets in .env, .gitignore')
    .option('--dev', 'for development on this machine (default)')
    .option('--prod', 'for production: refuses publicly known secrets')
    .option('--force', 'replace an existing supastor.config.yaml; secrets are never replaced')
    .option('--name <name>', 'name of the project (default: made from the directory)')
    .action(
      bind(async (context, flags: InitFlags) => {
        const { runInit } = await import('./init.ts');
        await runInit(context, flags);
      }),
    );
};
