import type { Config } from '@supastor/contract/config/schema';
import { postgresService } from '../../services/postgres.ts';
import type { ContainerSpec } from '../container-spec.ts';
import { containerDefaults, containerEnvironment, scratch } from './from-service.ts';

/** uid and gid of `postgres` in the official image. */
const POSTGRES_USER = '999:999';

/** Postgres in the official image, or one that understands the same environment; null when it runs elsewhere. */
export function postgresContainer(config: Config): ContainerSpec | null {
  const service = postgresService(config);
  if (service === null) return null;
  const { POSTGRES_MAX_CONNECTIONS: _, ...environment } = service.environment;
  const defaults = containerDefaults(config, 'postgres', config.containers.memory.postgres);
  return {
    ...defaults,
    ...containerEnvironment({ ...service, environment }, {}),
    image: config.containers.images.postgres,
    command: ['postgres', ...settings(config).flatMap((setting) => ['-c', setting])],
    dependsOn: [],
    mounts: [
      { kind: 'volume', volume: 'postgres', path: '/var/lib/postgresql/data', readOnly: false },
      scratch('/tmp'),
      scratch('/var/run/postgresql'),
    ],
    networks: ['back'],
    // Over TCP: while the image sets a new cluster up, only its socket answers.
    health: {
      command: ['pg_isready', '-q', '-h', '127.0.0.1', '-U', config.postgres.user],
      intervalMs: 2000,
      timeoutMs: 5000,
      startPeriodMs: 120_000,
      retries: 5,
    },
    user: POSTGRES_USER,
    update: 'stop-first',
    stopSignal: 'SIGINT',
    stopTimeoutMs: service.stopTimeoutMs,
  };
}

/** A client on a machine that is gone says nothing: without these its transaction would hold its locks for hours. */
const GONE_AFTER_20_S = ['tcp_keepalives_idle=5', 'tcp_keepalives_interval=5', 'tcp_keepalives_count=3', 'tcp_user_timeout=20000'];

function settings({ postgres }: Config): readonly string[] {
  return [`max_connections=${postgres.maxConnections}`, 'password_encryption=scram-sha-256', ...GONE_AFTER_20_S];
}
