import { planStack } from '@supastor/core/stack/plan';
import { type PlanView, printPlan, viewPlan } from '@supastor/core/stack/plan-print';
import type { CliContext } from '../../context.ts';
import { type ConfiguredStack, type ContainerStack, type ModeFlags, openStack } from './open-stack.ts';

export interface PlanFlags extends ModeFlags {
  readonly exitCode?: boolean;
}

const DRIFT_EXIT_CODE = 8;

/** Prints the plan of `up`. */
export async function runPlan(context: CliContext, flags: PlanFlags): Promise<number> {
  const view = await viewOf(context, await openStack(context, flags));
  context.output.result(view, printPlan);
  return flags.exitCode === true && view.steps.length > 0 ? DRIFT_EXIT_CODE : 0;
}

async function viewOf(context: CliContext, stack: ConfiguredStack | ContainerStack): Promise<PlanView> {
  if (stack.kind === 'containers') {
    const { planDeploy } = await import('./containers/deploy.ts');
    return planDeploy(context, stack);
  }
  const { desired, target } = stack;
  return viewPlan(planStack(desired, await target.observe(desired, context.signal)));
}
