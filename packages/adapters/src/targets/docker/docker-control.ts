import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { SupastorError } from '@supastor/contract/errors';
import { SERVICE_NAMES, type ServiceName, type ServiceStatus } from '@supastor/contract/wire/service-status';
import type { ContainerSpec } from '@supastor/core/stack/containers/container-spec';
import type { ContainerTarget } from '@supastor/core/stack/containers/container-target.port';
import { lastGood } from '@supastor/core/stack/containers/deploy';
import type { ObservedReplica } from '@supastor/core/stack/containers/observed-containers';
import { type InstanceUsage, summarizeReplicas } from '@supastor/core/stack/containers/summarize-replicas';
import type { StackControl } from '@supastor/core/stack/stack-control.port';
import { createContainerMeter } from './container-meter.ts';
import { unlessDone } from './engine.ts';
import { followEvents } from './follow-events.ts';
import { awaitHealthy } from './health-gate.ts';
import type { StackId } from './labels.ts';
import { readLogs } from './logs.ts';
import { observeReplicas } from './observe.ts';

/** How many there should be changes with a deploy only, and is long to read. */
const SPECS_AGE_MS = 5000;
/** The edge needs a moment to find one that is back; until then the next one must stay. */
const SETTLE_MS = 4000;

/** Power over the containers of a stack, as over processes of a supervisor. */
export function createDockerControl(docker: Docker, id: StackId, history: ContainerTarget['history']): StackControl {
  const wantedSpecs = async (): Promise<readonly ContainerSpec[]> => {
    const good = lastGood(await history.list());
    return good?.stack.services ?? [];
  };
  const measure = createContainerMeter(docker);
  const rememberedSpecs = remember(wantedSpecs, SPECS_AGE_MS);
  const status = async (): Promise<readonly ServiceStatus[]> => {
    const observing = observeReplicas(docker, id);
    const measuring = observing.then((replicas) => measure(replicas.flatMap((replica) => (replica.startedAt === null ? [] : replica.id))));
    const [replicas, usage, specs] = await Promise.all([observing, measuring, rememberedSpecs()]);
    return summarizeAll(replicas, specs, usage);
  };
  return {
    status,
    async act(service, action, signal) {
      const own = (await observeReplicas(docker, id)).filter((replica) => replica.service === service);
      const spec = (await wantedSpecs()).find(({ name }) => name === service);
      if (own.length === 0) throw new SupastorError('SJ_SERVICE_UNKNOWN', `${service} has no container`, { hint: 'supastor up' });
      if (action === 'stop') await Promise.all(own.map((replica) => stop(docker, replica)));
      else if (action === 'start') await Promise.all(own.map((replica) => start(docker, replica, spec, signal)));
      // One after the other, so that the others serve meanwhile.
      else await restartAll(docker, own, spec, signal);
      const found = (await status()).find(({ name }) => name === service);
      if (!found) throw new SupastorError('SJ_SERVICE_UNKNOWN', `${service} is gone`, { hint: 'supastor up' });
      return found;
    },
    logs: (query, signal) => readLogs(docker, id, query, signal),
    events: (signal) => followEvents(docker, id, status, signal),
  };
}

/** The last answer for a while; a question that is under way is not asked again. */
function remember<T>(ask: () => Promise<T>, maxAgeMs: number): () => Promise<T> {
  let last: { readonly answer: Promise<T>; readonly atMs: number } | null = null;
  return async () => {
    if (last === null || performance.now() - last.atMs > maxAgeMs) last = { answer: ask(), atMs: performance.now() };
    try {
      return await last.answer;
    } catch (error) {
      last = null;
      throw error;
    }
  };
}

/** One status a service, in dependency order. */
export function summarizeAll(
  replicas: readonly ObservedReplica[],
  specs: readonly ContainerSpec[],
  usage: ReadonlyMap<string, InstanceUsage>,
): readonly ServiceStatus[] {
  const names = SERVICE_NAMES.filter((name) => isPart(name, replicas, specs));
  return names.map((name) => {
    const own = replicas.filter(({ service }) => service === name);
    return summarizeReplicas(name, own, specs.find((spec) => spec.name === name)?.replicas ?? null, usage);
  });
}

function isPart(name: ServiceName, replicas: readonly ObservedReplica[], specs: readonly ContainerSpec[]): boolean {
  return replicas.some(({ service }) => service === name) || (replicas.length > 0 && specs.some((spec) => spec.name === name));
}

async function stop(docker: Docker, { id, detail }: ObservedReplica): Promise<void> {
  if (detail === 'paused') await unlessDone(docker.getContainer(id).unpause());
  await unlessDone(docker.getContainer(id).stop());
}

async function start(docker: Docker, { id }: ObservedReplica, spec: ContainerSpec | undefined, signal?: AbortSignal): Promise<void> {
  const container = docker.getContainer(id);
  await unlessDone(container.start());
  if (spec !== undefined) await awaitHealthy(container, spec, signal);
}

async function restartAll(
  docker: Docker,
  replicas: readonly ObservedReplica[],
  spec: ContainerSpec | undefined,
  signal?: AbortSignal,
): Promise<void> {
  for (const [index, replica] of replicas.entries()) {
    if (index > 0) await sleep(SETTLE_MS);
    await restart(docker, replica, spec, signal);
  }
}

async function restart(docker: Docker, replica: ObservedReplica, spec: ContainerSpec | undefined, signal?: AbortSignal): Promise<void> {
  await stop(docker, replica);
  await start(docker, replica, spec, signal);
}
