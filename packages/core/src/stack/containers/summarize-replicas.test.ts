import { expect, test } from 'vitest';
import { createTestConfig } from '../testing/fixtures.ts';
import { buildContainerStack } from './desired-containers.ts';
import { summarizeReplicas } from './summarize-replicas.ts';
import { replicaOf } from './testing/fake-container-target.ts';

const [postgres] = buildContainerStack(createTestConfig(), 'default').services;
if (!postgres) throw new Error('no service');
const well = replicaOf(postgres, 1);
const sick = replicaOf(postgres, 2, { state: 'unhealthy', detail: 'paused', restarts: 2 });

test('a service is healthy when as many containers as wanted are', () => {
  expect(summarizeReplicas('storage', [well, { ...well, replica: 2 }], 2)).toMatchObject({ state: 'healthy', detail: '2 of 2 healthy' });
  expect(summarizeReplicas('storage', [well], 1)).toMatchObject({ state: 'healthy', detail: null });
});

test('fewer make it unhealthy, and it says which and why', () => {
  expect(summarizeReplicas('storage', [well, sick], 2)).toMatchObject({
    state: 'unhealthy',
    detail: '1 of 2 healthy; storage.2 is unhealthy (paused)',
    restarts: 2,
  });
  expect(summarizeReplicas('storage', [well], 3)).toMatchObject({ state: 'unhealthy', detail: '1 of 3 healthy' });
});

test('what has no container is stopped', () => {
  expect(summarizeReplicas('meta', [], 2)).toMatchObject({ state: 'stopped' });
});
