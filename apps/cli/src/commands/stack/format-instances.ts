import type { ServiceInstance, ServiceStatus } from '@supastor/contract/wire/service-status';
import type { Style } from '../../context.ts';
import { formatTable } from '../../output/table.ts';
import { colorState, formatDuration } from './format-status.ts';
import { formatCpu, formatMemory } from './format-usage.ts';

const HEAD = ['INSTANCE', 'STATE', 'PID', 'NODE', 'UPTIME', 'CPU', 'CPU LIMIT', 'CPU TIME', 'MEMORY', 'MEMORY LIMIT'];

/** Every process or container as a table, with what it uses and may use. */
export function formatInstancesTable(services: readonly ServiceStatus[], style: Style, nowMs: number): string {
  const rows = services.flatMap(({ instances }) => instances.map((instance) => instanceCells(instance, style, nowMs)));
  return formatTable([HEAD.map((cell) => style.dim(cell)), ...rows]);
}

function instanceCells(instance: ServiceInstance, style: Style, nowMs: number): readonly string[] {
  const { name, state, pid, node, startedAt, cpuCores, cpuLimitCores, cpuSeconds, memoryBytes, memoryLimitBytes } = instance;
  return [
    style.bold(name),
    colorState(state, style),
    pid === null ? '-' : String(pid),
    node ?? '-',
    startedAt === null ? '-' : formatDuration(nowMs - Date.parse(startedAt)),
    formatCpu(cpuCores),
    formatCpu(cpuLimitCores),
    cpuSeconds === null ? '-' : formatDuration(cpuSeconds * 1000),
    formatMemory(memoryBytes),
    formatMemory(memoryLimitBytes),
  ];
}
