import { SupastorError } from '@supastor/contract/errors';
import { createTestConfig, observeNothing } from './testing/fixtures.ts';
import { expect, test } from 'vitest';
import { applyPlan, type ApplyEvent } from './apply.ts';
import { buildDesiredStack } from './desired.ts';
import { planStack } from './plan.ts';
import type { StackTarget } from './stack-target.port.ts';

const desired = buildDesiredStack(createTestConfig(), 'default');
const plan = planStack(desired, observeNothing(desired));
const now = () => 0;

function targetThat(execute: StackTarget['execute']): StackTarget {
  return { observe: () => Promise.resolve(observeNothing(desired)), execute };
}

test('a step begins once those before it are done', async () => {
  const finished = new Set<string>();
  const tooEarly: string[] = [];
  const target = targetThat(async (step) => {
    if (!step.after.every((id) => finished.has(id))) tooEarly.push(step.id);
    await Promise.resolve();
    finished.add(step.id);
  });
  await applyPlan(plan, target, { now });
  expect(tooEarly).toEqual([]);
  expect(finished.size).toBe(plan.steps.length);
});

test('steps that do not wait for each other run side by side', async () => {
  const meeting = Promise.withResolvers<void>();
  const arrived = new Set<string>();
  const target = targetThat(async (step) => {
    if (step.id !== 'service storage' && step.id !== 'service meta') return;
    arrived.add(step.id);
    if (arrived.size === 2) meeting.resolve();
    await meeting.promise;
  });
  await applyPlan(plan, target, { now });
  expect([...arrived].toSorted()).toEqual(['service meta', 'service storage']);
});

test('after a failure nothing new begins, and the error says how far it got', async () => {
  const events: ApplyEvent[] = [];
  const target = targetThat((step) =>
    step.id === 'service storage'
      ? Promise.reject(new SupastorError('SJ_SERVICE_START_FAILED', 'storage exited', { hint: 'supastor logs storage' }))
      : Promise.resolve(),
  );
  const failure = await applyPlan(plan, target, { now, emit: (event) => events.push(event) }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(SupastorError);
  expect(failure).toMatchObject({ code: 'SJ_SERVICE_START_FAILED', hint: 'supastor logs storage' });
  expect(String(failure)).toContain('not begun: service admin');
  expect(events.filter(({ kind }) => kind === 'step-failed').map(({ step }) => step.id)).toEqual(['service storage']);
});

test('several failures are reported together', async () => {
  const target = targetThat((step) => (step.kind === 'create-data' ? Promise.reject(new Error(`no ${step.volume}`)) : Promise.resolve()));
  const failure = await applyPlan(plan, target, { now }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'SJ_PARTIAL' });
  expect(String(failure)).toContain('no postgres');
  expect(String(failure)).toContain('no objects');
});

test('an interruption lets what runs finish and begins nothing more', async () => {
  const interrupt = new AbortController();
  const executed: string[] = [];
  const target = targetThat((step) => {
    executed.push(step.id);
    interrupt.abort();
    return Promise.resolve();
  });
  await expect(applyPlan(plan, target, { now, signal: interrupt.signal })).rejects.toMatchObject({ code: 'SJ_INTERRUPTED' });
  expect(executed).not.toContain('service postgres');
});
