import type { RegisterCommand } from '../../context.ts';
import type { ExportFlags } from './export.ts';
import type { ImportFlags } from './import.ts';

/** `supastor compose export`, `supastor compose import` */
export const registerCompose: RegisterCommand = (program, bind) => {
  const compose = program.command('compose').description('the stack as a compose file, and a compose file as a stack');
  compose
    .command('export')
    .description('write a compose.yaml that runs what `supastor up` would, with its secrets as files beside it')
    .option('--out <file>', 'the file to write', 'compose.yaml')
    .option('--scale <service=replicas>', 'replicas of a service, as in storage=3; may be given again', collect, [])
    .option('--with <extra>', 'also `monitoring`', collect, [])
    .option('--force', 'replace files that are there with other content')
    .action(
      bind(async (context, flags: ExportFlags) => {
        const { runExport } = await import('./export.ts');
        await runExport(context, flags);
      }),
    );
  compose
    .command('import')
    .description('make a project out of a compose file: ours, or the one of self-hosted Supabase; says what was taken and what was not')
    .argument('<file>', 'the compose file')
    .option('--env-file <file>', 'the file with its variables (default: .env beside it)')
    .option('--dry-run', 'say what would be taken and write nothing')
    .option('--force', 'replace supastor.config.yaml, and other values in .env')
    .action(
      bind(async (context, file: string, flags: ImportFlags) => {
        const { runImport } = await import('./import.ts');
        await runImport(context, file, flags);
      }),
    );
};

function collect(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}
