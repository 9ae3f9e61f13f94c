import { describe, expect, test } from 'vitest';
import { viewContainerPlan } from '../containers/container-plan-print.ts';
import type { ContainerStack, SwarmSettings } from '../containers/container-spec.ts';
import { buildContainerStack } from '../containers/desired-containers.ts';
import { printPlan } from '../plan-print.ts';
import { createTestConfig } from '../testing/fixtures.ts';
import type { ObservedSwarm } from './observed-swarm.ts';
import { planSwarm, planSwarmTeardown } from './swarm-plan.ts';
import { buildSwarmServices, hashSwarmService, sealStack } from './swarm-service.ts';

const nothing: ObservedSwarm = { services: [], networks: [], files: [], remembered: [], volumes: [] };

function build(storage: Readonly<Record<string, unknown>> = {}, swarm: Readonly<Record<string, unknown>> = {}): ContainerStack {
  const project = { name: 'demo', mode: 'prod', target: 'swarm' };
  return buildContainerStack(createTestConfig({ project, storage, containers: { host: '0.0.0.0', swarm } }), 'default');
}

function pinned({ swarm }: ContainerStack): SwarmSettings {
  if (swarm === undefined) throw new Error('not for a swarm');
  return { ...swarm, pinnedTo: { id: 'n1-id', name: 'n1' } };
}

/** Everything of the stack, running as wanted. */
function observe(stack: ContainerStack, settings: SwarmSettings): ObservedSwarm {
  const services = buildSwarmServices(stack, settings);
  return {
    services: services.map((service) => ({
      service: service.name,
      specHash: hashSwarmService(service),
      replicas: service.replicas,
      drift: [],
      stuck: null,
    })),
    networks: stack.networks.map(({ name }) => ({ name, encrypted: settings.encrypted })),
    files: services.flatMap(({ container }) => container.files.flatMap(({ digest }) => digest ?? [])),
    remembered: [],
    volumes: ['postgres'],
  };
}

const stack = build({ replicas: 3 });
const settings = pinned(stack);
const running = observe(stack, settings);
const ids = (plan: ReturnType<typeof planSwarm>) => plan.steps.map(({ id }) => id);

describe('a plan for a swarm', () => {
  test('makes networks and files, then services after those they depend on', () => {
    const plan = planSwarm(stack, settings, nothing);
    const step = (id: string) => plan.steps.find((candidate) => candidate.id === id);
    expect(step('service storage')?.after).toEqual(['network front', 'network back', 'files storage', 'service postgres']);
    expect(step('service admin')?.after).toEqual(expect.arrayContaining(['service edge', 'service meta']));
    expect(plan.notes).toEqual(['postgres and storage stay on n1, which has their volumes']);
  });

  test('is empty when everything is as wanted', () => {
    expect(planSwarm(stack, settings, running)).toMatchObject({
      steps: [],
      unchanged: ['postgres', 'storage', 'meta', 'edge', 'admin', 'agent'],
    });
  });

  test('changes exactly the service that a setting is of, and the files of it that are new', () => {
    const changed = build({ replicas: 3, fileSizeLimit: 1000 });
    expect(ids(planSwarm(changed, pinned(changed), running))).toEqual(['service storage']);
  });

  test('scales without a new version, and a new version brings its scale along', () => {
    const more = build({ replicas: 5 });
    expect(planSwarm(more, pinned(more), running).steps).toMatchObject([{ kind: 'scale-service', from: 3, replicas: 5 }]);
    const other = build({ replicas: 5, fileSizeLimit: 1000 });
    expect(planSwarm(other, pinned(other), running).steps).toMatchObject([{ kind: 'update-service', spec: { replicas: 5 } }]);
  });

  test('takes back what somebody else has changed, and finishes an update that stopped half-way', () => {
    const touched = running.services.map((service) => {
      if (service.service === 'storage') return { ...service, drift: ['TaskTemplate.ContainerSpec.Env'] };
      return service.service === 'meta' ? { ...service, stuck: 'its last update stopped half-way: paused' } : service;
    });
    const text = printPlan(viewContainerPlan(planSwarm(stack, settings, { ...running, services: touched })));
    expect(text).toContain('~ update  storage from supastor/storage-api');
    expect(text).toContain('somebody changed TaskTemplate.ContainerSpec.Env');
    expect(text).toContain('~ update  meta');
  });

  test('removes services that are no longer part, and files that no deploy needs; what a rollback needs stays', () => {
    const without = build({ managed: false, endpoint: 'https://files.example.com' });
    const plan = planSwarm(without, pinned(without), { ...running, files: [...running.files, 'old', 'kept'], remembered: ['kept'] });
    expect(plan.steps[0]).toMatchObject({ kind: 'remove-service', service: 'storage' });
    const removed = plan.steps.at(-1);
    expect(removed).toMatchObject({ kind: 'remove-files', volumes: expect.arrayContaining(['old']) });
    expect(removed).not.toMatchObject({ volumes: expect.arrayContaining(['kept']) });
  });

  test('does nothing for the sake of old files alone, or a second up would never be empty', () => {
    expect(planSwarm(stack, settings, { ...running, files: [...running.files, 'old'] }).steps).toEqual([]);
  });

  test('refuses to change the encryption of a network that is there', () => {
    const encrypted = build({ replicas: 3 }, { encrypted: true });
    expect(() => planSwarm(encrypted, pinned(encrypted), running)).toThrow(expect.objectContaining({ code: 'SJ_CONFLICT' }));
  });

  test('never shows a secret', () => {
    expect(JSON.stringify(viewContainerPlan(planSwarm(stack, settings, nothing)))).not.toContain('storage-password');
  });
});

