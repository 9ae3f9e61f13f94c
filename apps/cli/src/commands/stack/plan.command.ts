import type { RegisterCommand } from '../../context.ts';
import type { PlanFlags } from './plan.ts';

/** `supastor plan` */
export const registerPlan: RegisterCommand = (program, bind) => {
  program
    .command('plan')
    .description('print what `supastor up` would do, and do nothing')
    .option('--dev', 'plan in development mode')
    .option('--prod', 'plan in production mode')
    .option('--exit-code', 'exit with 8 when there is something to do')
    .action(
      bind(async (context, flags: PlanFlags) => {
        const { runPlan } = await import('./plan.ts');
        return runPlan(context, flags);
      }),
    );
};
