import { createTestConfig } from '@supastor/core/stack/testing/fixtures';
import { buildContainerStack } from '@supastor/core/stack/containers/desired-containers';
import { buildSwarmServices } from '@supastor/core/stack/swarm/swarm-service';
import type { SwarmNode } from '@supastor/core/stack/swarm/observed-swarm';
import { expect, test } from 'vitest';
import { prepareSwarmStack, settingsOf } from './prepare-stack.ts';
import { serviceOptions } from './service-options.ts';

const node: SwarmNode = { id: 'n1-id', name: 'n1', role: 'manager', state: 'ready', availability: 'active', isLeader: true };
const config = createTestConfig({
  project: { name: 'demo', target: 'swarm' },
  storage: { replicas: 3 },
  containers: { host: '0.0.0.0', memory: { storage: 512_000_000 }, swarm: { spreadOver: 'node.labels.zone', parallelism: 2 } },
});
const stack = prepareSwarmStack(buildContainerStack(config, 'default'), [], [node]);
const services = buildSwarmServices(stack, settingsOf(stack));
const none = { networks: new Map<string, string>(), files: new Map() };
const options = new Map(services.map((service) => [service.name, serviceOptions(stack, service, none)]));

test('every task is hardened', () => {
  for (const { TaskTemplate } of options.values()) {
    expect(TaskTemplate).toMatchObject({
      ContainerSpec: { ReadOnly: true, Init: true, CapabilityDrop: ['ALL'], Privileges: { NoNewPrivileges: true } },
      Resources: { Limits: { Pids: 512 } },
      RestartPolicy: { Condition: 'any' },
      LogDriver: { Name: 'json-file', Options: { 'max-file': '5' } },
    });
  }
});

test('updates go as configured and back by themselves; what two must never own stops first', () => {
  expect(options.get('storage')).toMatchObject({
    Mode: { Replicated: { Replicas: 3 } },
    UpdateConfig: { Parallelism: 2, Order: 'start-first', FailureAction: 'rollback', Monitor: 5e9 },
    TaskTemplate: {
      Placement: { Preferences: [{ Spread: { SpreadDescriptor: 'node.labels.zone' } }] },
      Resources: { Limits: { MemoryBytes: 512_000_000 } },
    },
  });
  expect(options.get('postgres')).toMatchObject({
    UpdateConfig: { Order: 'stop-first' },
    TaskTemplate: { Placement: { Constraints: ['node.id==n1-id'] } },
  });
});

test('one service has a port, on every node', () => {
  const ports = [...options].flatMap(([name, { EndpointSpec }]) => EndpointSpec.Ports.map((port) => [name, port]));
  expect(ports).toEqual([['edge', { Protocol: 'tcp', TargetPort: 8000, PublishedPort: 8000, PublishMode: 'host' }]]);
});

test('no secret is in what everybody can read of a service', () => {
  const told = JSON.stringify([...options.values()]);
  for (const secret of ['pg-password', 'storage-password', 'jwt-secret', 'service.key', 'session-secret'])
    expect(told).not.toContain(secret);
});

test('Postgres sets itself up with verifiers of passwords, the same ones each time', () => {
  const again = prepareSwarmStack(buildContainerStack(config, 'default'), [], [node]);
  expect(again).toEqual(stack);
  expect(prepareSwarmStack(stack, [], [node])).toEqual(stack);
  const setup = stack.services.find(({ name }) => name === 'postgres')?.files.find(({ name }) => name === 'setup.sql');
  expect(setup?.content).toMatch(/alter role postgres password 'SCRAM-SHA-256\$|alter role "postgres" password 'SCRAM-SHA-256\$/);
  expect(setup?.content).not.toContain('pg-password');
});
