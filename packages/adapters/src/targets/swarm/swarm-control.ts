import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { SupastorError } from '@supastor/contract/errors';
import { SERVICE_NAMES, type ServiceName, type ServiceStatus } from '@supastor/contract/wire/service-status';
import type { DeployHistory } from '@supastor/core/stack/containers/container-target.port';
import { lastGood } from '@supastor/core/stack/containers/deploy';
import { summarizeReplicas } from '@supastor/core/stack/containers/summarize-replicas';
import type { StackControl, StackEvent } from '@supastor/core/stack/stack-control.port';
import type { SwarmNode } from '@supastor/core/stack/swarm/observed-swarm';
import { buildSwarmServices, type SwarmService } from '@supastor/core/stack/swarm/swarm-service';
import type { StackId } from '../docker/labels.ts';
import { awaitConverged } from './converge.ts';
import { settingsOf } from './prepare-stack.ts';
import { changeService, listServices } from './services.ts';
import { readSwarmLogs } from './swarm-logs.ts';
import { createSwarmMeter } from './swarm-meter.ts';
import { listNodes, observeReplicas, type PlacedReplica } from './tasks.ts';

/** A manager tells nobody when a task gets well; it is asked this often. */
const LOOK_EVERY_MS = 2000;

export interface Placement {
  readonly nodes: readonly SwarmNode[];
  readonly replicas: readonly PlacedReplica[];
}

/** What a swarm can tell besides: its nodes, and where each replica is. */
export interface SwarmControl extends StackControl {
  readonly placement: () => Promise<Placement>;
}

/** Power over the services of a stack, as over processes of a supervisor. */
export function createSwarmControl(docker: Docker, id: StackId, history: DeployHistory): SwarmControl {
  const measure = createSwarmMeter(docker);
  const status = async (): Promise<readonly ServiceStatus[]> => {
    const services = await listServices(docker, id);
    const replicas = await observeReplicas(docker, services);
    const usage = await measure(replicas);
    return SERVICE_NAMES.flatMap((name) => {
      const service = services.find((candidate) => candidate.name === name);
      if (service === undefined) return [];
      const own = replicas.filter((replica) => replica.service === name);
      return withNodes(summarizeReplicas(name, own, service.info.ServiceStatus?.DesiredTasks ?? null, usage), own);
    });
  };
  return {
    status,
    async act(name, action, signal) {
      const service = await wantedService(history, name);
      if (action !== 'restart' && service.replicas === null) {
        throw new SupastorError('SJ_TRANSITION_REFUSED', `${name} runs on every node as long as there is a stack`, {
          hint: 'supastor down',
        });
      }
      await changeService(docker, id, name, (spec) => {
        if (action === 'restart')
          return { ...spec, TaskTemplate: { ...spec.TaskTemplate, ForceUpdate: spec.TaskTemplate.ForceUpdate + 1 } };
        return { ...spec, Mode: { Replicated: { Replicas: action === 'stop' ? 0 : service.replicas } } };
      });
      await awaitConverged(docker, id, service, signal);
      const found = (await status()).find((candidate) => candidate.name === name);
      if (!found) throw new SupastorError('SJ_SERVICE_UNKNOWN', `${name} is gone`, { hint: 'supastor up' });
      return found;
    },
    logs: (query, signal) => readSwarmLogs(docker, id, query, signal),
    events: (signal) => watchStatus(status, signal),
    placement: async () => ({ nodes: await listNodes(docker), replicas: await observeReplicas(docker, await listServices(docker, id)) }),
  };
}

/** The service as it was last deployed. @throws SJ_SERVICE_UNKNOWN */
async function wantedService(history: DeployHistory, name: ServiceName): Promise<SwarmService> {
  const stack = lastGood(await history.list())?.stack;
  const service =
    stack === undefined ? undefined : buildSwarmServices(stack, settingsOf(stack)).find((candidate) => candidate.name === name);
  if (service) return service;
  throw new SupastorError('SJ_SERVICE_UNKNOWN', `${name} is not part of this stack`, { hint: 'supastor up' });
}

function withNodes(status: ServiceStatus, replicas: readonly PlacedReplica[]): ServiceStatus {
  const nodes = [...new Set(replicas.flatMap(({ node }) => node ?? []))].toSorted();
  if (nodes.length === 0) return status;
  const where = `on ${nodes.join(', ')}`;
  return { ...status, detail: status.detail === null ? where : `${status.detail} ${where}` };
}

async function* watchStatus(status: () => Promise<readonly ServiceStatus[]>, signal?: AbortSignal): AsyncGenerator<StackEvent> {
  let last = new Map((await status()).map((service) => [service.name, service]));
  const isOver = () => signal?.aborted === true;
  for (;;) {
    await sleep(LOOK_EVERY_MS, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
    if (isOver()) return;
    const now = new Map((await status()).map((service) => [service.name, service]));
    for (const [service, current] of now) {
      const before = last.get(service);
      if (before?.state === current.state && before.detail === current.detail) continue;
      yield { name: 'service.changed', payload: { service, from: before?.state ?? 'stopped', to: current.state, status: current } };
    }
    last = now;
  }
}
