import { MAX_REPLICAS } from '@supastor/contract/config/containers';
import type { Config } from '@supastor/contract/config/schema';
import type { EdgeServers } from '../../edge/edge-options.ts';
import { renderHaproxyConfig } from '../../edge/render-haproxy.ts';
import { type ContainerSpec, FILES_DIR } from '../container-spec.ts';
import { publicUrl } from '../public-url.ts';
import { CONTAINER_PORTS, containerDefaults, scratch } from './from-service.ts';

/** HAProxy in front of everything. Its configuration does not depend on how many replicas there are, so scaling leaves it alone. */
export function edgeContainer(config: Config): ContainerSpec {
  const { host, port, images, memory } = config.containers;
  const { s3RootPort } = config.storage;
  return {
    ...containerDefaults(config, 'edge', memory.edge),
    environment: {},
    files: [{ name: 'haproxy.cfg', content: edgeConfig(config), secret: false }],
    image: images.edge,
    entrypoint: ['haproxy'],
    command: ['-W', '-db', '-f', `${FILES_DIR}/haproxy.cfg`],
    dependsOn: [],
    mounts: [scratch('/tmp')],
    networks: ['front', 'back'],
    published: [
      { name: 'http', host, port, containerPort: CONTAINER_PORTS.edge },
      ...(s3RootPort === undefined ? [] : [{ name: 's3', host, port: s3RootPort, containerPort: CONTAINER_PORTS.storageS3 }]),
    ],
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

function edgeConfig(config: Config): string {
  const { storage } = config;
  const hasS3 = storage.managed && storage.s3RootPort !== undefined;
  return renderHaproxyConfig({
    ports: {
      http: CONTAINER_PORTS.edge,
      health: CONTAINER_PORTS.edgeHealth,
      meta: CONTAINER_PORTS.meta,
      ...(hasS3 && { s3: CONTAINER_PORTS.storageS3 }),
    },
    storage: storage.managed ? servers('storage', CONTAINER_PORTS.storage) : null,
    ...(hasS3 && { storageS3: servers('storage', CONTAINER_PORTS.storageS3) }),
    admin: servers('admin', CONTAINER_PORTS.admin),
    meta: servers('meta', CONTAINER_PORTS.meta),
    publicUrl: publicUrl(config),
    trustedProxies: storage.trustedProxies,
  });
}

/** More than there can be replicas: while they are replaced, there are some of both kinds. */
function servers(host: string, port: number): EdgeServers {
  return { kind: 'resolved', host, port, max: MAX_REPLICAS + 5 };
}
