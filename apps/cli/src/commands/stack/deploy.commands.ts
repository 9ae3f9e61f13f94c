import type { CliContext, RegisterCommand } from '../../context.ts';
import type { ContainerStack } from './open-stack.ts';

/** `supastor scale`, `supastor rollback`, `supastor deploys`: what only containers can. */
export const registerDeployCommands: RegisterCommand = (program, bind) => {
  program
    .command('scale')
    .description('run more or fewer replicas of a service, without a failed request')
    .argument('<service=replicas...>', 'as in storage=5')
    .option('--dry-run', 'print the plan and change nothing')
    .action(
      bind(async (context, texts: readonly string[], flags: { readonly dryRun?: boolean }) => {
        const { parseScale } = await import('./containers/scale.ts');
        const scale = parseScale(texts);
        const { runDeploy } = await import('./containers/deploy.ts');
        return runDeploy(context, await loadContainers(context), { ...flags, scale, purpose: `supastor scale ${texts.join(' ')}` });
      }),
    );
  program
    .command('rollback')
    .description('bring back the deploy before the current one')
    .option('--to <id>', 'a certain deploy; see `supastor deploys`')
    .option('--dry-run', 'print the plan and change nothing')
    .action(
      bind(async (context, flags: { readonly to?: string; readonly dryRun?: boolean }) => {
        const { runRollback } = await import('./containers/rollback.ts');
        return runRollback(context, await loadContainers(context), flags);
      }),
    );
  program
    .command('deploys')
    .description('show who deployed what and when, and how it ended')
    .action(
      bind(async (context) => {
        const { runDeploys } = await import('./containers/rollback.ts');
        await runDeploys(context, await loadContainers(context));
      }),
    );
};

/** @throws SJ_TARGET_UNSUPPORTED when the services are no containers */
async function loadContainers(context: CliContext): Promise<ContainerStack> {
  const { loadProjectConfig } = await import('@supastor/adapters/config-files/load-project-config');
  const { isContainers, loadOptions, oneOfEach } = await import('./open-stack.ts');
  const loaded = await loadProjectConfig(loadOptions(context, {}));
  const { target } = loaded.config.project;
  if (!isContainers(target)) throw oneOfEach(target);
  return { kind: 'containers', loaded };
}
