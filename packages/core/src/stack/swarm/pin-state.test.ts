import { expect, test } from 'vitest';
import { buildContainerStack } from '../containers/desired-containers.ts';
import { createTestConfig } from '../testing/fixtures.ts';
import type { SwarmNode } from './observed-swarm.ts';
import { pinState } from './pin-state.ts';

const node = (name: string): SwarmNode => ({
  id: `${name}-id`,
  name,
  role: 'worker',
  state: 'ready',
  availability: 'active',
  isLeader: false,
});
const three = [node('n1'), node('n2'), node('n3')];
const there = { id: 'n2-id', name: 'n2' };

function pin(swarm: Readonly<Record<string, unknown>>, nodes: readonly SwarmNode[], before: typeof there | null = null) {
  const config = createTestConfig({
    project: { name: 'demo', target: 'swarm' },
    storage: { replicas: 3 },
    containers: { host: '0.0.0.0', swarm },
  });
  const stack = buildContainerStack(config, 'default');
  if (stack.swarm === undefined) throw new Error('not for a swarm');
  return pinState(stack, stack.swarm, nodes, before);
}

test('the only node has the volumes', () => {
  expect(pin({}, [node('n1')])).toEqual({ id: 'n1-id', name: 'n1' });
});

test('of several nodes somebody must name one, and is told why and which there are', () => {
  expect(() => pin({}, three)).toThrow(
    expect.objectContaining({
      code: 'SJ_CONFIG_INVALID',
      message: expect.stringContaining('storage has 3 replicas and keeps its bytes in a volume'),
      hint: expect.stringContaining('n1, n2, n3, or set storage.backend: s3'),
    }),
  );
  expect(pin({ stateNode: 'n3' }, three)).toEqual({ id: 'n3-id', name: 'n3' });
  expect(() => pin({ stateNode: 'n4' }, three)).toThrow(/names no node/);
});

test('a name that two nodes have is not enough', () => {
  const twins = [node('n1'), { ...node('n1'), id: 'other' }];
  expect(() => pin({ stateNode: 'n1' }, twins)).toThrow(/names 2 nodes/);
  expect(pin({ stateNode: 'other' }, twins)).toEqual({ id: 'other', name: 'n1' });
});

test('where the data is it stays, also when nodes join; another place is refused', () => {
  expect(pin({}, three, there)).toEqual(there);
  expect(() => pin({ stateNode: 'n1' }, three, there)).toThrow(/volumes of this stack are on n2/);
});
