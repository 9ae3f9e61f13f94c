import type { Config } from '@supastor/contract/config/schema';
import type { ServiceSpec } from '../../service-spec.ts';
import { postgresAddress, requireSecret } from '../../services/shared.ts';
import { sslMode } from '../../services/postgres-tls.ts';
import type { ContainerSpec } from '../container-spec.ts';
import { CONTAINER_PORTS, containerDefaults, containerEnvironment, scratch } from '../services/from-service.ts';
import { nodeHealth } from '../services/node-health.ts';

/** The official postgres-meta in place of ours; it reads its secrets from files itself. */
export function officialMetaContainer(config: Config, service: ServiceSpec): ContainerSpec {
  const { postgres } = config;
  const environment = officialMetaEnvironment(config);
  return {
    ...containerDefaults(config, 'meta', config.containers.memory.meta),
    ...containerEnvironment({ ...service, environment, secretNames: ['PG_META_DB_PASSWORD', 'CRYPTO_KEY'] }, {}),
    image: config.containers.images.officialMeta,
    dependsOn: service.dependsOn,
    replicas: config.meta.replicas,
    mounts: [scratch('/tmp')],
    networks: postgres.managed ? ['back'] : ['front', 'back'],
    health: nodeHealth({ port: CONTAINER_PORTS.meta, ready: '/health', live: '/health' }),
    user: '1000:1000',
    stopTimeoutMs: service.stopTimeoutMs,
  };
}

/** Its parts of the address, since its connection string cannot be a file. */
export function officialMetaEnvironment(config: Config): Record<string, string> {
  const { postgres } = config;
  const { host, port } = postgresAddress(config);
  return {
    PG_META_HOST: '0.0.0.0',
    PG_META_PORT: String(CONTAINER_PORTS.meta),
    PG_META_DB_HOST: host,
    PG_META_DB_PORT: port,
    PG_META_DB_NAME: postgres.database,
    PG_META_DB_USER: postgres.user,
    PG_META_DB_PASSWORD: requireSecret(postgres.password, 'postgres.password'),
    PG_META_DB_SSL_MODE: sslMode(config),
    ...(postgres.managed || postgres.ca === undefined ? {} : { PG_META_DB_SSL_ROOT_CERT: postgres.ca }),
    CRYPTO_KEY: requireSecret(config.meta.cryptoKey, 'meta.cryptoKey'),
  };
}
