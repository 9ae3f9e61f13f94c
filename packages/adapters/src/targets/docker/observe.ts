import type Docker from 'dockerode';
import type { ServiceState } from '@supastor/contract/wire/service-status';
import type { ContainerStack } from '@supastor/core/stack/containers/container-spec';
import type { ObservedContainers, ObservedReplica } from '@supastor/core/stack/containers/observed-containers';
import { unlessMissing } from './engine.ts';
import { LABELS, ownFilter, serviceLabel, type StackId } from './labels.ts';

/** Looks at what is ours. Nothing without our labels is even listed. */
export async function observeContainers(docker: Docker, id: StackId, stack: ContainerStack | null): Promise<ObservedContainers> {
  const [replicas, networks, { Volumes: volumes }, writers, images] = await Promise.all([
    observeReplicas(docker, id),
    docker.listNetworks({ filters: ownFilter(id, 'network') }),
    docker.listVolumes({ filters: ownFilter(id) }),
    docker.listContainers({ all: true, filters: ownFilter(id, 'writer') }),
    presentImages(docker, stack),
  ]);
  const unfinished = new Set(writers.map(({ Labels }) => Labels[LABELS.name]));
  const named = (kind: string) =>
    volumes.filter(({ Labels }) => Labels?.[LABELS.kind] === kind).map(({ Labels }) => Labels?.[LABELS.name] ?? '');
  return {
    replicas,
    networks: networks.map(({ Labels }) => Labels?.[LABELS.name] ?? ''),
    volumes: named('volume').toSorted(),
    files: named('files').filter((volume) => !unfinished.has(volume)),
    images,
  };
}

/** Every container that is a replica of a service of the stack. */
export async function observeReplicas(docker: Docker, id: StackId): Promise<readonly ObservedReplica[]> {
  const listed = await docker.listContainers({ all: true, filters: ownFilter(id, 'replica') });
  const inspected = await Promise.all(listed.map(({ Id }) => unlessMissing(docker.getContainer(Id).inspect())));
  return inspected.flatMap((info) => (info === null ? [] : (describeReplica(info) ?? [])));
}

function describeReplica(info: Docker.ContainerInspectInfo): ObservedReplica | null {
  const labels = info.Config.Labels;
  const service = serviceLabel(labels);
  if (service === null) return null;
  const { state, detail } = stateOf(info);
  return {
    id: info.Id,
    service,
    replica: Number(labels[LABELS.replica] ?? 0),
    specHash: labels[LABELS.specHash] ?? '',
    image: info.Config.Image,
    state,
    detail,
    startedAt: info.State.Running ? info.State.StartedAt : null,
    restarts: info.RestartCount,
    ports: parsePorts(labels[LABELS.ports]),
    limits: limitsOf(info.HostConfig),
  };
}

/** The engine writes 0 for no limit. */
function limitsOf({ NanoCpus, Memory }: Docker.HostConfig): ObservedReplica['limits'] {
  return { cpuCores: NanoCpus ? NanoCpus / 1e9 : null, memoryBytes: Memory || null };
}

/** The engine's words in ours. */
export function stateOf({ State }: Pick<Docker.ContainerInspectInfo, 'State'>): {
  readonly state: ServiceState;
  readonly detail: string | null;
} {
  if (State.Paused) return { state: 'unhealthy', detail: 'paused' };
  if (State.Restarting) return { state: 'backoff', detail: `ended with ${State.ExitCode}` };
  if (State.Running) {
    const health = State.Health?.Status ?? 'none';
    if (health === 'unhealthy')
      return { state: 'unhealthy', detail: lastLine(State.Health?.Log?.at(-1)?.Output) ?? 'the health check fails' };
    return { state: health === 'starting' ? 'starting' : 'healthy', detail: null };
  }
  if (State.Status === 'created') return { state: 'crashed', detail: 'was never started' };
  if (State.OOMKilled) return { state: 'crashed', detail: 'ran out of memory' };
  // Ended by a signal that asked for it, or of its own will without a complaint.
  const isOrderly = [0, 130, 143].includes(State.ExitCode);
  return isOrderly ? { state: 'stopped', detail: null } : { state: 'crashed', detail: `ended with ${State.ExitCode}` };
}

function lastLine(output: string | undefined): string | null {
  return output?.trim().split('\n').at(-1)?.slice(0, 200) || null;
}

function parsePorts(text: string | undefined): Readonly<Record<string, number>> {
  const value: unknown = JSON.parse(text ?? '{}');
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
}

async function presentImages(docker: Docker, stack: ContainerStack | null): Promise<readonly string[]> {
  const wanted = [...new Set(stack?.services.map(({ image }) => image) ?? [])];
  const found = await Promise.all(wanted.map((image) => unlessMissing(docker.getImage(image).inspect())));
  return wanted.filter((_, index) => found[index] !== null);
}
