import { openDockerTarget } from '@supastor/adapters/targets/docker/docker-target';
import { createDockerControl } from '@supastor/adapters/targets/docker/docker-control';
import type { StackId } from '@supastor/adapters/targets/docker/labels';
import { createSwarmControl } from '@supastor/adapters/targets/swarm/swarm-control';
import { openSwarmTarget } from '@supastor/adapters/targets/swarm/swarm-target';
import { startControlServer } from '@supastor/adapters/targets/embedded/control-server';
import { createLogger } from '@supastor/adapters/telemetry/logger';
import { logLevelSchema } from '@supastor/contract/wire/log-record';
import type { StackControl } from '@supastor/core/stack/stack-control.port';

// Second composition root: the process beside an engine that admin-api sees and moves services through.
const { env } = process;
const logger = createLogger({ service: 'agent', level: logLevelSchema.catch('info').parse(env['LOG_LEVEL']) });
/** Of ours and of the group that admin-api runs as. */
const SOCKET_MODE = 0o660;

try {
  const id = { project: required('SUPASTOR_PROJECT'), environment: required('SUPASTOR_ENVIRONMENT') };
  const socketPath = required('SUPASTOR_CONTROL_SOCKET');
  const control = await openControl(id, env['DOCKER_HOST']);
  const server = await startControlServer(control, socketPath, SOCKET_MODE);
  logger.info({ socket: socketPath }, 'agent is ready');
  const stop = () => void server.stop().finally(() => process.exit(0));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
} catch (error) {
  logger.fatal({ err: error }, 'agent could not start');
  process.exit(1);
}

/** Over one engine, or as a manager of a swarm. */
async function openControl(id: StackId, address: string | undefined): Promise<StackControl> {
  if (env['SUPASTOR_TARGET'] === 'swarm') {
    const { docker, history } = await openSwarmTarget(id, address);
    return createSwarmControl(docker, id, history);
  }
  const { docker, history } = await openDockerTarget(id, address);
  return createDockerControl(docker, id, history);
}

function required(name: string): string {
  const value = env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
}
