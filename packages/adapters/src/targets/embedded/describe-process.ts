import type { ServiceInstance, ServiceState, ServiceStatus } from '@supastor/contract/wire/service-status';
import type { PlacedSpec } from '@supastor/core/stack/service-spec';
import { hashSpec } from '@supastor/core/stack/spec-hash';
import type { MeteredUsage } from './process-meter.ts';

interface ObservedProcess {
  readonly state: ServiceState;
  /** null: there is none. */
  readonly pid: number | null;
  readonly startedAt: string | null;
  readonly restarts: number;
  readonly detail: string | null;
  readonly usage: MeteredUsage | null;
}

/** The status of a service that is one process of this machine, or none. */
export function describeProcess(spec: PlacedSpec, observed: ObservedProcess): ServiceStatus {
  const { state, pid, restarts, detail, usage } = observed;
  const startedAt = pid === null ? null : observed.startedAt;
  return {
    name: spec.name,
    state,
    specHash: hashSpec(spec),
    pid,
    ports: Object.fromEntries(Object.entries(spec.ports).map(([name, { port }]) => [name, port])),
    startedAt,
    restarts,
    cpuCores: usage?.cpuCores ?? null,
    rssBytes: usage?.rssBytes ?? null,
    instances: pid === null ? [] : [describeInstance(spec, { ...observed, startedAt })],
    detail,
  };
}

function describeInstance(spec: PlacedSpec, { state, pid, startedAt, usage }: ObservedProcess): ServiceInstance {
  return {
    name: spec.name,
    state,
    node: null,
    pid,
    startedAt,
    cpuCores: usage?.cpuCores ?? null,
    cpuSeconds: usage?.cpuSeconds ?? null,
    memoryBytes: usage?.rssBytes ?? null,
    // Nothing of the system holds a plain process to a limit.
    cpuLimitCores: null,
    memoryLimitBytes: null,
  };
}
