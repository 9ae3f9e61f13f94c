import type { ApplyEvent } from '@supastor/core/stack/apply';
import type { CliContext } from '../../context.ts';

/** How often a step that takes long says how far it is. */
const REPORT_EVERY_MS = 3000;

/** One line for every step that has ended, on stderr; what takes long says in between how far it is. */
export function stepReporter({ output }: Pick<CliContext, 'output'>, now = () => performance.now()): (event: ApplyEvent) => void {
  const told = new Map<string, { readonly text: string; readonly atMs: number }>();
  return (event) => {
    const { step } = event;
    if (event.kind === 'step-started') {
      told.set(step.id, { text: '', atMs: now() });
      return;
    }
    if (event.kind === 'step-progress') {
      const before = told.get(step.id);
      const isDue = before === undefined || now() - before.atMs >= REPORT_EVERY_MS;
      told.set(step.id, { text: event.text, atMs: isDue ? now() : before.atMs });
      if (isDue) output.progress(`    ${subjectOf(step)} ${output.style.dim(event.text)}`);
      return;
    }
    const seconds = `${(event.durationMs / 1000).toFixed(2)} s`.padStart(8);
    const done = event.kind === 'step-done';
    const mark = done ? output.style.green('✓') : output.style.red('✗');
    const last = told.get(step.id)?.text ?? '';
    const result = done && last.startsWith('sha256:') ? ` ${last}` : '';
    output.progress(`  ${mark} ${describeStep(step, done).padEnd(34)} ${output.style.dim(`${seconds}${result}`)}`);
  };
}

const DONE: Readonly<Record<ApplyEvent['step']['kind'], string>> = {
  'start-supervisor': 'ready',
  'create-data': 'data created',
  start: 'healthy',
  restart: 'restarted',
  update: 'updated',
  stop: 'stopped',
  'stop-supervisor': 'stopped',
  'remove-volumes': 'removed',
  'pull-image': 'pulled',
  'create-network': 'created',
  'create-volume': 'created',
  'write-files': 'files written',
  'start-replica': 'healthy',
  'remove-replica': 'removed',
  'write-secrets': 'files written',
  'create-service': 'healthy',
  'update-service': 'updated',
  'scale-service': 'scaled',
  'remove-service': 'removed',
  'remove-networks': 'removed',
  'remove-files': 'removed',
};

function describeStep(step: ApplyEvent['step'], done: boolean): string {
  return `${subjectOf(step).padEnd(11)} ${done ? DONE[step.kind] : `failed (${step.kind})`}`;
}

function subjectOf(step: ApplyEvent['step']): string {
  switch (step.kind) {
    case 'start-replica':
    case 'remove-replica':
      return `${step.service}.${step.replica}`;
    case 'pull-image':
      return step.image;
    case 'create-network':
      return step.network.name;
    case 'create-volume':
      return step.volume;
    case 'write-files':
      return step.spec.name;
    case 'remove-networks':
      return 'networks';
    case 'remove-files':
      return 'old files';
    case 'remove-volumes':
      return 'data';
    case 'start-supervisor':
    case 'stop-supervisor':
      return 'supervisor';
    default:
      return step.service;
  }
}
