import type { Config } from '@supastor/contract/config/schema';
import { storageService } from '../../services/storage.ts';
import type { ContainerSpec } from '../container-spec.ts';
import { officialStorageContainer } from '../official/official-storage-container.ts';
import { publicUrl } from '../public-url.ts';
import {
  CONTAINER_PORTS,
  containerDefaults,
  containerEnvironment,
  OBJECTS_DIR,
  postgresTlsFiles,
  replicasOf,
  scratch,
} from './from-service.ts';
import { nodeHealth } from './node-health.ts';

/** The storage server; null when another one is administered. All replicas share the bytes. */
export function storageContainer(config: Config): ContainerSpec | null {
  // A directory of the host is mounted where the volume would be.
  const { filePath } = config.storage;
  const service = storageService({ ...config, storage: { ...config.storage, filePath: undefined } });
  if (service === null) return null;
  if (config.storage.engine === 'supabase') return officialStorageContainer(config, service);
  const { drainSeconds } = config.containers;
  return {
    ...containerDefaults(config, 'storage', config.containers.memory.storage),
    ...containerEnvironment(
      service,
      {
        SERVER_HOST: '0.0.0.0',
        SERVER_PORT: String(CONTAINER_PORTS.storage),
        ...(config.storage.s3RootPort === undefined ? {} : { S3_ROOT_PORT: String(CONTAINER_PORTS.storageS3) }),
        STORAGE_PUBLIC_URL: publicUrl(config),
        SUPASTOR_DRAIN_SECONDS: String(drainSeconds),
        // The edge, and whom it believes itself; nobody else of the stack's networks. By name: its address changes when it is replaced.
        SUPASTOR_TRUSTED_PROXIES: [replicasOf(config, 'edge'), ...config.storage.trustedProxies].join(','),
      },
      postgresTlsFiles(config),
    ),
    image: config.containers.images.storage,
    dependsOn: service.dependsOn,
    replicas: config.storage.replicas,
    mounts: [
      filePath === undefined
        ? { kind: 'volume', volume: 'objects', path: OBJECTS_DIR, readOnly: false }
        : { kind: 'bind', source: filePath, path: OBJECTS_DIR, readOnly: false },
      scratch('/tmp'),
    ],
    networks: ['front', 'back'],
    health: nodeHealth({ port: CONTAINER_PORTS.storage, ready: '/health/ready', live: '/health/live' }),
    user: '1000:1000',
    stopTimeoutMs: service.stopTimeoutMs + drainSeconds * 1000,
  };
}
