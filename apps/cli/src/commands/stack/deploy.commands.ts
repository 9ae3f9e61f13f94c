import type { LoadedConfig } from '@supastor/core/config/source';
import { SupastorError } from '@supastor/contract/errors';
import type { CliContext, RegisterCommand } from '../../context.ts';

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
        return runDeploy(context, await openProject(context), { ...flags, scale, purpose: `supastor scale ${texts.join(' ')}` });
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
        return runRollback(context, await openProject(context), flags);
      }),
    );
  program
    .command('deploys')
    .description('show who deployed what and when, and how it ended')
    .action(
      bind(async (context) => {
        const { runDeploys } = await import('./containers/rollback.ts');
        await runDeploys(context, await openProject(context));
      }),
    );
};

async function openProject(context: CliContext) {
  const { loadProjectConfig } = await import('@supastor/adapters/config-files/load-project-config');
  const { loadOptions } = await import('./open-stack.ts');
  const loaded: LoadedConfig = await loadProjectConfig(loadOptions(context, {}));
  const { target } = loaded.config.project;
  if (target !== 'docker') {
    throw new SupastorError('SJ_TARGET_UNSUPPORTED', `The target ${target} runs one of each service`, {
      hint: 'set project.target: docker',
    });
  }
  const { openContainerProject } = await import('./containers/open-containers.ts');
  return openContainerProject(context, loaded);
}
