import type Docker from 'dockerode';
import { SupastorError } from '@supastor/contract/errors';
import { SERVICE_NAMES } from '@supastor/contract/wire/service-status';
import { type ContainerStep, planContainers, planContainerTeardown } from '@supastor/core/stack/containers/container-plan';
import type { TellProgress } from '@supastor/core/stack/apply';
import type { ContainerTarget } from '@supastor/core/stack/containers/container-target.port';
import { createDeployHistory } from './deploy-history.ts';
import { acquireDeployLock } from './deploy-lock.ts';
import { assertEngine, createEngine, unlessDone } from './engine.ts';
import { pullImage } from './images.ts';
import { engineName, ownLabels, type StackId } from './labels.ts';
import { observeContainers } from './observe.ts';
import { removeReplica, startReplica } from './replicas.ts';
import { createVolume, removeVolumes, writeFiles } from './volumes.ts';

export interface DockerTarget extends ContainerTarget {
  readonly docker: Docker;
  readonly id: StackId;
}

/** Services of containers, each after those it depends on. */
export const START_ORDER = [
  ...SERVICE_NAMES.filter((name) => name !== 'admin' && name !== 'edge' && name !== 'agent'),
  'edge',
  'admin',
  'agent',
] as const;

/** Containers of one engine. @throws SJ_ENGINE_UNREACHABLE */
export async function openDockerTarget(id: StackId, address: string | undefined): Promise<DockerTarget> {
  const docker = createEngine(address);
  await assertEngine(docker, address);
  return {
    docker,
    id,
    prepare: async (stack) => stack,
    plan: async (stack) => planContainers(stack, await observeContainers(docker, id, stack)),
    planTeardown: async (options) =>
      planContainerTeardown({ ...id, order: START_ORDER }, await observeContainers(docker, id, null), options),
    execute: (step, signal, tell = ignore) => executeStep(docker, id, step, { signal, tell }),
    lock: (holder) => acquireDeployLock(docker, id, holder),
    history: createDeployHistory(docker, id),
  };
}

function ignore(): void {}

interface StepContext {
  readonly signal: AbortSignal | undefined;
  readonly tell: TellProgress;
}

async function executeStep(docker: Docker, id: StackId, step: ContainerStep, { signal, tell }: StepContext): Promise<void> {
  switch (step.kind) {
    case 'pull-image':
      return pullImage(docker, step.image, tell, signal);
    case 'create-network':
      await docker.createNetwork({
        Name: engineName(id, step.network.name),
        CheckDuplicate: true,
        Internal: step.network.internal,
        Labels: ownLabels(id, 'network', step.network.name),
      });
      return;
    case 'create-volume':
      return createVolume(docker, id, step.volume);
    case 'write-files':
      return writeFiles(docker, id, step.volume, step.spec);
    case 'start-replica':
      return startReplica(docker, id, step.spec, step.replica, signal);
    case 'remove-replica':
      return removeReplica(docker, step.container);
    case 'remove-networks':
      for (const network of step.networks) await unlessDone(docker.getNetwork(engineName(id, network)).remove());
      return;
    case 'remove-files':
    case 'remove-volumes':
      return removeVolumes(docker, id, step.volumes);
    default:
      throw new SupastorError('SJ_INTERNAL', `An engine knows no step ${step.kind}`);
  }
}
