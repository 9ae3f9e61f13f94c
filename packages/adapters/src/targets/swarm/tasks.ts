import type Docker from 'dockerode';
import { z } from 'zod';
import type { ServiceName, ServiceState } from '@supastor/contract/wire/service-status';
import type { ObservedReplica } from '@supastor/core/stack/containers/observed-containers';
import type { SwarmNode } from '@supastor/core/stack/swarm/observed-swarm';
import { LABELS } from '../docker/labels.ts';
import type { SwarmServiceInfo } from './wire.ts';
import { nodeSchema, type Task, taskSchema } from './wire.ts';

/** A container somewhere in the swarm. */
export interface PlacedReplica extends ObservedReplica {
  /** Name of its node; null while it has none. */
  readonly node: string | null;
  readonly nodeId: string;
  /** Of the engine on that node; null while there is none. */
  readonly containerId: string | null;
}

export async function listNodes(docker: Docker): Promise<readonly SwarmNode[]> {
  const nodes = z.array(nodeSchema).parse(await docker.listNodes());
  return nodes
    .map(({ ID, Spec, Description, Status, ManagerStatus }) => ({
      id: ID,
      name: Description.Hostname === '' ? ID : Description.Hostname,
      role: Spec.Role,
      state: Status.State,
      availability: Spec.Availability,
      isLeader: ManagerStatus?.Leader ?? false,
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Every task of these services, by id, that the swarm remembers; those of a service that is being removed too. */
export async function listTasks(docker: Docker, services: readonly string[]): Promise<readonly Task[]> {
  return z
    .array(taskSchema)
    .parse(await docker.listTasks())
    .filter(({ ServiceID }) => services.includes(ServiceID));
}

/** What should run now, with the node each is on. */
export async function observeReplicas(
  docker: Docker,
  services: readonly { readonly name: ServiceName; readonly info: SwarmServiceInfo }[],
): Promise<readonly PlacedReplica[]> {
  const [tasks, nodes] = await Promise.all([
    listTasks(
      docker,
      services.map(({ info }) => info.ID),
    ),
    listNodes(docker),
  ]);
  return services.flatMap(({ name, info }) =>
    describeReplicas(
      name,
      info,
      tasks.filter(({ ServiceID }) => ServiceID === info.ID),
      nodes,
    ),
  );
}

/** One replica for each place that a service has: its newest task, and what became of those before. */
export function describeReplicas(
  service: ServiceName,
  { Spec }: Pick<SwarmServiceInfo, 'Spec'>,
  tasks: readonly Task[],
  nodes: readonly SwarmNode[],
): readonly PlacedReplica[] {
  const ports = z.record(z.string(), z.number()).parse(JSON.parse(Spec.Labels?.[LABELS.ports] ?? '{}'));
  const places = Map.groupBy(tasks, (task) => (task.Slot > 0 ? String(task.Slot) : task.NodeID));
  return [...places.values()].flatMap((place, index): readonly PlacedReplica[] => {
    const [current, ...before] = place.toSorted(byAge);
    if (current === undefined || !isWanted(current)) return [];
    const version = hashOf(current);
    const failed = before.filter((task) => FAILED.includes(task.Status.State) && hashOf(task) === version);
    const node = nodes.find(({ id }) => id === current.NodeID);
    return [
      {
        id: current.ID,
        service,
        replica: current.Slot > 0 ? current.Slot : index + 1,
        specHash: version,
        image: current.Spec.ContainerSpec?.Image ?? '',
        ...stateOf(current, failed[0], node),
        startedAt: current.Status.State === 'running' ? current.Status.Timestamp : null,
        restarts: failed.length,
        ports,
        limits: limitsOf(current),
        node: node?.name ?? null,
        nodeId: current.NodeID,
        containerId: current.Status.ContainerStatus?.ContainerID || null,
      },
    ];
  });
}

function limitsOf({ Spec }: Task): ObservedReplica['limits'] {
  const { NanoCPUs, MemoryBytes } = Spec.Resources?.Limits ?? {};
  return { cpuCores: NanoCPUs ? NanoCPUs / 1e9 : null, memoryBytes: MemoryBytes || null };
}

const FAILED: readonly string[] = ['failed', 'rejected'];
const GONE: readonly string[] = ['failed', 'rejected', 'complete', 'shutdown', 'orphaned', 'remove'];

/** The swarm's words in ours. It calls a task running when its health check has passed. */
function stateOf(
  task: Task,
  lastFailure: Task | undefined,
  node: SwarmNode | undefined,
): { readonly state: ServiceState; readonly detail: string | null } {
  const { State, Err } = task.Status;
  if (node !== undefined && node.state !== 'ready') return { state: 'unhealthy', detail: `${node.name} is ${node.state}` };
  if (State === 'running') return { state: 'healthy', detail: null };
  if (FAILED.includes(State)) return { state: 'backoff', detail: describeFailure(task) };
  if (lastFailure !== undefined) return { state: 'backoff', detail: describeFailure(lastFailure) };
  return { state: 'starting', detail: Err === '' ? null : Err };
}

/** Why a task ended. */
export function describeFailure({ Status: { Err, ContainerStatus, State } }: Task): string {
  if (Err !== '') return Err.trim().split('\n').at(-1)?.slice(0, 300) ?? Err;
  return ContainerStatus == null ? State : `ended with ${ContainerStatus.ExitCode}`;
}

function hashOf({ Spec }: Task): string {
  return Spec.ContainerSpec?.Labels[LABELS.specHash] ?? '';
}

function isWanted({ DesiredState, Status }: Task): boolean {
  return (DesiredState === 'running' || DesiredState === 'ready') && !(GONE.includes(Status.State) && !FAILED.includes(Status.State));
}

/** What should run first, then the newest. */
function byAge(a: Task, b: Task): number {
  const wanted = Number(isWanted(b)) - Number(isWanted(a));
  if (wanted !== 0) return wanted;
  return a.CreatedAt < b.CreatedAt ? 1 : -1;
}
