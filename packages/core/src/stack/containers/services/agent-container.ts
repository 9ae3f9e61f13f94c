import type { Config } from '@supastor/contract/config/schema';
import { VERSION } from '@supastor/contract/version';
import type { ContainerSpec } from '../container-spec.ts';
import { containerDefaults, CONTROL_DIR, CONTROL_SOCKET, scratch } from './from-service.ts';

const ENGINE_SOCKET = '/var/run/docker.sock';

/**
 * Stands between admin-api and the engine, whose socket is as good as root on the host. It offers to see, start, stop and restart
 * the services of this one stack and to read their logs, on a socket that only admin-api shares, and has no network at all.
 */
export function agentContainer(config: Config, environment: string): ContainerSpec {
  const inSwarm = config.project.target === 'swarm';
  return {
    ...containerDefaults(config, 'agent', config.containers.memory.admin),
    image: config.containers.images.admin,
    command: ['node', 'dist/agent.js'],
    dependsOn: [],
    environment: {
      SUPASTOR_PROJECT: config.project.name,
      SUPASTOR_ENVIRONMENT: environment,
      ...(inSwarm && { SUPASTOR_TARGET: 'swarm' }),
      SUPASTOR_CONTROL_SOCKET: CONTROL_SOCKET,
      DOCKER_HOST: `unix://${ENGINE_SOCKET}`,
      LOG_LEVEL: config.logging.level,
      // A new version of the programs is a reason to restart them.
      SUPASTOR_VERSION: VERSION,
    },
    mounts: [
      { kind: 'bind', source: ENGINE_SOCKET, path: ENGINE_SOCKET, readOnly: true },
      { kind: 'volume', volume: 'control', path: CONTROL_DIR, readOnly: false },
      scratch('/tmp'),
    ],
    // A service of a swarm has a network; this one has no way out, and the agent listens on none.
    networks: inSwarm ? ['back'] : [],
    health: {
      command: ['test', '-S', CONTROL_SOCKET],
      intervalMs: 5000,
      timeoutMs: 5000,
      startPeriodMs: 30_000,
      retries: 3,
    },
    // The owner of the engine's socket, without a capability; the group is admin-api's, for which the control socket is.
    user: '0:1000',
    update: 'stop-first',
    stopTimeoutMs: 5000,
  };
}
