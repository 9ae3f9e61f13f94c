import type { Config } from '@supastor/contract/config/schema';
import { channelsWithoutAlertmanager } from '../../../monitoring/definitions/alertmanager-config.ts';
import { adminService } from '../../services/admin.ts';
import type { ContainerSpec } from '../container-spec.ts';
import { publicUrl } from '../public-url.ts';
import {
  CONTAINER_PORTS,
  containerDefaults,
  containerEnvironment,
  CONTROL_DIR,
  postgresTlsFiles,
  replicasOf,
  scratch,
} from './from-service.ts';
import { nodeHealth } from './node-health.ts';

/** admin-api and the dashboard. It reaches storage and meta through the edge. */
export function adminContainer(config: Config, environment: string): ContainerSpec {
  const service = adminService(withBuiltInChannels(config), environment);
  const drainSeconds = Math.max(config.admin.drainSeconds, config.containers.drainSeconds);
  return {
    ...containerDefaults(config, 'admin', config.containers.memory.admin),
    ...containerEnvironment(
      service,
      {
        SUPASTOR_ADMIN_HOST: '0.0.0.0',
        SUPASTOR_ADMIN_PORT: String(CONTAINER_PORTS.admin),
        SUPASTOR_STORAGE_PUBLIC_URL: config.storage.managed ? publicUrl(config) : (config.storage.endpoint ?? publicUrl(config)),
        SUPASTOR_ADMIN_DRAIN_SECONDS: String(drainSeconds),
        ...storageFigures(config),
      },
      postgresTlsFiles(config),
    ),
    image: config.containers.images.admin,
    dependsOn: ['edge', 'meta'],
    mounts: [scratch('/tmp'), { kind: 'volume', volume: 'control', path: CONTROL_DIR, readOnly: true }],
    networks: ['front', 'back'],
    health: nodeHealth({ port: CONTAINER_PORTS.admin, ready: '/health/live', live: '/health/live' }),
    user: '1000:1000',
    stopTimeoutMs: 10_000 + drainSeconds * 1000,
  };
}

/** Every storage server is asked for its figures: the edge would give those of one, and only of the admin server. */
function storageFigures(config: Config): Readonly<Record<string, string>> {
  if (!config.storage.managed || config.monitoring.storageUrls.length > 0) return {};
  return { SUPASTOR_MONITORING_STORAGE_URLS: `http://${replicasOf(config, 'storage')}:${CONTAINER_PORTS.storage}` };
}

function withBuiltInChannels(config: Config): Config {
  if (!config.containers.with.includes('monitoring')) return config;
  return { ...config, monitoring: { ...config.monitoring, notify: channelsWithoutAlertmanager(config) } };
}
