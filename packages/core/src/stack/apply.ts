import { SupastorError } from '@supastor/contract/errors';
import type { ContainerStep } from './containers/container-plan.ts';
import type { PlanStep } from './plan.ts';

type AnyStep = PlanStep | ContainerStep;

/** What happens while a plan is applied, for progress views. */
export type ApplyEvent =
  | { readonly kind: 'step-started'; readonly step: AnyStep }
  | { readonly kind: 'step-progress'; readonly step: AnyStep; readonly text: string }
  | { readonly kind: 'step-done'; readonly step: AnyStep; readonly durationMs: number }
  | { readonly kind: 'step-failed'; readonly step: AnyStep; readonly durationMs: number; readonly error: unknown };

/** Tells how far a step is; what is told last belongs to its result, such as a digest. */
export type TellProgress = (text: string) => void;

export interface ApplyOptions {
  readonly signal?: AbortSignal;
  readonly emit?: (event: ApplyEvent) => void;
  /** Milliseconds that only move forward. */
  readonly now: () => number;
}

/**
 * Carries out a plan: each step as soon as those before it are done, independent ones side by side.
 * After a failure nothing new begins; what is under way is waited for.
 * @throws the step's own error when one step failed, SJ_PARTIAL when several did; both say what was done and what was not
 */
export async function applyPlan<Step extends AnyStep>(
  plan: { readonly steps: readonly Step[] },
  target: { execute(step: Step, signal?: AbortSignal, tell?: TellProgress): Promise<void> },
  options: ApplyOptions,
): Promise<void> {
  const done = new Set<string>();
  const failures: { readonly step: Step; readonly error: unknown }[] = [];
  const waiting = new Set(plan.steps);
  const running = new Map<string, Promise<void>>();
  const run = async (step: Step): Promise<void> => {
    const startedAt = options.now();
    options.emit?.({ kind: 'step-started', step });
    try {
      await target.execute(step, options.signal, (text) => options.emit?.({ kind: 'step-progress', step, text }));
      done.add(step.id);
      options.emit?.({ kind: 'step-done', step, durationMs: options.now() - startedAt });
    } catch (error) {
      failures.push({ step, error });
      options.emit?.({ kind: 'step-failed', step, durationMs: options.now() - startedAt, error });
    } finally {
      running.delete(step.id);
    }
  };
  while (waiting.size > 0 || running.size > 0) {
    const ready =
      failures.length > 0 || options.signal?.aborted ? [] : [...waiting].filter((step) => step.after.every((id) => done.has(id)));
    for (const step of ready) {
      waiting.delete(step);
      running.set(step.id, run(step));
    }
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  if (failures.length > 0) throw summarizeFailure(failures, done, waiting);
  if (options.signal?.aborted) throw new SupastorError('SJ_INTERRUPTED', `Interrupted; ${describeProgress(done, waiting)}`);
  if (waiting.size > 0) throw new SupastorError('SJ_INTERNAL', `The plan is circular: ${names(waiting)}`);
}

function summarizeFailure(
  failures: readonly { readonly step: AnyStep; readonly error: unknown }[],
  done: ReadonlySet<string>,
  waiting: ReadonlySet<AnyStep>,
): unknown {
  const [first] = failures;
  const progress = describeProgress(done, waiting);
  if (failures.length === 1 && first) {
    if (!(first.error instanceof SupastorError)) return first.error;
    const { code, message, hint, meta, cause } = first.error;
    return new SupastorError(code, `${message}\n(${progress})`, {
      ...(hint === undefined ? {} : { hint }),
      ...(meta === undefined ? {} : { meta }),
      cause,
    });
  }
  const list = failures.map(({ step, error }) => `${step.id}: ${error instanceof Error ? error.message : String(error)}`);
  return new SupastorError('SJ_PARTIAL', `${failures.length} steps failed:\n${list.join('\n')}\n(${progress})`, {
    hint: 'supastor status',
  });
}

function describeProgress(done: ReadonlySet<string>, waiting: ReadonlySet<AnyStep>): string {
  const finished = done.size === 0 ? 'nothing was changed' : `done: ${[...done].join(', ')}`;
  return waiting.size === 0 ? finished : `${finished}; not begun: ${names(waiting)}`;
}

function names(steps: ReadonlySet<AnyStep>): string {
  return [...steps].map((step) => step.id).join(', ');
}
