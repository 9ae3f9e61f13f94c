import { SupastorError } from '@supastor/contract/errors';
import { applyPlan } from '@supastor/core/stack/apply';
import { planTeardown } from '@supastor/core/stack/plan';
import { printPlan, viewPlan } from '@supastor/core/stack/plan-print';
import type { CliContext } from '../../context.ts';
import { openRunningStack } from './open-stack.ts';
import { stepReporter } from './progress.ts';

export interface DownFlags {
  readonly volumes?: boolean;
  readonly dryRun?: boolean;
}

/** Stops the stack; with `--volumes` destroys its data, which is asked about before anything is done. */
export async function runDown(context: CliContext, flags: DownFlags): Promise<void> {
  const stack = await openRunningStack(context);
  if (stack.kind === 'containers') {
    const { runContainerDown } = await import('./containers/down-containers.ts');
    return runContainerDown(context, stack, flags);
  }
  const { target, project, environment } = stack;
  const plan = planTeardown(stack, await target.observe(null, context.signal), { removeVolumes: flags.volumes === true });
  if (flags.dryRun === true) return context.output.result(viewPlan(plan), printPlan);
  if (plan.destructive) await confirmDestruction(context, project, printPlan(viewPlan(plan)));
  if (plan.steps.length > 0) {
    const lock = target.lock('supastor down');
    try {
      await applyPlan(plan, target, { signal: context.signal, emit: stepReporter(context), now: () => performance.now() });
    } finally {
      lock.release();
    }
  }
  const outcome = plan.destructive ? 'is stopped, its data is destroyed' : 'is stopped, its data is kept';
  context.output.result({ project, environment, plan: viewPlan(plan), removed: plan.destructive }, () =>
    plan.steps.length === 0 ? `${project} (${environment}) was not running` : `${project} (${environment}) ${outcome}`,
  );
}

/** Asks the operator to agree. @throws SJ_USAGE when nobody can be asked, SJ_INTERRUPTED when they do not */
export async function confirmDestruction(context: CliContext, project: string, plan: string): Promise<void> {
  if (context.assumeYes) return;
  if (!context.isTty) {
    throw new SupastorError('SJ_USAGE', `"down --volumes" destroys all data of ${project}; nobody is there to confirm it`, {
      hint: 'add --yes to agree',
    });
  }
  const { ask } = await import('../../prompt.ts');
  context.output.progress(plan);
  const answer = await ask(`This destroys all data. Type the project's name (${project}) to agree`, '', context.signal);
  if (answer !== project) throw new SupastorError('SJ_INTERRUPTED', 'The name was not typed; nothing was changed');
}
