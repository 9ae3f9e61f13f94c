import { describe, expect, test } from 'vitest';
import { createTestConfig } from '../testing/fixtures.ts';
import { printPlan } from '../plan-print.ts';
import { planContainers, planContainerTeardown } from './container-plan.ts';
import { viewContainerPlan } from './container-plan-print.ts';
import { buildContainerStack } from './desired-containers.ts';
import { observeStack, replicaOf } from './testing/fake-container-target.ts';

const config = createTestConfig({ project: { name: 'demo', mode: 'prod', target: 'docker' } });
const stack = buildContainerStack(config, 'default', { storage: 3, meta: 2 });
const scaled = (storage: number) => buildContainerStack(config, 'default', { storage, meta: 2 });
const nothing = { replicas: [], networks: [], volumes: [], files: [], images: [] };
const ids = (plan: { readonly steps: readonly { readonly id: string }[] }) => plan.steps.map(({ id }) => id);
const spec = (name: string, of = stack) => {
  const found = of.services.find((service) => service.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};

describe('a plan of containers', () => {
  test('starts everything where there is nothing, what others depend on first', () => {
    const plan = planContainers(stack, nothing);
    expect(ids(plan).filter((id) => id.startsWith('start'))).toEqual([
      'start postgres.1',
      'start storage.1',
      'start storage.2',
      'start storage.3',
      'start meta.1',
      'start meta.2',
      'start edge.1',
      'start admin.1',
      'start agent.1',
    ]);
    expect(plan.steps.find(({ id }) => id === 'start storage.2')?.after).toEqual(
      expect.arrayContaining(['files storage', 'volume objects', 'network front', 'start postgres.1']),
    );
  });

  test('is empty when everything runs as wanted', () => {
    const plan = planContainers(stack, observeStack(stack));
    expect(plan.steps).toEqual([]);
    expect(plan.unchanged).toEqual(['postgres', 'storage', 'meta', 'edge', 'admin', 'agent']);
  });

  test('touches only the services that a changed setting is of', () => {
    const changed = buildContainerStack(
      createTestConfig({ project: { name: 'demo', mode: 'prod', target: 'docker' }, storage: { fileSizeLimit: 1000 } }),
      'default',
      { storage: 3, meta: 2 },
    );
    const plan = planContainers(changed, observeStack(stack));
    expect(plan.unchanged).toEqual(['postgres', 'meta', 'edge', 'admin', 'agent']);
    expect(ids(plan)).toEqual([
      'start storage.4',
      'remove storage.1',
      'start storage.5',
      'remove storage.2',
      'start storage.6',
      'remove storage.3',
    ]);
    expect(plan.steps.slice(1).map(({ after }) => after)).toEqual(plan.steps.slice(0, -1).map(({ id }) => [id]));
  });

  test('starts more and removes surplus without touching the others', () => {
    expect(ids(planContainers(scaled(5), observeStack(stack)))).toEqual(['start storage.4', 'start storage.5']);
    expect(ids(planContainers(scaled(1), observeStack(stack)))).toEqual(['remove storage.2', 'remove storage.3']);
  });

  test('replaces a sick container after its substitute is healthy', () => {
    const seen = observeStack(stack);
    const replicas = seen.replicas.map((replica) =>
      replica.id === 'storage-2' ? replicaOf(spec('storage'), 2, { state: 'unhealthy', detail: 'paused' }) : replica,
    );
    const plan = planContainers(stack, { ...seen, replicas });
    expect(ids(plan)).toEqual(['start storage.4', 'remove storage.2']);
    expect(printPlan(viewContainerPlan(plan))).toContain('storage.2 (unhealthy: paused)');
  });

  test('stops what two must never own before its successor starts, and says so', () => {
    const other = {
      ...stack,
      services: stack.services.map((each) => (each.name === 'postgres' ? { ...each, image: 'postgres:18' } : each)),
    };
    const plan = planContainers(other, observeStack(stack, { images: ['postgres:18'] }));
    expect(ids(plan).filter((id) => id.includes('postgres.'))).toEqual(['remove postgres.1', 'start postgres.1']);
    expect(plan.notes.join()).toContain('postgres is away');
  });

  test('shows no secret', () => {
    const shown = JSON.stringify(viewContainerPlan(planContainers(stack, nothing)));
    expect(shown).not.toContain('pg-password');
    expect(shown).not.toContain('jwt-secret');
  });

  test('takes everything down in reverse, and data only when asked', () => {
    const order = ['postgres', 'storage', 'meta', 'edge', 'admin', 'agent'] as const;
    const identity = { project: 'demo', environment: 'default', order };
    const kept = planContainerTeardown(identity, observeStack(stack), { removeVolumes: false });
    expect(ids(kept).slice(0, 2)).toEqual(['remove agent.1', 'remove admin.1']);
    expect(ids(kept).at(-2)).toBe('remove postgres.1');
    expect(kept.destructive).toBe(false);
    const destroyed = planContainerTeardown(identity, observeStack(stack), { removeVolumes: true });
    expect(destroyed.destructive).toBe(true);
    expect(ids(destroyed).at(-1)).toBe('remove');
  });
});

describe('the containers of a configuration', () => {
  test('have their secrets in files only', () => {
    const environments = JSON.stringify(stack.services.map(({ environment, command }) => ({ environment, command })));
    for (const secret of ['pg-password', 'storage-password', 'jwt-secret', 'service.key', 'crypto-key', 'session-secret', 'admin-password'])
      expect(environments).not.toContain(secret);
    expect(spec('storage').files.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['DATABASE_URL', 'AUTH_JWT_SECRET', 'SERVICE_KEY']),
    );
    expect(spec('storage').environment).toMatchObject({ DATABASE_URL_FILE: '/run/supastor/DATABASE_URL', SERVER_HOST: '0.0.0.0' });
  });

  test('publish the edge alone', () => {
    expect(stack.services.filter(({ published }) => published.length > 0).map(({ name }) => name)).toEqual(['edge']);
  });

  test('keep the edge as it is when the number of replicas changes', () => {
    expect(spec('edge', scaled(7))).toEqual(spec('edge'));
  });
});
