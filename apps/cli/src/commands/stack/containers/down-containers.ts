import { applyPlan } from '@supastor/core/stack/apply';
import { viewContainerPlan } from '@supastor/core/stack/containers/container-plan-print';
import { printPlan } from '@supastor/core/stack/plan-print';
import type { CliContext } from '../../../context.ts';
import { confirmDestruction, type DownFlags } from '../down.ts';
import type { ContainerStack } from '../open-stack.ts';
import { stepReporter } from '../progress.ts';
import { holderOf, openContainerProject } from './open-containers.ts';

/** Removes the containers; with `--volumes` destroys the data and forgets the history, which is asked about before. */
export async function runContainerDown(context: CliContext, configured: ContainerStack, flags: DownFlags): Promise<void> {
  const { target } = await openContainerProject(context, configured);
  const { project, environment } = target.id;
  const plan = await target.planTeardown({ removeVolumes: flags.volumes === true });
  if (flags.dryRun === true) return context.output.result(viewContainerPlan(plan), printPlan);
  if (plan.destructive) await confirmDestruction(context, project, printPlan(viewContainerPlan(plan)));
  const lock = await target.lock(holderOf(context, 'supastor down'));
  try {
    await applyPlan(plan, target, { signal: context.signal, emit: stepReporter(context), now: () => performance.now() });
    if (flags.volumes === true) await target.history.remove();
  } finally {
    await lock.release();
  }
  const outcome = plan.destructive ? 'is stopped, its data is destroyed' : 'is stopped, its data is kept';
  context.output.result({ project, environment, plan: viewContainerPlan(plan), removed: plan.destructive }, () =>
    plan.steps.length === 0 ? `${project} (${environment}) was not running` : `${project} (${environment}) ${outcome}`,
  );
}
