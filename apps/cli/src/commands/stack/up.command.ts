import { Option } from 'commander';
import type { RegisterCommand } from '../../context.ts';
import type { UpFlags } from './up.ts';

/** `supastor up` */
export const registerUp: RegisterCommand = (program, bind) => {
  program
    .command('up')
    .description('start the stack, or bring a running one to what the configuration says')
    .option('--dev', 'development mode; makes the project first when there is none')
    .option('--prod', 'production mode; makes the project first when there is none')
    .option('--mocks <names>', 'with --dev: run mock services as well: smtp, oidc, webhooks, s3 (with commas between them), or all')
    .option('-d, --detach', 'return as soon as everything is healthy, instead of staying until Ctrl-C stops the stack')
    .option('--scale <service=replicas>', 'replicas of a service, as in storage=3; may be given again (containers only)', collect, [])
    .option(
      '--with <extra>',
      'also run `monitoring`: Prometheus, Alertmanager, Grafana; stays until --without (containers only)',
      collect,
      [],
    )
    .option('--without <extra>', 'no longer run what --with asked for', collect, [])
    .option('--dry-run', 'print the plan and change nothing')
    .addOption(new Option('--watch', 'restart services when their sources change').hideHelp())
    .action(
      bind(async (context, flags: UpFlags) => {
        const { runUp } = await import('./up.ts');
        return runUp(context, flags);
      }),
    );
};

function collect(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}
