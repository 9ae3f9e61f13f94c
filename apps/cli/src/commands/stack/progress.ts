import type { ApplyEvent } from '@supastor/core/stack/apply';
import type { CliContext } from '../../context.ts';

/** One line for every step that has ended, on stderr. */
export function stepReporter({ output }: CliContext): (event: ApplyEvent) => void {
  return (event) => {
    if (event.kind === 'step-started') return;
    const seconds = `${(event.durationMs / 1000).toFixed(2)} s`.padStart(8);
    const done = event.kind === 'step-done';
    output.progress(
      `  ${done ? output.style.green('✓') : output.style.red('✗')} ${describeStep(event.step, done).padEnd(34)} ${output.style.dim(seconds)}`,
    );
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
