import type { ServiceInstance, ServiceStatus } from '@supastor/contract/wire/service-status';
import type { Gauge } from './render-exposition.ts';

/** What every process or container of the stack uses, for Prometheus; what nobody can say is left out. */
export function serviceGauges(services: readonly ServiceStatus[]): readonly Gauge[] {
  const gauge = (name: string, help: string, figure: (instance: ServiceInstance) => number | null): Gauge => ({
    name: `supastor_service_${name}`,
    help,
    samples: services.flatMap(({ name: service, instances }) =>
      instances.flatMap((instance) => {
        const value = figure(instance);
        return value === null ? [] : [{ labels: { service, replica: instance.name }, value }];
      }),
    ),
  });
  return [
    gauge('cpu_cores', 'Cores that a process or container of the stack kept busy lately.', ({ cpuCores }) => cpuCores),
    gauge('memory_bytes', 'Memory that a process or container of the stack uses.', ({ memoryBytes }) => memoryBytes),
    gauge('cpu_limit_cores', 'Cores that a container of the stack may use at most.', ({ cpuLimitCores }) => cpuLimitCores),
    gauge('memory_limit_bytes', 'Memory that a container of the stack may use at most.', ({ memoryLimitBytes }) => memoryLimitBytes),
  ];
}
