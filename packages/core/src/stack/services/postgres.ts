import type { Config } from '@supastor/contract/config/schema';
import type { ServiceSpec } from '../service-spec.ts';
import { requireSecret, restartPolicy } from './shared.ts';

/** Postgres with the roles storage needs; null when it runs elsewhere. The environment uses the names container images know. */
export function postgresService(config: Config): ServiceSpec | null {
  const { postgres } = config;
  if (!postgres.managed) return null;
  return {
    name: 'postgres',
    dependsOn: [],
    ports: { postgres: { host: postgres.host, port: postgres.port } },
    health: { kind: 'postgres', port: 'postgres', intervalMs: 3000, timeoutMs: 3000, startPeriodMs: 60_000 },
    restart: restartPolicy(config),
    resources: { memoryBytes: null },
    environment: {
      POSTGRES_USER: postgres.user,
      POSTGRES_PASSWORD: requireSecret(postgres.password, 'postgres.password'),
      POSTGRES_DB: postgres.database,
      POSTGRES_STORAGE_PASSWORD: requireSecret(postgres.storagePassword, 'postgres.storagePassword'),
      POSTGRES_MAX_CONNECTIONS: String(postgres.maxConnections),
    },
    secretNames: ['POSTGRES_PASSWORD', 'POSTGRES_STORAGE_PASSWORD'],
    volumes: ['postgres'],
    stopTimeoutMs: 30_000,
  };
}
