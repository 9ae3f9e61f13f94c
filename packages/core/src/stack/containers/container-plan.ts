import type { ServiceName } from '@supastor/contract/wire/service-status';
import type { Plan, StepBase } from '../plan.ts';
import type { SwarmStep } from '../swarm/swarm-step.ts';
import { filesVolume, hashContainer } from './container-hash.ts';
import type { ContainerNetwork, ContainerSpec, ContainerStack } from './container-spec.ts';
import type { ObservedContainers, ObservedReplica } from './observed-containers.ts';

export type ContainerStep = EngineStep | SwarmStep;

/** What is done to the containers of one engine. */
export type EngineStep = StepBase &
  (
    | { readonly kind: 'pull-image'; readonly image: string }
    | { readonly kind: 'create-network'; readonly network: ContainerNetwork }
    | { readonly kind: 'create-volume'; readonly volume: string }
    | { readonly kind: 'write-files'; readonly volume: string; readonly spec: ContainerSpec }
    /** Creates and starts a container, and waits until it is healthy; one that is not is removed again. */
    | {
        readonly kind: 'start-replica';
        readonly service: ServiceName;
        readonly replica: number;
        readonly spec: ContainerSpec;
        readonly reason: string;
      }
    /** Stops a container gracefully and removes it. */
    | {
        readonly kind: 'remove-replica';
        readonly service: ServiceName;
        readonly replica: number;
        readonly container: string;
        readonly reason: string;
      }
    | { readonly kind: 'remove-networks'; readonly networks: readonly string[] }
    | { readonly kind: 'remove-files'; readonly volumes: readonly string[] }
    | { readonly kind: 'remove-volumes'; readonly volumes: readonly string[] }
  );

/** Everything that will be done to containers, decided from one snapshot. */
export type ContainerPlan = Plan<ContainerStep>;

/** Steps that make the observed containers the wanted ones; none when they are already. Files go last, so a plan that fails leaves those a rollback needs. */
export function planContainers(stack: ContainerStack, observed: ObservedContainers): ContainerPlan {
  const steps: ContainerStep[] = [...preparation(stack, observed)];
  const unchanged: ServiceName[] = [];
  const notes = [...(stack.notes ?? [])];
  const last = new Map<ServiceName, readonly string[]>();
  for (const orphan of observed.replicas.filter(({ service }) => !stack.services.some(({ name }) => name === service)))
    steps.push(removal(orphan, 'no longer part of the stack', []));
  for (const spec of stack.services) {
    const present = observed.replicas.filter(({ service }) => service === spec.name);
    const ready = [...prerequisites(spec, steps), ...spec.dependsOn.flatMap((name) => last.get(name) ?? [])];
    const own = planReplicas(spec, present, ready);
    if (own.length === 0) unchanged.push(spec.name);
    else
      last.set(
        spec.name,
        own.filter(({ kind }) => kind === 'start-replica').map(({ id }) => id),
      );
    if (spec.update === 'stop-first' && present.length > 0 && own.length > 0)
      notes.push(`${spec.name} is away for a moment: two of it cannot run side by side`);
    steps.push(...own);
  }
  const wanted = new Set(stack.services.map(filesVolume));
  const waste = observed.files.filter((volume) => !wanted.has(volume));
  if (waste.length > 0) steps.push({ id: 'remove files', kind: 'remove-files', volumes: waste, after: steps.map(({ id }) => id) });
  const { project, environment } = stack;
  return { project, environment, steps, unchanged, notes, destructive: false };
}

/** Steps that stop everything, what others depend on last, and when asked destroy the data. */
export function planContainerTeardown(
  stack: { readonly project: string; readonly environment: string; readonly order: readonly ServiceName[] },
  observed: ObservedContainers,
  options: { readonly removeVolumes: boolean },
): ContainerPlan {
  const steps: ContainerStep[] = [];
  const { project, environment, order } = stack;
  let before: readonly string[] = [];
  const rank = (service: ServiceName) => order.indexOf(service);
  const services = [...new Set(observed.replicas.map(({ service }) => service))].toSorted((a, b) => rank(b) - rank(a));
  for (const name of services) {
    const own = observed.replicas.filter(({ service }) => service === name).map((replica) => removal(replica, 'asked for', before));
    steps.push(...own);
    before = own.map(({ id }) => id);
  }
  const all = () => steps.map(({ id }) => id);
  if (observed.networks.length > 0)
    steps.push({ id: 'remove networks', kind: 'remove-networks', networks: observed.networks, after: all() });
  const destructive = options.removeVolumes && observed.volumes.length > 0;
  if (options.removeVolumes && observed.files.length > 0)
    steps.push({ id: 'remove files', kind: 'remove-files', volumes: observed.files, after: all() });
  if (destructive) steps.push({ id: 'remove', kind: 'remove-volumes', volumes: observed.volumes, after: all() });
  return { project, environment, steps, unchanged: [], notes: [], destructive };
}

