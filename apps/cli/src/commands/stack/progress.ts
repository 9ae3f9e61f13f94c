import type { ApplyEvent } from '@supastor/core/stack/apply';
import type { PlanStep } from '@supastor/core/stack/plan';
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

const DONE: Readonly<Record<PlanStep['kind'], string>> = {
  'start-supervisor': 'ready',
  'create-data': 'data created',
  start: 'healthy',
  restart: 'restarted',
  update: 'updated',
  stop: 'stopped',
  'stop-supervisor': 'stopped',
  'remove-volumes': 'removed',
};

function describeStep(step: PlanStep, done: boolean): string {
  const subject = 'service' in step ? step.service : step.kind === 'remove-volumes' ? 'data' : 'supervisor';
  return `${subject.padEnd(12)}${done ? DONE[step.kind] : `failed (${step.kind})`}`;
}
