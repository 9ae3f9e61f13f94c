import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { SupastorError } from '@supastor/contract/errors';
import type { SwarmNode } from '@supastor/core/stack/swarm/observed-swarm';
import { hashSwarmService, type SwarmService } from '@supastor/core/stack/swarm/swarm-service';
import { LABELS, type StackId } from '../docker/labels.ts';
import { findService } from './services.ts';
import { readTaskLines } from './swarm-logs.ts';
import { describeFailure, listNodes, listTasks } from './tasks.ts';
import type { SwarmServiceInfo, Task } from './wire.ts';

const LAST_LINES = 8;
const POLL_MS = 700;
/** Tasks of a new service that may fail before it is given up. */
const MAX_FAILURES = 3;
/** What a manager takes to place a task and a node to begin with it. */
const PLACEMENT_MS = 60_000;

interface Version {
  readonly hash: string;
  readonly force: number;
}

/**
 * Resolves when every task of a service is of its current version and healthy, and the update has come to an end.
 * @throws SJ_IMAGE_MISSING naming the node; SJ_SERVICE_START_FAILED with what the last task said; SJ_INTERRUPTED
 */
export async function awaitConverged(docker: Docker, id: StackId, service: SwarmService, signal?: AbortSignal): Promise<void> {
  const deadline = performance.now() + patienceMs(service);
  const startedAt = new Date(Date.now() - POLL_MS).toISOString();
  const hash = hashSwarmService(service);
  for (;;) {
    if (signal?.aborted)
      throw new SupastorError('SJ_INTERRUPTED', `Interrupted while ${service.name} was starting; the swarm goes on with it`);
    const info = await findService(docker, id, service.name);
    if (info === null)
      throw new SupastorError('SJ_SERVICE_START_FAILED', `${service.name} was removed while it started`, { hint: 'supastor up' });
    const tasks = await listTasks(docker, [info.ID]);
    const own = tasks.filter((task) => isOf(task, { hash, force: info.Spec.TaskTemplate.ForceUpdate }));
    const state = info.UpdateStatus?.State ?? '';
    if (state === 'paused' || state === 'rollback_paused' || state === 'rollback_completed')
      throw await failure(
        docker,
        service,
        recent(tasks, startedAt),
        state === 'rollback_completed' ? 'the swarm went back to the version before' : 'the swarm stopped the update',
      );
    const isUnderWay = state === 'updating' || state === 'rollback_started';
    if (!isUnderWay && isComplete(tasks, own, await wantedTasks(docker, service, info))) return;
    const failed = own.filter(hasFailed);
    if (!isUnderWay && failed.length >= MAX_FAILURES) throw await failure(docker, service, failed, `failed ${failed.length} times`);
    const lacking = own.find(lacksImage);
    if (!isUnderWay && lacking !== undefined) throw await failure(docker, service, [lacking], 'has no image');
    if (performance.now() > deadline) {
      const waiting = own.filter(({ DesiredState, Status }) => DesiredState === 'running' && Status.State !== 'running');
      throw await failure(docker, service, waiting, `was not healthy within ${Math.round(patienceMs(service) / 1000)} s`);
    }
    await sleep(POLL_MS);
  }
}

/** As many tasks as there should be, all healthy, and none of another version that should run beside them. */
export function isComplete(tasks: readonly Task[], own: readonly Task[], wanted: number): boolean {
  const active = tasks.filter(({ DesiredState }) => DesiredState === 'running');
  const running = own.filter(({ DesiredState, Status }) => DesiredState === 'running' && Status.State === 'running');
  return running.length === wanted && active.length === wanted;
}

async function wantedTasks(docker: Docker, { replicas }: SwarmService, info: SwarmServiceInfo): Promise<number> {
  if (replicas !== null) return info.Spec.Mode.Replicated?.Replicas ?? replicas;
  // One on every node that may have one: only the manager knows which those are.
  const listed = await docker.listServices({ filters: { id: [info.ID] }, status: true });
  return Math.max(1, listed[0]?.ServiceStatus?.DesiredTasks ?? 1);
}

function isOf(task: Task, { hash, force }: Version): boolean {
  return task.Spec.ContainerSpec?.Labels[LABELS.specHash] === hash && task.Spec.ForceUpdate === force;
}

function recent(tasks: readonly Task[], since: string): readonly Task[] {
  return tasks.filter((task) => task.CreatedAt >= since && hasFailed(task));
}

function hasFailed({ Status }: Task): boolean {
  return ['failed', 'rejected', 'complete'].includes(Status.State);
}

function lacksImage({ Status }: Task): boolean {
  return Status.State === 'rejected' && /no such image|pull access denied|manifest unknown|not found/i.test(Status.Err);
}

/** Each replica may take its whole start period, as many at a time as the update replaces. */
function patienceMs({ container: { health }, replicas, settings }: SwarmService): number {
  const each = (health === null ? 10_000 : health.startPeriodMs + health.intervalMs * health.retries) + settings.monitorMs;
  return PLACEMENT_MS + each * (1 + Math.ceil((replicas ?? 3) / settings.parallelism));
}

/** What a task wrote last, wherever it ran. */
async function endOf(docker: Docker, { ID, ServiceID }: Task): Promise<string> {
  const lines = await readTaskLines(docker, ServiceID, ID).catch(() => []);
  return lines.length === 0
    ? ''
    : `:${lines
        .slice(-LAST_LINES)
        .map((line) => `\n  ${line.slice(0, 400)}`)
        .join('')}`;
}

async function failure(
  docker: Docker,
  { name, container: { image } }: SwarmService,
  tasks: readonly Task[],
  what: string,
): Promise<SupastorError> {
  const nodes = await listNodes(docker).catch(() => []);
  const last = tasks.toSorted((a, b) => (a.CreatedAt < b.CreatedAt ? 1 : -1))[0];
  if (last === undefined)
    return new SupastorError('SJ_SERVICE_START_FAILED', `${name} (${image}): ${what}`, { hint: `supastor logs ${name}` });
  const node = nodeName(nodes, last);
  if (lacksImage(last)) {
    return new SupastorError('SJ_IMAGE_MISSING', `${node} has no image ${image} and could not pull it: ${describeFailure(last)}`, {
      hint: `push it to a registry that every node reaches, or load it there: docker save ${image} | ssh ${node} docker load`,
      meta: { service: name, image, node },
    });
  }
  return new SupastorError(
    'SJ_SERVICE_START_FAILED',
    `${name} (${image}) ${what}; on ${node}: ${describeFailure(last)}${await endOf(docker, last)}`,
    {
      hint: last.Status.Err.includes('no suitable node')
        ? 'look at containers.swarm.constraints and at `docker node ls`'
        : `supastor logs ${name}`,
      meta: { service: name, image, node },
    },
  );
}

function nodeName(nodes: readonly SwarmNode[], { NodeID }: Task): string {
  return nodes.find(({ id }) => id === NodeID)?.name ?? 'no node';
}
