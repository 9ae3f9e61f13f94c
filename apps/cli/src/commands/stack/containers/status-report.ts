import type { ServiceStatus } from '@supastor/contract/wire/service-status';
import type { Placement } from '@supastor/adapters/targets/swarm/swarm-control';
import type { CliContext, Style } from '../../../context.ts';
import { formatTable } from '../../../output/table.ts';
import { connectionRecord, containerConnection, formatEnv, formatUrls } from '../connection-table.ts';
import { formatInstancesTable } from '../format-instances.ts';
import { formatStatusTable } from '../format-status.ts';
import type { ContainerStack } from '../open-stack.ts';
import { isWide, type NodeReport, type StatusFlags, type StatusReport, withReplicas } from '../status.ts';
import { formatReplicas } from '../replica-report.ts';
import { openContainerProject } from './open-containers.ts';

const UNHEALTHY_EXIT_CODE = 10;
const REFRESH_MS = 1000;

/** Shows the containers' services. Returns 10 unless every one is healthy. */
export async function runContainerStatus(context: CliContext, configured: ContainerStack, flags: StatusFlags): Promise<number> {
  const { control, placement } = await openContainerProject(context, configured);
  const look = async () => {
    const report = makeReport(configured, await control.status(context.signal), flags.showSecrets === true);
    return placement === null ? report : { ...report, nodes: describeNodes(await placement()) };
  };
  if (flags.watch === true) {
    const { watchReports } = await import('../watch-status.ts');
    return watchReports(context, look, REFRESH_MS);
  }
  const report = await withReplicas(await look(), configured.loaded.config);
  if (context.output.extraFormat === 'env') context.output.result(report, ({ connection }) => formatEnv(connection));
  else context.output.result(report, (_, style) => formatReport(report, configured, style, isWide(context)));
  return report.healthy ? 0 : UNHEALTHY_EXIT_CODE;
}

function makeReport({ loaded }: ContainerStack, services: readonly ServiceStatus[], showSecrets: boolean): StatusReport {
  return {
    project: loaded.config.project.name,
    environment: loaded.environment,
    healthy: services.length > 0 && services.every(({ state }) => state === 'healthy'),
    // The engine looks after containers.
    supervisor: { pid: null },
    services,
    connection: connectionRecord(containerConnection(loaded.config, services), showSecrets),
  };
}

/** The nodes of a swarm, each with what of this stack it runs. */
function describeNodes({ nodes, replicas }: Placement): readonly NodeReport[] {
  return nodes.map(({ name, role, state, availability, isLeader }) => ({
    name,
    role: isLeader ? 'leader' : role,
    state,
    availability,
    replicas: replicas.filter(({ node }) => node === name).map(({ service, replica, state: own }) => ({ service, replica, state: own })),
  }));
}

function formatNodes(nodes: readonly NodeReport[], style: Style): string {
  const head = ['NODE', 'ROLE', 'STATE', 'AVAILABILITY', 'RUNS'].map((cell) => style.dim(cell));
  const rows = nodes.map(({ name, role, state, availability, replicas }) => [
    style.bold(name),
    role,
    state === 'ready' ? style.green(state) : style.red(state),
    availability,
    replicas.map(({ service, replica, state: own }) => `${service}.${replica}${own === 'healthy' ? '' : ` (${own})`}`).join(', ') || '-',
  ]);
  return formatTable([head, ...rows]);
}

function formatReport(report: StatusReport, { loaded }: ContainerStack, style: Style, wide: boolean): string {
  const title = `${style.bold(report.project)} (${report.environment})`;
  if (report.services.length === 0) return `${title} is not running. Start it with ${style.bold('supastor up')}.`;
  const table = formatStatusTable(report.services, style, Date.now());
  const nodes = report.nodes === undefined ? [] : [formatNodes(report.nodes, style), ''];
  const instances = wide ? [formatInstancesTable(report.services, style, Date.now()), ''] : [];
  const replicas = formatReplicas(report.replicas ?? [], style);
  return [
    title,
    '',
    table,
    ...replicas,
    '',
    ...instances,
    ...nodes,
    formatUrls(containerConnection(loaded.config, report.services), style),
  ].join('\n');
}
