import type Docker from 'dockerode';
import { SupastorError } from '@supastor/contract/errors';
import type { ContainerSpec } from '@supastor/core/stack/containers/container-spec';
import { containerOptions } from './container-options.ts';
import { setUpDatabase } from './database-setup.ts';
import { statusOf, unlessDone, unlessMissing } from './engine.ts';
import { awaitHealthy } from './health-gate.ts';
import { engineName, LABELS, type StackId } from './labels.ts';

/** Creates and starts a container, and waits until it is well. One that does not get well is removed again. */
export async function startReplica(
  docker: Docker,
  stack: StackId,
  spec: ContainerSpec,
  replica: number,
  signal?: AbortSignal,
): Promise<void> {
  const options = containerOptions(stack, spec, replica);
  await removeLeftover(docker, stack, options.name ?? '');
  const container = await docker.createContainer(options).catch((error: unknown) => {
    throw statusOf(error) === 409 ? nameTaken(options.name ?? '', error) : error;
  });
  try {
    for (const network of spec.networks.slice(1))
      await docker.getNetwork(engineName(stack, network)).connect({ Container: container.id, EndpointConfig: { Aliases: [spec.name] } });
    await container.start();
    await awaitHealthy(container, spec, signal);
    if (spec.name === 'postgres') await setUpDatabase(container, spec);
  } catch (error) {
    await unlessDone(container.remove({ force: true, v: true }));
    throw error;
  }
}

/** Lets a container finish what it does, and removes it. */
export async function removeReplica(docker: Docker, id: string): Promise<void> {
  const container = docker.getContainer(id);
  const info = await unlessMissing(container.inspect());
  if (info === null) return;
  // A paused process hears no signal.
  if (info.State.Paused) await unlessDone(container.kill({ signal: 'SIGKILL' }));
  await unlessDone(container.stop());
  await unlessDone(container.remove({ force: true, v: true }));
}

/** A container of the same name that an interrupted run of ours left: ours by its labels, or the engine refuses the name. */
async function removeLeftover(docker: Docker, { project, environment }: StackId, name: string): Promise<void> {
  const info = await unlessMissing(docker.getContainer(name).inspect());
  const labels = info?.Config.Labels ?? {};
  if (labels[LABELS.project] !== project || labels[LABELS.environment] !== environment) return;
  await unlessDone(docker.getContainer(name).remove({ force: true, v: true }));
}

function nameTaken(name: string, cause: unknown): SupastorError {
  return new SupastorError('SJ_CONFLICT', `The engine has a container ${name} that this command did not make`, {
    hint: `docker compose down, where compose runs this stack; else look at it with: docker inspect ${name}`,
    cause,
  });
}
