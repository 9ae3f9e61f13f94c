import { SupastorError } from '@supastor/contract/errors';
import { lastGood, type Wanted } from '@supastor/core/stack/containers/deploy';
import type { DeployRecord } from '@supastor/contract/wire/deploy-record';
import type { CliContext } from '../../../context.ts';
import { formatTable } from '../../../output/table.ts';
import { deploy } from './deploy.ts';
import type { ContainerStack } from '../open-stack.ts';
import { openContainerProject } from './open-containers.ts';

export interface RollbackFlags {
  readonly to?: string;
  readonly dryRun?: boolean;
}

/** Brings back the stack of an earlier deploy, the same way as a new one is rolled out. */
export async function runRollback(context: CliContext, configured: ContainerStack, flags: RollbackFlags): Promise<number> {
  const want = (history: readonly DeployRecord[]): Wanted => {
    const chosen = chooseDeploy(history, flags.to);
    return { stack: chosen.stack, scaled: chosen.scaled, extras: chosen.extras, restores: chosen.id };
  };
  const purpose = `supastor rollback${flags.to === undefined ? '' : ` --to ${flags.to}`}`;
  return deploy(context, configured, { want, purpose, ...(flags.dryRun === undefined ? {} : { dryRun: flags.dryRun }) });
}

/** The deploy that was asked for, else the last good one before what runs now. @throws SJ_NOT_FOUND */
function chooseDeploy(history: readonly DeployRecord[], to: string | undefined): DeployRecord {
  const good = history.filter(({ outcome }) => outcome === 'done');
  if (to !== undefined) {
    const chosen = good.find(({ id }) => String(id) === to);
    if (chosen) return chosen;
    throw new SupastorError('SJ_NOT_FOUND', `There is no deploy ${to} that went well`, { hint: 'supastor deploys' });
  }
  const current = lastGood(history);
  const origin = current?.restores ?? current?.id ?? 0;
  const before = good.findLast(({ id }) => id < origin);
  if (before) return before;
  throw new SupastorError('SJ_NOT_FOUND', 'There is no earlier deploy to go back to', { hint: 'supastor deploys' });
}

/** Shows what was deployed, newest first. No secrets. */
export async function runDeploys(context: CliContext, configured: ContainerStack): Promise<void> {
  const { target } = await openContainerProject(context, configured);
  const records = (await target.history.list()).toReversed();
  const shown = records.map(({ stack, ...record }) => ({
    ...record,
    images: Object.fromEntries(stack.services.map(({ name, image }) => [name, image])),
    replicas: Object.fromEntries(stack.services.map(({ name, replicas }) => [name, replicas])),
  }));
  context.output.result({ deploys: shown }, ({ deploys }, style) => {
    if (deploys.length === 0) return 'Nothing was deployed yet.';
    const rows = deploys.map(({ id, startedAt, outcome, who, command, steps, detail }) => [
      String(id),
      startedAt.slice(0, 19).replace('T', ' '),
      outcome === 'done' ? style.green(outcome) : style.yellow(outcome),
      who,
      command,
      `${steps.length} ${steps.length === 1 ? 'step' : 'steps'}`,
      detail === null ? '' : (detail.split('\n')[0] ?? ''),
    ]);
    return formatTable([['ID', 'STARTED (UTC)', 'OUTCOME', 'WHO', 'COMMAND', 'PLAN', 'WHY'].map((title) => style.dim(title)), ...rows]);
  });
}
