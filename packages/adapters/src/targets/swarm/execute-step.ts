import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { SupastorError } from '@supastor/contract/errors';
import type { ContainerStep } from '@supastor/core/stack/containers/container-plan';
import type { SwarmService } from '@supastor/core/stack/swarm/swarm-service';
import { statusOf, unlessDone } from '../docker/engine.ts';
import { engineName, ownLabels, type StackId } from '../docker/labels.ts';
import { removeVolumes } from '../docker/volumes.ts';
import { awaitConverged } from './converge.ts';
import { listFiles, removeFiles, writeFiles } from './files.ts';
import { serviceOptions } from './service-options.ts';
import { changeService, findReferences, findService } from './services.ts';
import { listNodes, listTasks } from './tasks.ts';

/** Carries out one step of a plan. @throws what the manager or the service said */
export async function executeSwarmStep(docker: Docker, id: StackId, step: ContainerStep, signal?: AbortSignal): Promise<void> {
  switch (step.kind) {
    case 'create-network':
      await docker.createNetwork({
        Name: engineName(id, step.network.name),
        Driver: 'overlay',
        CheckDuplicate: true,
        Internal: step.network.internal,
        Labels: ownLabels(id, 'network', step.network.name),
        ...('encrypted' in step && step.encrypted === true && { Options: { encrypted: '' } }),
      });
      return;
    case 'write-secrets':
      return writeFiles(docker, id, step.files);
    case 'create-service':
      return createService(docker, id, step.spec, signal);
    case 'update-service':
      return updateService(docker, id, step.spec, signal);
    case 'scale-service': {
      const Mode = { Replicated: { Replicas: step.replicas } };
      await changeService(docker, id, step.service, (spec) => ({ ...spec, Mode }));
      return awaitConverged(docker, id, step.spec, signal);
    }
    case 'remove-service':
      return removeService(docker, id, step.service);
    case 'remove-networks':
      for (const network of step.networks) await removeNetwork(docker, engineName(id, network));
      return;
    case 'remove-files':
      return removeFiles(docker, id, step.volumes);
    case 'remove-volumes':
      return removeVolumes(docker, id, step.volumes);
    default:
      throw new SupastorError('SJ_INTERNAL', `A swarm knows no step ${step.kind}`);
  }
}

async function createService(docker: Docker, id: StackId, service: SwarmService, signal?: AbortSignal): Promise<void> {
  await findService(docker, id, service.name);
  await docker.createService(serviceOptions(id, service, await references(docker, id)));
  try {
    await awaitConverged(docker, id, service, signal);
  } catch (error) {
    if (signal?.aborted !== true) await removeService(docker, id, service.name);
    throw error;
  }
}

async function updateService(docker: Docker, id: StackId, service: SwarmService, signal?: AbortSignal): Promise<void> {
  const options = serviceOptions(id, service, await references(docker, id));
  await changeService(docker, id, service.name, ({ TaskTemplate: { ForceUpdate } }) => ({
    ...options,
    TaskTemplate: { ...options.TaskTemplate, ForceUpdate },
  }));
  await awaitConverged(docker, id, service, signal);
}

async function references(docker: Docker, id: StackId) {
  return findReferences(docker, id, new Map((await listFiles(docker, id)).map((file) => [file.digest, file])));
}

const POLL_MS = 500;
/** The longest a service may drain, and a little more. */
const REMOVAL_MS = 120_000;

/**
 * Resolves when its containers are gone too: what they hold, networks and volumes, could not be removed before. Those of a node that is
 * down are not waited for: the swarm ends them if it comes back.
 */
async function removeService(docker: Docker, id: StackId, service: SwarmService['name']): Promise<void> {
  const info = await findService(docker, id, service);
  if (info === null) return;
  const mine = docker.getService(info.ID);
  await unlessDone(mine.remove());
  const deadline = performance.now() + REMOVAL_MS;
  while (performance.now() < deadline) {
    const [tasks, nodes] = await Promise.all([listTasks(docker, [info.ID]), listNodes(docker)]);
    const down = nodes.flatMap(({ id: node, state }) => (state === 'down' ? [node] : []));
    if (tasks.every(({ NodeID }) => down.includes(NodeID))) break;
    await sleep(POLL_MS);
  }
}

/** The manager refuses while the last container is being taken off. */
async function removeNetwork(docker: Docker, name: string): Promise<void> {
  const deadline = performance.now() + REMOVAL_MS;
  for (;;) {
    try {
      await docker.getNetwork(name).remove();
      return;
    } catch (error) {
      if (statusOf(error) === 404) return;
      if (performance.now() > deadline) throw error;
    }
    await sleep(POLL_MS);
  }
}
