import type { ServiceName } from '@supastor/contract/wire/service-status';
import type { ContainerStep } from './containers/container-plan.ts';
import type { Plan, PlanStep } from './plan.ts';

type StepKind = PlanStep['kind'] | ContainerStep['kind'];

/** A step without its spec, fit to be shown: no environment, so no secrets. */
export interface PlanStepView {
  readonly id: string;
  readonly kind: StepKind;
  readonly service: ServiceName | null;
  readonly summary: string;
  readonly destructive: boolean;
  readonly after: readonly string[];
}

export interface PlanView extends Omit<Plan, 'steps'> {
  readonly steps: readonly PlanStepView[];
}

/** What `--output json` shows of a plan. */
export function viewPlan(plan: Plan): PlanView {
  return { ...plan, steps: plan.steps.map(viewStep) };
}

/** The plan as text, one line a step. */
export function printPlan(plan: PlanView): string {
  const title = `${plan.project} (${plan.environment})`;
  const kept = plan.unchanged.map((service) => `  = ${pad('keep')} ${service}`);
  const notes = plan.notes.map((note) => `  ! ${note}`);
  if (plan.steps.length === 0) return [`${title}: nothing to do`, ...kept, ...notes].join('\n');
  const lines = plan.steps.map((step) => `  ${SIGNS[step.kind]} ${pad(LABELS[step.kind])} ${step.summary}`);
  return [`${title}: ${plan.steps.length} ${plan.steps.length === 1 ? 'step' : 'steps'}`, ...lines, ...kept, ...notes].join('\n');
}

const SIGNS: Readonly<Record<StepKind, string>> = {
  'start-supervisor': '+',
  'create-data': '+',
  start: '+',
  restart: '~',
  update: '~',
  stop: '-',
  'stop-supervisor': '-',
  'remove-volumes': '-',
  'pull-image': '+',
  'create-network': '+',
  'create-volume': '+',
  'write-files': '+',
  'start-replica': '+',
  'remove-replica': '-',
  'write-secrets': '+',
  'create-service': '+',
  'update-service': '~',
  'scale-service': '~',
  'remove-service': '-',
  'remove-networks': '-',
  'remove-files': '-',
};

const LABELS: Readonly<Record<StepKind, string>> = {
  'start-supervisor': 'start',
  'create-data': 'create',
  start: 'start',
  restart: 'restart',
  update: 'update',
  stop: 'stop',
  'stop-supervisor': 'stop',
  'remove-volumes': 'DESTROY',
  'pull-image': 'pull',
  'create-network': 'create',
  'create-volume': 'create',
  'write-files': 'write',
  'start-replica': 'start',
  'remove-replica': 'remove',
  'write-secrets': 'write',
  'create-service': 'create',
  'update-service': 'update',
  'scale-service': 'scale',
  'remove-service': 'remove',
  'remove-networks': 'remove',
  'remove-files': 'remove',
};

function pad(label: string): string {
  return label.padEnd(7);
}

function viewStep(step: PlanStep): PlanStepView {
  const service = 'service' in step ? step.service : null;
  return {
    id: step.id,
    kind: step.kind,
    service,
    summary: summarize(step),
    destructive: step.kind === 'remove-volumes',
    after: step.after,
  };
}

function summarize(step: PlanStep): string {
  if (step.kind === 'start-supervisor') return step.adopts.length > 0 ? `supervisor (adopts ${step.adopts.join(', ')})` : 'supervisor';
  if (step.kind === 'stop-supervisor') return 'supervisor';
  if (step.kind === 'create-data') return `data of ${step.service} (${step.volume})`;
  if (step.kind === 'remove-volumes') return `all data: ${step.volumes.join(', ')}`;
  if (step.kind === 'stop') return `${step.service} (${step.reason})`;
  const ports = Object.values(step.spec.ports).map((listener) => `${listener.host}:${listener.port}`);
  return `${step.service} on ${ports.join(', ')} (${step.reason})`;
}