describe('services of a swarm', () => {
  test('what keeps data stays on its node, the agent and admin-api are with managers, the edge is everywhere', () => {
    const services = new Map(buildSwarmServices(stack, settings).map((service) => [service.name, service]));
    expect(services.get('postgres')?.constraints).toEqual(['node.id==n1-id']);
    expect(services.get('storage')?.constraints).toEqual(['node.id==n1-id']);
    expect(services.get('meta')?.constraints).toEqual([]);
    expect(services.get('admin')?.constraints).toEqual(['node.role==manager']);
    expect(services.get('edge')?.replicas).toBe(null);
  });

  test('storage moves freely when its bytes are in a bucket', () => {
    expect(build({ backend: 's3', s3: { bucket: 'b' } }).swarm?.stateful).toEqual(['postgres']);
  });

  test('replicas are found by the names of their tasks', () => {
    const edge = stack.services.find(({ name }) => name === 'edge');
    expect(edge?.files[0]?.content).toContain('server-template storage 1-25 tasks.storage:5000');
    expect(stack.services.find(({ name }) => name === 'storage')?.environment['SUPASTOR_TRUSTED_PROXIES']).toBe('tasks.edge');
  });

  test('a record without its secrets is the same stack', () => {
    const sealed = sealStack(stack);
    expect(JSON.stringify(sealed)).not.toMatch(/storage-password|jwt-secret|session-secret/);
    expect(planSwarm(sealed, settings, running).steps).toEqual([]);
  });
});

describe('a stack that no swarm can run', () => {
  test('asks for a single address', () => {
    const config = createTestConfig({ project: { name: 'demo', target: 'swarm' } });
    expect(() => buildContainerStack(config, 'default')).toThrow(
      expect.objectContaining({ code: 'SJ_CONFIG_INVALID', hint: expect.stringContaining('containers.host: 0.0.0.0') }),
    );
  });

  test('asks for the mesh without virtual addresses', () => {
    expect(() => build({}, { publish: 'ingress' })).toThrow(/endpointMode: vip/);
  });
});

test('a teardown removes what depends on others first, and keeps what a rollback needs unless the data goes too', () => {
  const identity = { project: 'demo', environment: 'default', order: ['postgres', 'storage', 'edge'] as const };
  const seen = {
    ...running,
    services: running.services.filter(({ service }) => ['postgres', 'storage', 'edge'].includes(service)),
    remembered: running.files,
  };
  const kept = planSwarmTeardown(identity, seen, { removeVolumes: false });
  expect(ids(kept)).toEqual(['remove edge', 'remove storage', 'remove postgres', 'remove networks']);
  const destroyed = planSwarmTeardown(identity, seen, { removeVolumes: true });
  expect(destroyed.destructive).toBe(true);
  expect(ids(destroyed).slice(-2)).toEqual(['remove files', 'remove']);
});
