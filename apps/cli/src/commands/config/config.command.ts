import type { RegisterCommand } from '../../context.ts';

/** `supastor config show|explain|validate|schema|init` */
export const registerConfigCommands: RegisterCommand = (program, bind) => {
  const config = program.command('config').description('show, explain and check the configuration');
  config
    .command('show')
    .description('print the configuration that is in force')
    .option('--show-secrets', 'print secrets instead of ***')
    .action(
      bind(async (context, flags: { readonly showSecrets?: boolean }) => {
        const { showConfig } = await import('./show.ts');
        await showConfig(context, flags.showSecrets === true);
      }),
    );
  config
    .command('explain')
    .description('say where a value came from and what it overrode')
    .argument('[path]', 'a setting (storage.port) or a block (storage); default: everything')
    .action(
      bind(async (context, path: string | undefined) => {
        const { explainConfig } = await import('./explain.ts');
        await explainConfig(context, path ?? '');
      }),
    );
  config
    .command('validate')
    .description('check the configuration and report all mistakes at once')
    .option('--all', 'resolve every environment, not only the chosen one')
    .action(
      bind(async (context, flags: { readonly all?: boolean }) => {
        const { validateConfig } = await import('./validate.ts');
        await validateConfig(context, flags.all === true);
      }),
    );
  config
    .command('schema')
    .description('print the JSON Schema of supastor.config.yaml')
    .action(
      bind(async (context) => {
        const { printSchema } = await import('./schema.ts');
        printSchema(context);
      }),
    );
  config
    .command('init')
    .description('write a commented supastor.config.yaml, without secrets')
    .option('--force', 'replace an existing one')
    .option('--name <name>', 'name of the project (default: made from the directory)')
    .action(
      bind(async (context, flags: { readonly force?: boolean; readonly name?: string }) => {
        const { initConfig } = await import('./init.ts');
        await initConfig(context, flags);
      }),
    );
};
