import type { Config } from '@supastor/contract/config/schema';
import { type ContainerSpec, FILES_DIR } from '../container-spec.ts';
import { renderEdgeConfig } from '../edge-config.ts';
import { CONTAINER_PORTS, containerDefaults, scratch } from './from-service.ts';

/** HAProxy in front of everything. Its configuration does not depend on how many replicas there are, so scaling leaves it alone. */
export function edgeContainer(config: Config): ContainerSpec {
  const { host, port, images, memory } = config.containers;
  return {
    ...containerDefaults(config, 'edge', memory.edge),
    environment: {},
    files: [{ name: 'haproxy.cfg', content: renderEdgeConfig({ storage: config.storage.managed }), secret: false }],
    image: images.edge,
    entrypoint: ['haproxy'],
    command: ['-W', '-db', '-f', `${FILES_DIR}/haproxy.cfg`],
    dependsOn: [],
    mounts: [scratch('/tmp')],
    networks: ['front', 'back'],
    published: [{ name: 'http', host, port, containerPort: CONTAINER_PORTS.edge }],
    health: {
      command: ['bash', '-c', `exec 3<>/dev/tcp/127.0.0.1/${CONTAINER_PORTS.edgeHealth}`],
      intervalMs: 2000,
      timeoutMs: 2000,
      startPeriodMs: 20_000,
      retries: 3,
    },
    user: '99:99',
    update: 'stop-first',
    // Lets what runs finish.
    stopSignal: 'SIGUSR1',
    stopTimeoutMs: 20_000,
  };
}
