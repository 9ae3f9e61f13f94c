import { describe, expect, test } from 'vitest';
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

const figures = (cpuCores: number) => ({ cpuCores, cpuSeconds: 10, memoryBytes: 1000 });

describe('figures', () => {
  const second = { ...well, id: 'second', replica: 2, limits: { cpuCores: 2, memoryBytes: 5000 } };

  test('those of all containers are added up, and told of each', () => {
    const usage = new Map([
      [well.id, figures(0.25)],
      ['second', figures(0.5)],
    ]);
    expect(summarizeReplicas('storage', [second, well], 2, usage)).toMatchObject({
      cpuCores: 0.75,
      rssBytes: 2000,
      instances: [
        { name: 'storage.1', cpuCores: 0.25, memoryBytes: 1000, memoryLimitBytes: null },
        { name: 'storage.2', cpuCores: 0.5, cpuLimitCores: 2, memoryLimitBytes: 5000 },
      ],
    });
  });

  test('a container out of reach has none, and then the whole has none: a part would pass for it', () => {
    expect(summarizeReplicas('storage', [well, second], 2, new Map([[well.id, figures(0.25)]]))).toMatchObject({
      cpuCores: null,
      rssBytes: null,
      instances: [{ cpuCores: 0.25 }, { cpuCores: null, cpuSeconds: null, memoryBytes: null }],
    });
  });

  test('one that does not run takes nothing away from the whole', () => {
    const stopped = { ...second, state: 'stopped' as const, startedAt: null };
    expect(summarizeReplicas('storage', [well, stopped], 2, new Map([[well.id, figures(0.25)]]))).toMatchObject({ cpuCores: 0.25 });
  });
});
