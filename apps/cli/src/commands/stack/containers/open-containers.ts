import { hostname, userInfo } from 'node:os';
import { createDockerControl } from '@supastor/adapters/targets/docker/docker-control';
import { type DockerTarget, openDockerTarget } from '@supastor/adapters/targets/docker/docker-target';
import { formatMistake } from '@supastor/core/config/mistakes';
import type { LoadedConfig } from '@supastor/core/config/source';
import type { LockHolder } from '@supastor/core/stack/containers/container-target.port';
import type { StackControl } from '@supastor/core/stack/stack-control.port';
import type { CliContext } from '../../../context.ts';
import type { ContainerStack } from '../open-stack.ts';

/** A project whose services are containers, and the engine that has them. */
export interface ContainerProject {
  readonly loaded: LoadedConfig;
  readonly target: DockerTarget;
  readonly control: StackControl;
}

/** Reaches the engine. @throws SJ_ENGINE_UNREACHABLE */
export async function openContainerProject(context: CliContext, { loaded }: ContainerStack): Promise<ContainerProject> {
  for (const warning of loaded.warnings) context.output.warn(formatMistake(warning));
  const id = { project: loaded.config.project.name, environment: loaded.environment };
  const target = await openDockerTarget(id, loaded.config.containers.engine);
  return { loaded, target, control: createDockerControl(target.docker, id, target.history) };
}

/** Who is at work, as the history names them. */
export function holderOf({ env }: CliContext, purpose: string): LockHolder {
  const user = env['SUDO_USER'] ?? userInfo().username;
  return { who: `${user}@${hostname()}`, purpose };
}
