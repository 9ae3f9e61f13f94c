import type { ContainerPlan } from '@supastor/core/stack/containers/container-plan';
import { viewContainerPlan } from '@supastor/core/stack/containers/container-plan-print';
import { deployContainers, lastGood, type Wanted } from '@supastor/core/stack/containers/deploy';
import type { DeployRecord } from '@supastor/contract/wire/deploy-record';
import { buildContainerStack, type Scale } from '@supastor/core/stack/containers/desired-containers';
import { type PlanView, printPlan } from '@supastor/core/stack/plan-print';
import type { CliContext, Style } from '../../../context.ts';
import { connectionRecord, containerConnection, formatUrls } from '../connection-table.ts';
import type { ContainerStack } from '../open-stack.ts';
import { stepReporter } from '../progress.ts';
import { type ContainerProject, holderOf, openContainerProject } from './open-containers.ts';
import { type AskedExtras, effectiveExtras, NO_EXTRAS } from './extras.ts';
import { effectiveScale } from './scale.ts';

export interface DeployFlags {
  readonly scale?: Scale;
  readonly extras?: AskedExtras;
  readonly dryRun?: boolean;
  /** The command as it was typed, for the history. */
  readonly purpose: string;
}

/** Makes the containers what the configuration says. They are the engine's from then on: the command returns. */
export async function runDeploy(context: CliContext, configured: ContainerStack, flags: DeployFlags): Promise<number> {
  return deploy(context, configured, { ...flags, want: wantConfigured(configured, flags) });
}

/** The plan of a deploy, as it is shown. */
export async function planDeploy(context: CliContext, configured: ContainerStack): Promise<PlanView> {
  return viewWanted(await openContainerProject(context, configured), wantConfigured(configured, {}));
}

type Want = (history: readonly DeployRecord[]) => Wanted;

function wantConfigured({ loaded }: ContainerStack, asked: Pick<DeployFlags, 'scale' | 'extras'>): Want {
  return (history) => {
    const last = lastGood(history);
    const { scale, scaled } = effectiveScale(loaded.config, asked.scale ?? {}, last);
    const { config, extras } = effectiveExtras(loaded.config, asked.extras ?? NO_EXTRAS, last);
    return { stack: buildContainerStack(config, loaded.environment, scale), scaled, extras, restores: null };
  };
}

async function viewWanted({ target }: ContainerProject, want: Want): Promise<PlanView> {
  const history = await target.history.list();
  return viewContainerPlan(await target.plan(await target.prepare(want(history).stack, history)));
}

/** Carries out what `want` asks for, or only says what that would be. */
export async function deploy(
  context: CliContext,
  configured: ContainerStack,
  options: DeployFlags & { readonly want: Want },
): Promise<number> {
  const project = await openContainerProject(context, configured);
  if (options.dryRun === true) {
    context.output.result(await viewWanted(project, options.want), printPlan);
    return 0;
  }
  const plan = await deployContainers(project.target, {
    holder: holderOf(context, options.purpose),
    want: options.want,
    signal: context.signal,
    emit: stepReporter(context),
    planned: ({ notes }) => {
      for (const note of notes) context.output.warn(note);
    },
    rollingBack: (error, { id }) =>
      context.output.warn(`${error instanceof Error ? error.message : String(error)}\ngoing back to deploy ${id}`),
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
  });
  await report(context, project, plan);
  return 0;
}

async function report(context: CliContext, { loaded, control }: ContainerProject, plan: ContainerPlan): Promise<void> {
  const services = await control.status(context.signal);
  const connection = containerConnection(loaded.config, services);
  const { name } = loaded.config.project;
  const value = {
    project: name,
    environment: loaded.environment,
    plan: viewContainerPlan(plan),
    services,
    connection: connectionRecord(connection, false),
  };
  context.output.result(value, (_: unknown, style: Style) =>
    [
      `${style.bold(name)} (${loaded.environment}) ${style.green(plan.steps.length === 0 ? 'is up, nothing to do' : 'is up')}`,
      '',
      formatUrls(connection, style),
      '',
      `Sign in to the dashboard as ${loaded.config.admin.email} with SUPASTOR_ADMIN_PASSWORD from .env`,
      `Stop with ${style.bold('supastor down')}`,
    ].join('\n'),
  );
}
