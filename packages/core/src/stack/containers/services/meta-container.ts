import type { Config } from '@supastor/contract/config/schema';
import { metaService } from '../../services/meta.ts';
import type { ContainerSpec } from '../container-spec.ts';
import { officialMetaContainer } from '../official/official-meta-container.ts';
import { CONTAINER_PORTS, containerDefaults, containerEnvironment, postgresTlsFiles, scratch } from './from-service.ts';
import { nodeHealth } from './node-health.ts';

/** postgres-meta, which nothing but the edge reaches, and that from inside only. */
export function metaContainer(config: Config): ContainerSpec {
  const service = metaService(config);
  if (config.meta.engine === 'supabase') return officialMetaContainer(config, service);
  return {
    ...containerDefaults(config, 'meta', config.containers.memory.meta),
    ...containerEnvironment(service, { PG_META_HOST: '0.0.0.0', PG_META_PORT: String(CONTAINER_PORTS.meta) }, postgresTlsFiles(config)),
    image: config.containers.images.meta,
    dependsOn: service.dependsOn,
    replicas: config.meta.replicas,
    mounts: [scratch('/tmp')],
    // A database outside of this stack needs a way out.
    networks: config.postgres.managed ? ['back'] : ['front', 'back'],
    health: nodeHealth({ port: CONTAINER_PORTS.meta, ready: '/health', live: '/health' }),
    user: '1000:1000',
    stopTimeoutMs: service.stopTimeoutMs,
  };
}