function preparation(stack: ContainerStack, observed: ObservedContainers): readonly ContainerStep[] {
  const networks = stack.networks.filter(({ name }) => !observed.networks.includes(name));
  const volumes = stack.volumes.filter((volume) => !observed.volumes.includes(volume));
  const images = [...new Set(stack.services.map(({ image }) => image))].filter((image) => !observed.images.includes(image));
  const files = new Map(stack.services.map((spec) => [filesVolume(spec), spec]));
  return [
    ...images.map((image): ContainerStep => ({ id: `pull ${image}`, kind: 'pull-image', image, after: [] })),
    ...networks.map((network): ContainerStep => ({ id: `network ${network.name}`, kind: 'create-network', network, after: [] })),
    ...volumes.map((volume): ContainerStep => ({ id: `volume ${volume}`, kind: 'create-volume', volume, after: [] })),
    ...[...files].flatMap(([volume, spec]): readonly ContainerStep[] =>
      volume === null || observed.files.includes(volume)
        ? []
        : [
            {
              id: `files ${spec.name}`,
              kind: 'write-files',
              volume,
              spec,
              after: images.includes(spec.image) ? [`pull ${spec.image}`] : [],
            },
          ],
    ),
  ];
}

/** Ids of the steps that prepare what a container of this kind is made from. */
function prerequisites(spec: ContainerSpec, steps: readonly ContainerStep[]): readonly string[] {
  const volumes = spec.mounts.flatMap((mount) => (mount.kind === 'volume' ? [`volume ${mount.volume}`] : []));
  const wanted = new Set([`pull ${spec.image}`, `files ${spec.name}`, ...volumes, ...spec.networks.map((name) => `network ${name}`)]);
  return steps.filter(({ id }) => wanted.has(id)).map(({ id }) => id);
}

/**
 * One service. What is well and current stays; for every missing one a new one is started, and where old ones run, one of them goes
 * when the new one is healthy (or before it starts, for what two must never own). One at a time, so that most serve at all times.
 */
function planReplicas(spec: ContainerSpec, present: readonly ObservedReplica[], ready: readonly string[]): readonly ContainerStep[] {
  const hash = hashContainer(spec);
  const current = present.filter((replica) => replica.specHash === hash && isWell(replica)).toSorted(byReplica);
  const kept = current.slice(0, spec.replicas);
  const goes = [...present.filter((replica) => !current.includes(replica)).toSorted(byReplica), ...current.slice(spec.replicas)];
  const reasonToGo = (replica: ObservedReplica) => {
    if (current.includes(replica)) return 'one too many';
    if (replica.specHash !== hash) return 'replaced by a new version';
    return `${replica.state}${replica.detail === null ? '' : `: ${replica.detail}`}`;
  };
  const numbers = freeNumbers(present, spec, spec.replicas - kept.length);
  const steps: ContainerStep[] = [];
  let previous: string | null = null;
  const rolls = present.length > 0;
  const chain = (): readonly string[] => (rolls && previous !== null ? [...ready, previous] : ready);
  const waiting = [...goes];
  const removeNext = () => {
    const next = waiting.shift();
    if (!next) return;
    const step = removal(next, reasonToGo(next), chain());
    steps.push(step);
    previous = step.id;
  };
  for (const replica of numbers) {
    const isReplacing = waiting.length > 0;
    if (spec.update === 'stop-first') removeNext();
    const id = `start ${spec.name}.${replica}`;
    steps.push({
      id,
      kind: 'start-replica',
      service: spec.name,
      replica,
      spec,
      reason: startReason(waiting[0], isReplacing, hash, rolls),
      after: chain(),
    });
    previous = id;
    if (spec.update === 'start-first' && waiting.length > 0) removeNext();
  }
  while (waiting.length > 0) removeNext();
  return steps;
}

function startReason(replaced: ObservedReplica | undefined, isReplacing: boolean, hash: string, rolls: boolean): string {
  if (replaced !== undefined && replaced.specHash === hash) return `in place of one that is ${replaced.state}`;
  if (isReplacing) return 'new version';
  return rolls ? 'one more' : 'not running';
}

/** Whether it may stay; one that is only just starting may. */
function isWell({ state }: ObservedReplica): boolean {
  return state === 'healthy' || state === 'starting';
}

/** Numbers for new replicas, the smallest that nobody has. What stops first has its numbers back at once. */
function freeNumbers(present: readonly ObservedReplica[], { update }: ContainerSpec, count: number): readonly number[] {
  const taken = new Set(update === 'stop-first' ? [] : present.map(({ replica }) => replica));
  const numbers: number[] = [];
  for (let number = 1; numbers.length < count; number++) if (!taken.has(number)) numbers.push(number);
  return numbers;
}

function removal({ id, service, replica }: ObservedReplica, reason: string, after: readonly string[]): ContainerStep {
  return { id: `remove ${service}.${replica}`, kind: 'remove-replica', service, replica, container: id, reason, after };
}

function byReplica(a: ObservedReplica, b: ObservedReplica): number {
  return a.replica - b.replica;
}
