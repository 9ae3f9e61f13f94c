import type { Config } from '@supastor/contract/config/schema';
import type { ServiceName, ServiceState, ServiceStatus } from '@supastor/contract/wire/service-status';
import type { ObservedStack } from '@supastor/core/stack/stack-target.port';
import type { CliContext, Style } from '../../context.ts';
import { connectionOf, connectionRecord, formatEnv, formatUrls } from './connection-table.ts';
import { formatInstancesTable } from './format-instances.ts';
import { formatStatusTable } from './format-status.ts';
import { formatReplicas, type ReplicaReport, reportReplicas } from './replica-report.ts';
import { openRunningStack, type RunningStack } from './open-stack.ts';

export interface StatusFlags {
  readonly watch?: boolean;
  readonly showSecrets?: boolean;
}

/** What `status` prints as JSON. */
export interface StatusReport {
  readonly project: string;
  readonly environment: string;
  readonly healthy: boolean;
  /** null when it does not run; services may still do. */
  readonly supervisor: { readonly pid: number | null } | null;
  readonly services: readonly ServiceStatus[];
  readonly connection: Readonly<Record<string, string>>;
  /** Only with read replicas, and not while watching. */
  readonly replicas?: readonly ReplicaReport[];
  /** Only of a swarm. */
  readonly nodes?: readonly NodeReport[];
}

/** A node of a swarm and what of the stack it runs. */
export interface NodeReport {
  readonly name: string;
  readonly role: string;
  readonly state: string;
  readonly availability: string;
  readonly replicas: readonly { readonly service: ServiceName; readonly replica: number; readonly state: ServiceState }[];
}

const UNHEALTHY_EXIT_CODE = 10;
const REFRESH_MS = 1000;

/** Shows the stack. Returns 10 unless every service is healthy under a supervisor. */
export async function runStatus(context: CliContext, flags: StatusFlags): Promise<number> {
  const stack = await openRunningStack(context);
  if (stack.kind === 'containers') {
    const { runContainerStatus } = await import('./containers/status-report.ts');
    return runContainerStatus(context, stack, flags);
  }
  if (flags.watch === true) {
    const { watchReports } = await import('./watch-status.ts');
    const look = async () => makeReport(stack, await stack.target.observe(null, context.signal), flags.showSecrets === true);
    return watchReports(context, look, REFRESH_MS);
  }
  const observed = await stack.target.observe(null, context.signal);
  const report = await withReplicas(makeReport(stack, observed, flags.showSecrets === true), stack.config ?? null);
  if (context.output.extraFormat === 'env') context.output.result(report, ({ connection }) => formatEnv(connection));
  else context.output.result(report, (_, style) => formatReport(report, stack, observed, style, isWide(context)));
  return report.healthy ? 0 : UNHEALTHY_EXIT_CODE;
}

function makeReport(stack: RunningStack, observed: ObservedStack, showSecrets: boolean): StatusReport {
  const services = observed.services.map(({ status }) => status);
  const supervised = observed.supervisor === 'running';
  return {
    project: stack.project,
    environment: stack.environment,
    healthy: supervised && services.length > 0 && services.every(({ state }) => state === 'healthy'),
    supervisor: supervised ? { pid: observed.supervisorPid } : null,
    services,
    connection: stack.config ? connectionRecord(connectionOf(stack.config, services), showSecrets) : {},
  };
}

/** The report with what is to be said about read replicas. */
export async function withReplicas(report: StatusReport, config: Config | null): Promise<StatusReport> {
  const replicas = await reportReplicas(config);
  return replicas.length === 0 ? report : { ...report, replicas };
}

/** Whether each process or container is asked for. */
export function isWide({ output }: CliContext): boolean {
  return output.extraFormat === 'wide';
}

function formatReport(report: StatusReport, stack: RunningStack, observed: ObservedStack, style: Style, wide: boolean): string {
  const title = `${style.bold(report.project)} (${report.environment})`;
  const running = report.services.some(({ pid }) => pid !== null);
  if (!running && observed.supervisor !== 'running') return `${title} is not running. Start it with ${style.bold('supastor up')}.`;
  const lines = [title, '', formatStatusTable(report.services, style, Date.now())];
  if (wide) lines.push('', formatInstancesTable(report.services, style, Date.now()));
  if (observed.supervisor !== 'running') {
    lines.push(
      '',
      `${style.yellow('The supervisor is gone')}: services run on, but nobody restarts them. Repair with ${style.bold('supastor up')}.`,
    );
  }
  lines.push(...formatReplicas(report.replicas ?? [], style));
  if (stack.config) lines.push('', formatUrls(connectionOf(stack.config, report.services), style));
  return lines.join('\n');
}
