import { planStack } from '@supastor/core/stack/plan';
import { printPlan, viewPlan } from '@supastor/core/stack/plan-print';
import type { CliContext } from '../../context.ts';
import { findContainerProject } from './find-container-project.ts';
import { type ModeFlags, openStack } from './open-stack.ts';

export interface PlanFlags extends ModeFlags {
  readonly exitCode?: boolean;
}

const DRIFT_EXIT_CODE = 8;

/** Prints the plan of `up`. */
export async function runPlan(context: CliContext, flags: PlanFlags): Promise<number> {
  const loaded = await findContainerProject(context, flags);
  if (loaded !== null) {
    const { planDeploy } = await import('./containers/deploy.ts');
    const { openContainerProject } = await import('./containers/open-containers.ts');
    const view = await planDeploy(await openContainerProject(context, loaded), {});
    context.output.result(view, printPlan);
    return flags.exitCode === true && view.steps.length > 0 ? DRIFT_EXIT_CODE : 0;
  }
  const { desired, target } = await openStack(context, flags);
  const plan = planStack(desired, await target.observe(desired, context.signal));
  context.output.result(viewPlan(plan), printPlan);
  return flags.exitCode === true && plan.steps.length > 0 ? DRIFT_EXIT_CODE : 0;
}
