import type { ServiceInstance, ServiceName, ServiceState, ServiceStatus } from '@supastor/contract/wire/service-status';
import { sumUsage } from '../sum-usage.ts';
import type { ObservedReplica } from './observed-containers.ts';

/** From the best to the worst, as far as one of several may be better than the others. */
const RANKS: readonly ServiceState[] = ['healthy', 'starting', 'unhealthy', 'backoff', 'stopping', 'crashed', 'stopped'];

/** What one container uses; null where nobody could say. */
export type InstanceUsage = Pick<ServiceInstance, 'cpuCores' | 'cpuSeconds' | 'memoryBytes'>;

const UNKNOWN: InstanceUsage = { cpuCores: null, cpuSeconds: null, memoryBytes: null };

/**
 * One status for all containers of a service. It is healthy when as many as wanted are; with fewer it is unhealthy as long as one is.
 * `wanted` is null when nobody knows how many there should be. `usage` is by id of a replica.
 */
export function summarizeReplicas(
  name: ServiceName,
  replicas: readonly ObservedReplica[],
  wanted: number | null,
  usage: ReadonlyMap<string, InstanceUsage> = new Map(),
): ServiceStatus {
  const ranked = replicas.toSorted((a, b) => RANKS.indexOf(a.state) - RANKS.indexOf(b.state));
  const healthy = replicas.filter(({ state }) => state === 'healthy').length;
  const total = Math.max(wanted ?? replicas.length, 1);
  const best = ranked[0]?.state ?? 'stopped';
  const state = best === 'healthy' && healthy < total ? 'unhealthy' : best;
  const complaints = ranked
    .filter((replica) => replica.state !== 'healthy')
    .map(({ replica, state: own, detail }) => `${name}.${replica} is ${own}${detail === null ? '' : ` (${detail})`}`);
  const count = total > 1 ? [`${healthy} of ${total} healthy`] : [];
  const starts = replicas.flatMap(({ startedAt }) => startedAt ?? []).toSorted();
  const detail = (healthy === total && total > 1 ? count : [...count, ...complaints]).join('; ');
  const instances = describeInstances(name, replicas, usage);
  return {
    name,
    state,
    specHash: ranked[0]?.specHash ?? null,
    pid: null,
    ports: Object.fromEntries(replicas.flatMap(({ ports }) => Object.entries(ports))),
    startedAt: starts[0] ?? null,
    restarts: replicas.reduce((sum, { restarts }) => sum + restarts, 0),
    ...sumUsage(instances),
    instances: [...instances],
    detail: detail === '' ? null : detail,
  };
}

function describeInstances(
  name: ServiceName,
  replicas: readonly ObservedReplica[],
  usage: ReadonlyMap<string, InstanceUsage>,
): readonly ServiceInstance[] {
  const ordered = replicas.toSorted((a, b) => a.replica - b.replica);
  return ordered.map(({ id, replica, state, startedAt, limits, node = null }) => ({
    name: `${name}.${replica}`,
    state,
    node,
    pid: null,
    startedAt,
    ...(usage.get(id) ?? UNKNOWN),
    cpuLimitCores: limits.cpuCores,
    memoryLimitBytes: limits.memoryBytes,
  }));
}
