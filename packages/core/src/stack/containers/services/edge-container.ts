import { MAX_REPLICAS } from '@supastor/contract/config/containers';
import type { Config } from '@supastor/contract/config/schema';
import { SupastorError } from '@supastor/contract/errors';
import type { ServiceName } from '@supastor/contract/wire/service-status';
import type { EdgeServers } from '../../edge/edge-options.ts';
import { renderHaproxyConfig } from '../../edge/render-haproxy.ts';
import { type ContainerMount, type ContainerSpec, FILES_DIR } from '../container-spec.ts';
import { publicUrl } from '../public-url.ts';
import { CONTAINER_PORTS, containerDefaults, replicasOf, scratch } from './from-service.ts';

/** HAProxy finds the key beside the certificate, as `<path>.key`. */
const CERTIFICATE = '/etc/supastor-tls/edge.pem';

/** HAProxy in front of everything. Its configuration does not depend on how many replicas there are, so scaling leaves it alone. */
export function edgeContainer(config: Config): ContainerSpec {
  const { host, port, images, memory } = config.containers;
  const { s3RootPort } = config.storage;
  const tls = tlsFiles(config);
  return {
    ...containerDefaults(config, 'edge', memory.edge),
    environment: {},
    files: [{ name: 'haproxy.cfg', content: edgeConfig(config, tls !== null), secret: false }],
    image: images.edge,
    entrypoint: ['haproxy'],
    command: ['-W', '-db', '-f', `${FILES_DIR}/haproxy.cfg`],
    dependsOn: [],
    mounts: [scratch('/tmp'), ...(tls ?? [])],
    networks: ['front', 'back'],
    published: [
      { name: 'http', host, port, containerPort: tls === null ? CONTAINER_PORTS.edge : CONTAINER_PORTS.edgeTls },
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

/** With TLS the host listens for that alone; the services of the stack go on without, on its own networks. */
function edgeConfig(config: Config, hasTls: boolean): string {
  const { storage } = config;
  const hasS3 = storage.managed && storage.s3RootPort !== undefined;
  return renderHaproxyConfig({
    ports: {
      http: CONTAINER_PORTS.edge,
      health: CONTAINER_PORTS.edgeHealth,
      meta: CONTAINER_PORTS.meta,
      ...(hasTls && { https: CONTAINER_PORTS.edgeTls }),
      ...(hasS3 && { s3: CONTAINER_PORTS.storageS3 }),
    },
    storage: storage.managed ? servers(config, 'storage', CONTAINER_PORTS.storage) : null,
    ...(storage.engine === 'supabase' && { isOfficialStorage: true }),
    ...(hasS3 && { storageS3: servers(config, 'storage', CONTAINER_PORTS.storageS3) }),
    admin: servers(config, 'admin', CONTAINER_PORTS.admin),
    meta: servers(config, 'meta', CONTAINER_PORTS.meta),
    publicUrl: publicUrl(config),
    trustedProxies: storage.trustedProxies,
    ...(hasTls && { certificatePath: CERTIFICATE }),
  });
}

/** More than there can be replicas: while they are replaced, there are some of both kinds. */
function servers(config: Config, service: ServiceName, port: number): EdgeServers {
  return { kind: 'resolved', host: replicasOf(config, service), port, max: MAX_REPLICAS + 5 };
}

/** The files of the host, as mounts; null without TLS. @throws SJ_CONFIG_INVALID */
function tlsFiles({ containers: { tlsCertificate: certificate, tlsKey: key } }: Config): readonly ContainerMount[] | null {
  if (certificate === undefined && key === undefined) return null;
  const files = { 'containers.tlsCertificate': certificate, 'containers.tlsKey': key };
  for (const [path, value] of Object.entries(files)) {
    if (value?.startsWith('/') === true) continue;
    const reason = value === undefined ? 'is missing: a certificate and its key belong together' : 'is not an absolute path of the host';
    throw new SupastorError('SJ_CONFIG_INVALID', `${path} ${reason}`, { hint: `set ${path}, as in /etc/ssl/storage.pem` });
  }
  return [
    { kind: 'bind', source: certificate ?? '', path: CERTIFICATE, readOnly: true },
    { kind: 'bind', source: key ?? '', path: `${CERTIFICATE}.key`, readOnly: true },
  ];
}
