import { filesVolume, hashContainer } from '../container-hash.ts';
import { type ContainerStep, planContainers, planContainerTeardown } from '../container-plan.ts';
import type { ContainerSpec, ContainerStack } from '../container-spec.ts';
import type { ContainerTarget } from '../container-target.port.ts';
import type { DeployRecord } from '@supastor/contract/wire/deploy-record';
import type { ObservedContainers, ObservedReplica } from '../observed-containers.ts';

export interface FakeContainerTarget extends ContainerTarget {
  readonly records: DeployRecord[];
  readonly done: readonly string[];
  replicas: ObservedReplica[];
  /** Images whose containers never get healthy. */
  readonly broken: Set<string>;
}

/** An engine in memory. */
export function createFakeContainerTarget(): FakeContainerTarget {
  const [networks, volumes, files] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const done: string[] = [];
  const records: DeployRecord[] = [];
  let isLocked = false;
  const observe = (stack: ContainerStack | null): ObservedContainers => {
    const images = [...new Set(stack?.services.map(({ image }) => image) ?? [])];
    return { replicas: target.replicas, networks: [...networks], volumes: [...volumes], files: [...files], images };
  };
  const target: FakeContainerTarget = {
    records,
    done,
    replicas: [],
    broken: new Set(),
    prepare: async (stack) => stack,
    plan: async (stack) => planContainers(stack, observe(stack)),
    planTeardown: async (options) => planContainerTeardown({ project: 'demo', environment: 'default', order: [] }, observe(null), options),
    async execute(step: ContainerStep) {
      if (step.kind === 'create-network') networks.add(step.network.name);
      if (step.kind === 'create-volume') volumes.add(step.volume);
      if (step.kind === 'write-files') files.add(step.volume);
      if (step.kind === 'start-replica') {
        if (target.broken.has(step.spec.image)) throw new Error(`${step.spec.image} is broken`);
        target.replicas = [...target.replicas, replicaOf(step.spec, step.replica)];
      }
      if (step.kind === 'remove-replica') target.replicas = target.replicas.filter(({ id }) => id !== step.container);
      if (step.kind === 'remove-files') for (const volume of step.volumes) files.delete(volume);
      done.push(step.id);
    },
    async lock() {
      if (isLocked) throw new Error('locked');
      isLocked = true;
      return {
        async release() {
          isLocked = false;
        },
      };
    },
    history: {
      list: async () => records.toSorted((a, b) => a.id - b.id),
      async write(record) {
        const index = records.findIndex(({ id }) => id === record.id);
        records.splice(index === -1 ? records.length : index, 1, record);
      },
      async remove() {
        records.length = 0;
      },
    },
  };
  return target;
}

/** A healthy container of the spec. */
export function replicaOf(spec: ContainerSpec, replica: number, changes: Partial<ObservedReplica> = {}): ObservedReplica {
  return {
    id: `${spec.name}-${replica}`,
    service: spec.name,
    replica,
    specHash: hashContainer(spec),
    image: spec.image,
    state: 'healthy',
    detail: null,
    startedAt: '2026-01-01T00:00:00.000Z',
    restarts: 0,
    ports: {},
    limits: { cpuCores: null, memoryBytes: null },
    ...changes,
  };
}

/** Everything of the stack, running as wanted. */
export function observeStack(stack: ContainerStack, changes: Partial<ObservedContainers> = {}): ObservedContainers {
  return {
    replicas: stack.services.flatMap((spec) => Array.from({ length: spec.replicas }, (_, index) => replicaOf(spec, index + 1))),
    networks: stack.networks.map(({ name }) => name),
    volumes: stack.volumes,
    files: stack.services.flatMap((spec) => filesVolume(spec) ?? []),
    images: stack.services.map(({ image }) => image),
    ...changes,
  };
}
