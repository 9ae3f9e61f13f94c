import { hostname, userInfo } from 'node:os';
import { createDockerControl } from '@supastor/adapters/targets/docker/docker-control';
import { type DockerTarget, openDockerTarget } from '@supastor/adapters/targets/docker/docker-target';
import { createSwarmControl, type SwarmControl } from '@supastor/adapters/targets/swarm/swarm-control';
import { openSwarmTarget, type SwarmTarget } from '@supastor/adapters/targets/swarm/swarm-target';
import { formatMistake } from '@supastor/core/config/mistakes';
import type { LoadedConfig } from '@supastor/core/config/source';
import type { LockHolder } from '@supastor/core/stack/containers/container-target.port';
import type { StackControl } from '@supastor/core/stack/stack-control.port';
import type { CliContext } from '../../../context.ts';
import type { ContainerStack } from '../open-stack.ts';

/** A project whose services are containers, and the engine that has them. */
export interface ContainerProject {
  readonly loaded: LoadedConfig;
  readonly target: DockerTarget | SwarmTarget;
  readonly control: StackControl;
  /** Which nodes there are and what runs on them; null where there is one engine alone. */
  readonly placement: SwarmControl['placement'] | null;
}

/** Reaches the engine, or the manager of a swarm. @throws SJ_ENGINE_UNREACHABLE, SJ_NO_SWARM */
export async function openContainerProject(context: CliContext, { loaded }: ContainerStack): Promise<ContainerProject> {
  for (const warning of loaded.warnings) context.output.warn(formatMistake(warning));
  const id = { project: loaded.config.project.name, environment: loaded.environment };
  const { engine } = loaded.config.containers;
  if (loaded.config.project.target === 'swarm') {
    const swarm = await openSwarmTarget(id, engine);
    const control = createSwarmControl(swarm.docker, id, swarm.history);
    return { loaded, target: swarm, control, placement: control.placement };
  }
  const target = await openDockerTarget(id, engine);
  return { loaded, target, control: createDockerControl(target.docker, id, target.history), placement: null };
}

/** Who is at work, as the history names them. */
export function holderOf({ env }: CliContext, purpose: string): LockHolder {
  const user = env['SUDO_USER'] ?? userInfo().username;
  return { who: `${user}@${hostname()}`, purpose };
}
