import type { RegisterCommand } from '../../context.ts';
import type { ExportFlags } from './export.ts';

/** `supastor compose export` */
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
};

function collect(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}
