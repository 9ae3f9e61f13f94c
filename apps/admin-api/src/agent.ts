import { openDockerTarget } from '@supastor/adapters/targets/docker/docker-target';
import { createDockerControl } from '@supastor/adapters/targets/docker/docker-control';
import { startControlServer } from '@supastor/adapters/targets/embedded/control-server';
import { createLogger } from '@supastor/adapters/telemetry/logger';
import { logLevelSchema } from '@supastor/contract/wire/log-record';

// Second composition root: the process beside an engine that admin-api sees and moves services through.
const { env } = process;
const logger = createLogger({ service: 'agent', level: logLevelSchema.catch('info').parse(env['LOG_LEVEL']) });
/** Of ours and of the group that admin-api runs as. */
const SOCKET_MODE = 0o660;

try {
  const id = { project: required('SUPASTOR_PROJECT'), environment: required('SUPASTOR_ENVIRONMENT') };
  const socketPath = required('SUPASTOR_CONTROL_SOCKET');
  const { docker, history } = await openDockerTarget(id, env['DOCKER_HOST']);
  const server = await startControlServer(createDockerControl(docker, id, history), socketPath, SOCKET_MODE);
  logger.info({ socket: socketPath }, 'agent is ready');
  const stop = () => void server.stop().finally(() => process.exit(0));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
} catch (error) {
  logger.fatal({ err: error }, 'agent could not start');
  process.exit(1);
}

function required(name: string): string {
  const value = env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
}
