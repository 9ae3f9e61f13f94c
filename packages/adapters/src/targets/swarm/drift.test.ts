import { expect, test } from 'vitest';
import { findDrift } from './drift.ts';

const asked = {
  Name: 'demo',
  Labels: { a: '1' },
  TaskTemplate: { ContainerSpec: { Env: ['A=1'], Mounts: [], Init: true, Privileges: { NoNewPrivileges: true } }, ForceUpdate: 0 },
  Mode: { Replicated: { Replicas: 3 } },
};

test('what the manager fills in or leaves out is no drift', () => {
  const actual = { ...asked, TaskTemplate: { ContainerSpec: { Env: ['A=1'], Init: true, Isolation: 'default' }, Runtime: 'container' } };
  expect(findDrift(asked, actual)).toEqual([]);
});

test('what somebody changed, added or took away is named', () => {
  const { ContainerSpec } = asked.TaskTemplate;
  const changed = {
    ...asked,
    Labels: { a: '2' },
    TaskTemplate: { ContainerSpec: { ...ContainerSpec, Env: ['A=1', 'B=2'], Mounts: [{ Target: '/x' }], Init: false } },
  };
  expect(findDrift(asked, changed)).toEqual([
    'Labels.a',
    'TaskTemplate.ContainerSpec.Env',
    'TaskTemplate.ContainerSpec.Mounts',
    'TaskTemplate.ContainerSpec.Init',
  ]);
});

test('how many there are is not its matter', () => {
  expect(findDrift(asked, { ...asked, Mode: { Replicated: { Replicas: 1 } } })).toEqual([]);
});
