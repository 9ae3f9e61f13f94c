import type { Config } from '@supastor/contract/config/schema';
import type { Secret } from '@supastor/contract/secret';

/** One secret a running stack needs: its config path and the name `init` writes it under. */
export interface RequiredSecret {
  readonly key: keyof StackSecrets;
  readonly path: string;
  readonly envName: string;
  readonly read: (config: Config) => Secret | undefined;
}

/** Every secret of a stack, present. */
export interface StackSecrets {
  readonly postgresPassword: Secret;
  readonly postgresStoragePassword: Secret;
  readonly jwtSecret: Secret;
  readonly anonKey: Secret;
  readonly serviceRoleKey: Secret;
  readonly s3AccessKeyId: Secret;
  readonly s3AccessKeySecret: Secret;
  readonly metaCryptoKey: Secret;
  readonly adminPassword: Secret;
  readonly adminSessionSecret: Secret;
}

export const REQUIRED_SECRETS: readonly RequiredSecret[] = [
  { key: 'postgresPassword', path: 'postgres.password', envName: 'POSTGRES_PASSWORD', read: (config) => config.postgres.password },
  {
    key: 'postgresStoragePassword',
    path: 'postgres.storagePassword',
    envName: 'SUPASTOR_POSTGRES_STORAGE_PASSWORD',
    read: (config) => config.postgres.storagePassword,
  },
  { key: 'jwtSecret', path: 'auth.jwtSecret', envName: 'JWT_SECRET', read: (config) => config.auth.jwtSecret },
  { key: 'anonKey', path: 'auth.anonKey', envName: 'ANON_KEY', read: (config) => config.auth.anonKey },
  { key: 'serviceRoleKey', path: 'auth.serviceRoleKey', envName: 'SERVICE_ROLE_KEY', read: (config) => config.auth.serviceRoleKey },
  { key: 's3AccessKeyId', path: 'auth.s3AccessKeyId', envName: 'S3_PROTOCOL_ACCESS_KEY_ID', read: (config) => config.auth.s3AccessKeyId },
  {
    key: 's3AccessKeySecret',
    path: 'auth.s3AccessKeySecret',
    envName: 'S3_PROTOCOL_ACCESS_KEY_SECRET',
    read: (config) => config.auth.s3AccessKeySecret,
  },
  { key: 'metaCryptoKey', path: 'meta.cryptoKey', envName: 'CRYPTO_KEY', read: (config) => config.meta.cryptoKey },
  { key: 'adminPassword', path: 'admin.password', envName: 'SUPASTOR_ADMIN_PASSWORD', read: (config) => config.admin.password },
  {
    key: 'adminSessionSecret',
    path: 'admin.sessionSecret',
    envName: 'SUPASTOR_ADMIN_SESSION_SECRET',
    read: (config) => config.admin.sessionSecret,
  },
];

/** Secrets that `init` makes as well, and that only a stack with monitoring cannot do without. */
export const MONITORING_SECRETS = [
  { path: 'monitoring.scrapeToken', envName: 'SUPASTOR_MONITORING_SCRAPE_TOKEN' },
  { path: 'monitoring.grafanaPassword', envName: 'SUPASTOR_GRAFANA_PASSWORD' },
] as const;
