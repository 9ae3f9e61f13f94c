import type { SwarmNode } from '@supastor/core/stack/swarm/observed-swarm';
import { expect, test } from 'vitest';
import { isComplete } from './converge.ts';
import { describeReplicas } from './tasks.ts';
import { type Task, taskSchema } from './wire.ts';

const node = (name: string, state = 'ready'): SwarmNode => ({
  id: name,
  name,
  role: 'worker',
  state,
  availability: 'active',
  isLeader: false,
});
const nodes = [node('n1'), node('n2', 'down')];
const info = {
  Spec: { Name: 'demo-default-storage', Labels: { 'io.supastor.ports': '{"http":8000}' }, Mode: {}, TaskTemplate: { ForceUpdate: 0 } },
};

function task(id: string, state: string, changes: Readonly<Record<string, unknown>> = {}): Task {
  return taskSchema.parse({
    ID: id,
    NodeID: 'n1',
    Slot: 1,
    CreatedAt: `2026-01-01T00:00:0${id}Z`,
    DesiredState: 'running',
    Spec: { ContainerSpec: { Image: 'storage:1', Labels: { 'io.supastor.spec-hash': 'a' } } },
    Status: { State: state, Timestamp: '2026-01-01T00:00:00Z' },
    ...changes,
  });
}

test('a place has the task that should run, and tells what became of those before', () => {
  const failed = task('1', 'failed', { DesiredState: 'shutdown', Status: { State: 'failed', Err: 'task: non-zero exit (1)' } });
  expect(describeReplicas('storage', info, [failed, task('2', 'starting')], nodes)).toMatchObject([
    { id: '2', replica: 1, state: 'backoff', detail: 'task: non-zero exit (1)', restarts: 1, node: 'n1', ports: { http: 8000 } },
  ]);
  expect(describeReplicas('storage', info, [failed, task('2', 'running')], nodes)).toMatchObject([{ state: 'healthy', restarts: 1 }]);
});

test('what was replaced by a new version is no failure of that one', () => {
  const other = { ContainerSpec: { Image: 'storage:0', Labels: { 'io.supastor.spec-hash': 'b' } } };
  const failed = task('1', 'failed', { DesiredState: 'shutdown', Spec: other });
  expect(describeReplicas('storage', info, [failed, task('2', 'running')], nodes)).toMatchObject([{ state: 'healthy', restarts: 0 }]);
});

test('a task of a node that is down is not healthy, whatever was heard of it last', () => {
  expect(describeReplicas('storage', info, [task('1', 'running', { NodeID: 'n2' })], nodes)).toMatchObject([
    { state: 'unhealthy', detail: 'n2 is down', node: 'n2' },
  ]);
});

test('a task without a node says why', () => {
  const pending = task('1', 'pending', {
    NodeID: '',
    Status: { State: 'pending', Err: 'no suitable node (scheduling constraints not satisfied on 3 nodes)' },
  });
  expect(describeReplicas('storage', info, [pending], nodes)).toMatchObject([
    { state: 'starting', detail: expect.stringContaining('no suitable node'), node: null },
  ]);
});

test('one on every node is told apart by its node', () => {
  const everywhere = [task('1', 'running', { Slot: 0 }), task('2', 'running', { Slot: 0, NodeID: 'n3' })];
  expect(describeReplicas('edge', info, everywhere, nodes).map(({ replica }) => replica)).toEqual([1, 2]);
});

test('a service has converged when all of its tasks are of the new version and run, and no other should', () => {
  const old = task('1', 'running');
  const fresh = task('2', 'running', { Slot: 2 });
  expect(isComplete([old, fresh], [fresh], 2)).toBe(false);
  expect(isComplete([old, fresh], [old, fresh], 2)).toBe(true);
  expect(isComplete([old, task('2', 'starting', { Slot: 2 })], [old, task('2', 'starting', { Slot: 2 })], 2)).toBe(false);
  expect(isComplete([{ ...old, DesiredState: 'shutdown' }, fresh], [fresh], 1)).toBe(true);
});
