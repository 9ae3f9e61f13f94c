import { planStack } from '@supastor/core/stack/plan';
import { printPlan, viewPlan } from '@supastor/core/stack/plan-print';
import type { CliContext } from '../../context.ts';
import { type ModeFlags, openStack } from './open-stack.ts';

export interface PlanFlags extends ModeFlags {
  readonly exitCode?: boolean;
}

const DRIFT_EXIT_CODE = 8;

/** Prints the plan of `up`. */
export async function runPlan(context: CliContext, flags: PlanFlags): Promise<number> {
  const { desired, target } = await openStack(context, flags);
  const plan = planStack(desired, await target.observe(desired, context.signal));
  context.output.result(viewPlan(plan), printPlan);
  return flags.exitCode === true && plan.steps.length > 0 ? DRIFT_EXIT_CODE : 0;
}
