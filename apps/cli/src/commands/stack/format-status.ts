import type { ServiceState, ServiceStatus } from '@supastor/contract/wire/service-status';
import type { Style } from '../../context.ts';
import { formatTable } from '../../output/table.ts';
import { formatCpu, formatMemory } from './format-usage.ts';

/** The services as a table. `nowMs` is the time uptimes are counted to. */
export function formatStatusTable(services: readonly ServiceStatus[], style: Style, nowMs: number): string {
  const head = ['SERVICE', 'STATE', 'PID', 'PORT', 'UPTIME', 'RESTARTS', 'CPU', 'MEMORY', ''].map((cell) => style.dim(cell));
  return formatTable([head, ...services.map((status) => statusCells(status, style, nowMs))]);
}

function statusCells(status: ServiceStatus, style: Style, nowMs: number): readonly string[] {
  return [
    style.bold(status.name),
    colorState(status.state, style),
    status.pid === null ? '-' : String(status.pid),
    Object.values(status.ports).join(', ') || '-',
    status.startedAt === null ? '-' : formatDuration(nowMs - Date.parse(status.startedAt)),
    String(status.restarts),
    formatCpu(status.cpuCores),
    formatMemory(status.rssBytes),
    style.dim((status.detail ?? '').split('\n')[0] ?? ''),
  ];
}

/** A state in the colour of how good it is. */
export function colorState(state: ServiceState, style: Style): string {
  if (state === 'healthy') return style.green(state);
  return state === 'crashed' || state === 'unhealthy' ? style.red(state) : style.yellow(state);
}

/** Two units at most: `42s`, `3m 10s`, `5h 2m`, `3d 4h`. */
export function formatDuration(durationMs: number): string {
  const seconds = Math.max(0, Math.floor(durationMs / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${seconds % 60}s`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h ${Math.floor((seconds % 3600) / 60)}m`;
  return `${Math.floor(seconds / 86_400)}d ${Math.floor((seconds % 86_400) / 3600)}h`;
}
