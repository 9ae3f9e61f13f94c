import { type ErrorCode, SupastorError } from '@supastor/contract/errors';
import type { ServiceStatus } from '@supastor/contract/wire/service-status';
import { applyPlan } from '@supastor/core/stack/apply';
import { type Plan, planStack } from '@supastor/core/stack/plan';
import { printPlan, viewPlan } from '@supastor/core/stack/plan-print';
import type { CliContext, Style } from '../../context.ts';
import { connectionOf, connectionRecord, formatUrls } from './connection-table.ts';
import { followConfig } from './follow-config.ts';
import { followForeground } from './foreground.ts';
import { type ConfiguredStack, type ContainerStack, type ModeFlags, nothingBesides, oneOfEach, openStack } from './open-stack.ts';
import { stepReporter } from './progress.ts';

export interface UpFlags extends ModeFlags {
  readonly detach?: boolean;
  readonly dryRun?: boolean;
  readonly scale?: readonly string[];
  readonly with?: readonly string[];
  readonly without?: readonly string[];
}

/** Makes the stack what the configuration says. Stays with it unless detached. */
export async function runUp(context: CliContext, flags: UpFlags): Promise<number> {
  const stack = await openOrMakeStack(context, flags);
  if (stack.kind === 'containers') return upContainers(context, flags, stack);
  if (flags.scale !== undefined && flags.scale.length > 0) throw oneOfEach(stack.config.project.target);
  if (flags.with !== undefined && flags.with.length > 0) throw nothingBesides(stack.config.project.target);
  if (flags.dryRun === true) {
    const plan = planStack(stack.desired, await stack.target.observe(stack.desired, context.signal));
    context.output.result(viewPlan(plan), printPlan);
    return 0;
  }
  const plan = await converge(context, stack, { stopOnFailure: flags.detach !== true });
  const services = await stack.target.control.status(context.signal);
  report(context, stack, plan, services, flags.detach === true);
  if (flags.detach === true) return 0;
  const again = (wanted: ConfiguredStack) => converge(context, wanted, { stopOnFailure: false });
  const follower = followConfig(context, flags, stack, again);
  try {
    return await followForeground(context, stack, () => again(follower.stack));
  } finally {
    await follower.stop();
  }
}

/** Observes, plans and applies under the environment's lock. Returns the plan that was applied. */
async function converge(context: CliContext, stack: ConfiguredStack, options: { readonly stopOnFailure: boolean }): Promise<Plan> {
  const { target, desired } = stack;
  const lock = target.lock('supastor up');
  try {
    const observed = await target.observe(desired, context.signal);
    const plan = planStack(desired, observed);
    for (const note of plan.notes) context.output.warn(note);
    await stack.noteStart();
    try {
      await applyPlan(plan, target, { signal: context.signal, emit: stepReporter(context), now: () => performance.now() });
    } catch (error) {
      if (observed.supervisor !== 'running') await abandon(stack, options.stopOnFailure);
      throw error;
    }
    return plan;
  } finally {
    lock.release();
  }
}

/** After a failed start: a supervisor with nothing to look after does not stay, and in the foreground nothing does. */
async function abandon({ target }: ConfiguredStack, everything: boolean): Promise<void> {
  const services = await target.control.status().catch(() => null);
  if (services === null) return;
  if (everything || services.every(({ state }) => state !== 'healthy')) await target.control.shutdown().catch(() => undefined);
}

/** What `init` would mend without a question. */
const MADE_BY_INIT: readonly ErrorCode[] = ['SJ_CONFIG_NOT_FOUND', 'SJ_SECRETS_MISSING'];

/** Opens the stack; with --dev or --prod makes a project where there is none, with --dev also the secrets that a fresh clone lacks. */
async function openOrMakeStack(context: CliContext, flags: UpFlags): Promise<ConfiguredStack | ContainerStack> {
  try {
    return await openStack(context, flags);
  } catch (error) {
    const mendable = error instanceof SupastorError && MADE_BY_INIT.includes(error.code);
    const wanted = flags.dev === true || (flags.prod === true && mendable && error.code === 'SJ_CONFIG_NOT_FOUND');
    if (!mendable || !wanted || flags.dryRun === true) throw error;
    await makeProject(context, flags.prod === true ? 'prod' : 'dev');
    return openStack(context, flags);
  }
}

async function upContainers(context: CliContext, flags: UpFlags, configured: ContainerStack): Promise<number> {
  const { runDeploy } = await import('./containers/deploy.ts');
  const { parseScale } = await import('./containers/scale.ts');
  const { parseExtras } = await import('./containers/extras.ts');
  const typed = (['scale', 'with', 'without'] as const).flatMap((name) => (flags[name] ?? []).map((text) => `--${name} ${text}`));
  const purpose = ['supastor up', ...typed].join(' ');
  const scale = parseScale(flags.scale ?? []);
  return runDeploy(context, configured, {
    scale,
    extras: parseExtras(flags),
    purpose,
    ...(flags.dryRun === undefined ? {} : { dryRun: flags.dryRun }),
  });
}

async function makeProject({ projectDir, output }: CliContext, mode: 'dev' | 'prod'): Promise<void> {
  const { initProject } = await import('@supastor/adapters/config-files/init-project');
  const { created, updated, warnings } = await initProject({ projectDir, mode });
  for (const warning of warnings) output.warn(warning);
  output.progress(`New project in ${projectDir}: wrote ${[...created, ...updated].join(', ')}`);
}

function report(context: CliContext, stack: ConfiguredStack, plan: Plan, services: readonly ServiceStatus[], detached: boolean): void {
  const connection = connectionOf(stack.config, services);
  const value = {
    project: stack.config.project.name,
    environment: stack.environment,
    plan: viewPlan(plan),
    services,
    connection: connectionRecord(connection, false),
  };
  const toText = (_: unknown, style: Style) => {
    const headline = plan.steps.length === 0 ? 'is up, nothing to do' : 'is up';
    return [
      `${style.bold(stack.config.project.name)} (${stack.environment}) ${style.green(headline)}`,
      '',
      formatUrls(connection, style),
      '',
      `Keys and passwords: .env, or ${style.bold('supastor status --show-secrets -o env')}`,
      `Sign in to the dashboard as ${stack.config.admin.email} with SUPASTOR_ADMIN_PASSWORD from .env`,
      detached ? `Stop with ${style.bold('supastor down')}` : `Stop with ${style.bold('Ctrl-C')}`,
    ].join('\n');
  };
  context.output.result(value, toText);
}
