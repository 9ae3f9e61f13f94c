import { type Config, configSchema } from '@supastor/contract/config/schema';
import type { ServiceName, ServiceStatus } from '@supastor/contract/wire/service-status';
import type { DesiredStack } from '../desired.ts';
import { placeSpec } from '../references.ts';
import type { Listener, PlacedSpec } from '../service-spec.ts';
import { hashSpec } from '../spec-hash.ts';
import type { ObservedService, ObservedStack, PortChoice } from '../stack-target.port.ts';

/** A whole configuration with every secret set; `changes` are merged over it, group by group. */
export function createTestConfig(changes: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {}): Config {
  const base: Record<string, Readonly<Record<string, unknown>>> = {
    project: { name: 'demo' },
    postgres: { password: 'pg-password', storagePassword: 'storage-password' },
    meta: { cryptoKey: 'crypto-key-0123456789' },
    admin: { password: 'admin-password', sessionSecret: 'session-secret-0123456789-0123456789' },
    auth: {
      jwtSecret: 'jwt-secret-0123456789-0123456789-0123456789',
      anonKey: 'anon.key',
      serviceRoleKey: 'service.key',
      s3AccessKeyId: 's3-id',
      s3AccessKeySecret: 's3-secret',
    },
  };
  const groups = new Set([...Object.keys(base), ...Object.keys(changes)]);
  return configSchema.parse(Object.fromEntries([...groups].map((group) => [group, { ...base[group], ...changes[group] }])));
}

/** The port every listener prefers. */
export function preferredPorts(desired: DesiredStack): readonly PortChoice[] {
  return desired.services.flatMap(({ name: service, ports }) =>
    Object.entries(ports).map(([name, { host, port }]) => ({ service, name, host, preferred: port, remembered: null, chosen: port })),
  );
}

/** The desired services, placed on the chosen ports. */
export function placeAll(desired: DesiredStack, ports: readonly PortChoice[]): readonly PlacedSpec[] {
  const listeners: Record<string, Listener> = {};
  for (const { service, name, host, chosen } of ports) listeners[`${service}.${name}`] = { host, port: chosen };
  return desired.services.map((spec) => placeSpec(spec, listeners));
}

/** A stack of which nothing exists yet. */
export function observeNothing(desired: DesiredStack): ObservedStack {
  return { supervisor: 'absent', supervisorPid: null, services: [], volumes: [], ports: preferredPorts(desired), notes: [] };
}

/** A stack that runs exactly as desired. */
export function observeRunning(desired: DesiredStack, changes: Partial<ObservedStack> = {}): ObservedStack {
  const ports = changes.ports ?? preferredPorts(desired);
  const services = placeAll(desired, ports).map((spec): ObservedService => ({
    spec,
    status: createStatus(spec.name, { specHash: hashSpec(spec) }),
  }));
  const volumes = desired.services.flatMap((spec) => spec.volumes);
  return { supervisor: 'running', supervisorPid: 100, services, volumes, ports, notes: [], ...changes };
}

export function createStatus(name: ServiceName, changes: Partial<ServiceStatus> = {}): ServiceStatus {
  return {
    name,
    state: 'healthy',
    specHash: null,
    pid: 4711,
    ports: {},
    startedAt: '2026-01-01T00:00:00.000Z',
    restarts: 0,
    cpuCores: 0.01,
    rssBytes: 1_000_000,
    instances: [],
    detail: null,
    ...changes,
  };
}
