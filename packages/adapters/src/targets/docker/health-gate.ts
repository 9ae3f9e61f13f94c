import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { SupastorError } from '@supastor/contract/errors';
import type { ContainerHealth, ContainerSpec } from '@supastor/core/stack/containers/container-spec';
import { demultiplex } from './demultiplex.ts';
import { execInContainer } from './exec.ts';

const FIRST_POLL_MS = 300;
/** A check is a process of its own: on a busy machine, asking often makes waiting longer. */
const SLOWEST_POLL_MS = 3000;
/** Restarts after which a container that never was healthy is given up. */
const MAX_RESTARTS = 3;
/** What has no check of its own must run this long. */
const SETTLED_MS = 2000;
const LAST_LINES = 8;
/** A check may take so many times as long as later: while all services start, the machine is busy. */
const PATIENCE = 3;

/**
 * Resolves when the container is healthy. Asks by itself too: the engine's first check comes only after a whole interval.
 * @throws SJ_SERVICE_START_FAILED with the last lines it wrote, SJ_INTERRUPTED
 */
export async function awaitHealthy(container: Docker.Container, spec: ContainerSpec, signal?: AbortSignal): Promise<void> {
  const startedAt = performance.now();
  const { health } = spec;
  const periodMs = health === null ? SETTLED_MS : health.startPeriodMs + health.intervalMs * health.retries;
  for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(SLOWEST_POLL_MS, pollMs * 1.3)) {
    if (signal?.aborted) throw new SupastorError('SJ_INTERRUPTED', `Interrupted while ${spec.name} was starting`);
    const { State, RestartCount } = await container.inspect();
    if (RestartCount >= MAX_RESTARTS || State.Status === 'exited' || State.Status === 'dead')
      throw await failure(container, spec, `ended with ${State.ExitCode}`);
    if (State.Health?.Status === 'healthy') return;
    if (State.Health?.Status === 'unhealthy') throw await failure(container, spec, 'fails its health check');
    const elapsedMs = performance.now() - startedAt;
    if (health === null && elapsedMs > SETTLED_MS) return;
    if (health !== null && State.Running && !State.Restarting && (await passes(container, health, signal))) return;
    if (health !== null && elapsedMs > periodMs)
      throw await failure(container, spec, `was not healthy within ${Math.round(periodMs / 1000)} s`);
    await sleep(pollMs);
  }
}

async function passes(container: Docker.Container, { command, timeoutMs }: ContainerHealth, signal?: AbortSignal): Promise<boolean> {
  const late = AbortSignal.timeout(timeoutMs * PATIENCE);
  const limit = signal === undefined ? late : AbortSignal.any([late, signal]);
  // It may end while it is asked, or not answer: the next look tells.
  const result = await execInContainer(container, command, { signal: limit }).catch(() => null);
  return result?.exitCode === 0;
}

async function failure(container: Docker.Container, { name, image }: ContainerSpec, why: string): Promise<SupastorError> {
  const logs = await container.logs({ stdout: true, stderr: true, tail: LAST_LINES }).catch(() => Buffer.alloc(0));
  let text = '';
  for await (const part of demultiplex([logs])) text += part.text;
  const lines = text
    .trim()
    .split('\n')
    .slice(-LAST_LINES)
    .map((line) => `  ${line.slice(0, 400)}`);
  return new SupastorError('SJ_SERVICE_START_FAILED', `${name} (${image}) ${why}${text.trim() === '' ? '' : `:\n${lines.join('\n')}`}`, {
    hint: `supastor logs ${name}`,
    meta: { service: name, image },
  });
}
