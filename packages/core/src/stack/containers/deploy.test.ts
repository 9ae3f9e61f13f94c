import { expect, test } from 'vitest';
import { createTestConfig } from '../testing/fixtures.ts';
import type { ContainerStack } from './container-spec.ts';
import { deployContainers, type DeployRequest } from './deploy.ts';
import { buildContainerStack } from './desired-containers.ts';
import { createFakeContainerTarget } from './testing/fake-container-target.ts';

const config = createTestConfig({ project: { name: 'demo', mode: 'prod', target: 'docker' } });
const stack = buildContainerStack(config, 'default', { storage: 3 });

function withImage(image: string): ContainerStack {
  return { ...stack, services: stack.services.map((spec) => (spec.name === 'storage' ? { ...spec, image } : spec)) };
}

function request(wanted: ContainerStack, changes: Partial<DeployRequest> = {}): DeployRequest {
  return {
    holder: { who: 'ann@host', purpose: 'supastor up' },
    want: () => ({ stack: wanted, scaled: [], extras: [], restores: null }),
    clock: { now: () => 0, monotonic: () => 0 },
    ...changes,
  };
}

test('a deploy is written down with who, what and how it ended; the same again does and writes nothing', async () => {
  const target = createFakeContainerTarget();
  await deployContainers(target, request(stack));
  expect(target.records).toMatchObject([{ id: 1, who: 'ann@host', command: 'supastor up', outcome: 'done', stack: { project: 'demo' } }]);
  const again = await deployContainers(target, request(stack));
  expect(again.steps).toEqual([]);
  expect(target.records).toHaveLength(1);
});

test('a version that does not get healthy gives way to the one before, which served all along', async () => {
  const target = createFakeContainerTarget();
  await deployContainers(target, request(stack));
  const before = target.replicas.map(({ id }) => id);
  target.broken.add('storage:broken');
  await expect(deployContainers(target, request(withImage('storage:broken')))).rejects.toMatchObject({
    code: 'SJ_ROLLED_BACK',
    message: expect.stringContaining('storage:broken is broken'),
  });
  expect(target.replicas.map(({ id }) => id)).toEqual(before);
  expect(target.records.map(({ outcome }) => outcome)).toEqual(['done', 'rolled-back']);
  await deployContainers(target, request(withImage('storage:next')));
  expect(target.replicas.filter(({ service }) => service === 'storage').map(({ image }) => image)).toEqual(Array(3).fill('storage:next'));
});

test('a first deploy that fails has nothing to go back to and says what failed', async () => {
  const target = createFakeContainerTarget();
  target.broken.add('storage:broken');
  await expect(deployContainers(target, request(withImage('storage:broken')))).rejects.toThrow(/is broken/);
  expect(target.records).toMatchObject([{ outcome: 'failed' }]);
});

test('a deploy that was cut off is closed by the next one', async () => {
  const target = createFakeContainerTarget();
  await deployContainers(target, request(stack));
  const [first] = target.records;
  if (first) target.records.push({ ...first, id: 2, outcome: 'running', finishedAt: null });
  await deployContainers(target, request(withImage('storage:next')));
  expect(target.records.map(({ id, outcome }) => [id, outcome])).toEqual([
    [1, 'done'],
    [2, 'interrupted'],
    [3, 'done'],
  ]);
});
