import type Docker from 'dockerode';
import { SupastorError } from '@supastor/contract/errors';
import type { ContainerStep } from '@supastor/core/stack/containers/container-plan';
import type { ContainerTarget } from '@supastor/core/stack/containers/container-target.port';
import { planSwarm, planSwarmTeardown } from '@supastor/core/stack/swarm/swarm-plan';
import { START_ORDER } from '../docker/docker-target.ts';
import { assertEngine, createEngine } from '../docker/engine.ts';
import type { StackId } from '../docker/labels.ts';
import { observeSwarm } from './observe-swarm.ts';
import { prepareSwarmStack, settingsOf } from './prepare-stack.ts';
import { executeSwarmStep } from './execute-step.ts';
import { createSwarmHistory } from './swarm-history.ts';
import { acquireSwarmLock } from './swarm-lock.ts';
import { listNodes } from './tasks.ts';

export interface SwarmTarget extends ContainerTarget {
  readonly docker: Docker;
  readonly id: StackId;
}

/** Services of the swarm whose manager the engine is. @throws SJ_ENGINE_UNREACHABLE, SJ_NO_SWARM */
export async function openSwarmTarget(id: StackId, address: string | undefined): Promise<SwarmTarget> {
  const docker = createEngine(address);
  await assertEngine(docker, address);
  await assertManager(docker);
  const history = createSwarmHistory(docker, id);
  return {
    docker,
    id,
    prepare: async (stack, records) => prepareSwarmStack(stack, records, await listNodes(docker)),
    async plan(stack) {
      const settings = settingsOf(stack);
      return planSwarm(stack, settings, await observeSwarm(docker, id, history, { stack, settings }));
    },
    planTeardown: async (options) =>
      planSwarmTeardown({ ...id, order: START_ORDER }, await observeSwarm(docker, id, history, null), options),
    execute: (step: ContainerStep, signal?: AbortSignal) => executeSwarmStep(docker, id, step, signal),
    lock: (holder) => acquireSwarmLock(docker, id, holder),
    history,
  };
}

/** @throws SJ_NO_SWARM saying what to do */
async function assertManager(docker: Docker): Promise<void> {
  const { Swarm }: { readonly Swarm?: { readonly LocalNodeState?: string; readonly ControlAvailable?: boolean } } = await docker.info();
  if (Swarm?.ControlAvailable === true) return;
  const state = Swarm?.LocalNodeState ?? 'inactive';
  if (state === 'active') {
    throw new SupastorError('SJ_NO_SWARM', 'The engine is a worker of a swarm, and only managers take orders', {
      hint: 'set containers.engine (or DOCKER_HOST) to a manager, or `docker node promote` this one',
    });
  }
  const locked = state === 'locked';
  throw new SupastorError('SJ_NO_SWARM', locked ? 'The swarm of this engine is locked' : 'The engine is not part of a swarm', {
    hint: locked
      ? 'docker swarm unlock'
      : 'docker swarm init, then `docker swarm join` on the other machines; or set project.target: docker',
  });
}
