import type { Config } from '@supastor/contract/config/schema';
import { VERSION } from '@supastor/contract/version';
import type { ServiceSpec } from '../service-spec.ts';
import { databaseUrl, httpHealth, requireSecret, restartPolicy } from './shared.ts';

/** postgres-meta, which describes and changes the database over HTTP as the administrative role. */
export function metaService(config: Config): ServiceSpec {
  const { meta, postgres } = config;
  return {
    name: 'meta',
    dependsOn: postgres.managed ? ['postgres'] : [],
    ports: { http: { host: meta.host, port: meta.port } },
    health: httpHealth('/health'),
    restart: restartPolicy(config),
    resources: { memoryBytes: null },
    environment: {
      PG_META_HOST: meta.host,
      PG_META_PORT: '{{port:meta.http}}',
      PG_META_DB_URL: databaseUrl(config, postgres.user, requireSecret(postgres.password, 'postgres.password')),
      CRYPTO_KEY: requireSecret(meta.cryptoKey, 'meta.cryptoKey'),
      LOG_LEVEL: config.logging.level,
      // A new version of the programs is a reason to restart them.
      SUPASTOR_VERSION: VERSION,
    },
    secretNames: ['PG_META_DB_URL', 'CRYPTO_KEY'],
    volumes: [],
    stopTimeoutMs: 5000,
  };
}
