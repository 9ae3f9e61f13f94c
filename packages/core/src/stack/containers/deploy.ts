import type { Extra } from '@supastor/contract/config/containers';
import { SupastorError } from '@supastor/contract/errors';
import { type ApplyEvent, applyPlan } from '../apply.ts';
import type { ContainerPlan } from './container-plan.ts';
import { viewContainerPlan } from './container-plan-print.ts';
import type { ContainerStack } from './container-spec.ts';
import type { ContainerTarget, LockHolder } from './container-target.port.ts';
import { type DeployRecord, deployRecordSchema, type Scaled } from '@supastor/contract/wire/deploy-record';

export interface DeployRequest {
  readonly holder: LockHolder;
  /** The stack that is wanted, given what was deployed before. */
  readonly want: (history: readonly DeployRecord[]) => Wanted;
  readonly signal?: AbortSignal;
  readonly emit?: (event: ApplyEvent) => void;
  /** Told what will be done, before it is. */
  readonly planned?: (plan: ContainerPlan) => void;
  /** Told that the stack before is brought back, and why. */
  readonly rollingBack?: (error: unknown, to: DeployRecord) => void;
  readonly clock: { now(): number; monotonic(): number };
}

export interface Wanted {
  readonly stack: ContainerStack;
  readonly scaled: readonly Scaled[];
  readonly extras: readonly Extra[];
  readonly restores: number | null;
}

/**
 * Makes what runs what is wanted, alone, and writes it into the history. When a step fails, the stack of the last deploy that went
 * well is brought back.
 * @throws SJ_LOCKED; SJ_ROLLED_BACK when the stack before is back; the step's own error when there is none to go back to;
 *   SJ_PARTIAL when going back failed too; SJ_INTERRUPTED, and what was begun stays
 */
export async function deployContainers(target: ContainerTarget, request: DeployRequest): Promise<ContainerPlan> {
  const lock = await target.lock(request.holder);
  try {
    const history = await closeAbandoned(target, await target.history.list(), request);
    const asked = request.want(history);
    const wanted = { ...asked, stack: await target.prepare(asked.stack, history) };
    const plan = await target.plan(wanted.stack);
    request.planned?.(plan);
    const last = history.at(-1);
    if (plan.steps.length === 0 && last?.outcome === 'done' && sameAsked(last, wanted)) return plan;
    const record = newRecord(history, wanted, plan, request);
    await target.history.write(record);
    try {
      await apply(plan, target, request);
    } catch (error) {
      throw await recover({ target, request, history, record, error });
    }
    await target.history.write(close(record, request, 'done', null));
    return plan;
  } finally {
    await lock.release();
  }
}

function apply(plan: ContainerPlan, target: ContainerTarget, request: DeployRequest, signal = request.signal): Promise<void> {
  const { emit, clock } = request;
  return applyPlan(plan, target, { ...(signal ? { signal } : {}), ...(emit ? { emit } : {}), now: () => clock.monotonic() });
}

interface Failure {
  readonly target: ContainerTarget;
  readonly request: DeployRequest;
  readonly history: readonly DeployRecord[];
  readonly record: DeployRecord;
  readonly error: unknown;
}

/** Says what is to be thrown, after the stack before was brought back if there is one. */
async function recover({ target, request, history, record, error }: Failure): Promise<unknown> {
  const why = messageOf(error);
  if (request.signal?.aborted === true) {
    await target.history.write(close(record, request, 'interrupted', why));
    return error;
  }
  const before = lastGood(history);
  if (before === null) {
    await target.history.write(close(record, request, 'failed', why));
    return error;
  }
  request.rollingBack?.(error, before);
  try {
    await apply(await target.plan(before.stack), target, request, AbortSignal.timeout(ROLLBACK_TIMEOUT_MS));
  } catch (second) {
    await target.history.write(close(record, request, 'failed', `${why}; and going back: ${messageOf(second)}`));
    return new SupastorError('SJ_PARTIAL', `${why}\nDeploy ${before.id} could not be brought back: ${messageOf(second)}`, {
      hint: 'supastor status',
      cause: error,
    });
  }
  await target.history.write(close(record, request, 'rolled-back', why));
  return new SupastorError('SJ_ROLLED_BACK', `${why}\nDeploy ${before.id} is back and serves as before`, {
    hint: 'mend what failed and run `supastor up` again; `supastor deploys` has the history',
    cause: error,
    meta: { restored: before.id },
  });
}

const ROLLBACK_TIMEOUT_MS = 15 * 60_000;

/** The newest deploy that went well. */
export function lastGood(history: readonly DeployRecord[]): DeployRecord | null {
  return history.findLast(({ outcome }) => outcome === 'done') ?? null;
}

/** We hold the lock, so a deploy that is still said to run was cut off. */
async function closeAbandoned(
  target: ContainerTarget,
  history: readonly DeployRecord[],
  request: DeployRequest,
): Promise<readonly DeployRecord[]> {
  const closed = history.map((record) => (record.outcome === 'running' ? close(record, request, 'interrupted', 'was cut off') : record));
  for (const [index, record] of closed.entries()) if (record !== history[index]) await target.history.write(record);
  return closed;
}

function newRecord(history: readonly DeployRecord[], wanted: Wanted, plan: ContainerPlan, { holder, clock }: DeployRequest): DeployRecord {
  return deployRecordSchema.parse({
    id: (history.at(-1)?.id ?? 0) + 1,
    startedAt: new Date(clock.now()).toISOString(),
    finishedAt: null,
    who: holder.who,
    command: holder.purpose,
    outcome: 'running',
    detail: null,
    steps: viewContainerPlan(plan).steps.map(({ kind, summary }) => `${kind} ${summary}`),
    restores: wanted.restores,
    scaled: [...wanted.scaled],
    extras: [...wanted.extras],
    stack: wanted.stack,
  } satisfies Readonly<Record<keyof DeployRecord, unknown>>);
}

function close(record: DeployRecord, { clock }: DeployRequest, outcome: DeployRecord['outcome'], detail: string | null): DeployRecord {
  return { ...record, outcome, detail, finishedAt: new Date(clock.now()).toISOString() };
}

type Asked = Pick<Wanted, 'scaled' | 'extras'>;

function sameAsked(a: Asked, b: Asked): boolean {
  return JSON.stringify([a.scaled, a.extras]) === JSON.stringify([b.scaled, b.extras]);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
