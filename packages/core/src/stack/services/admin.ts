import type { Config } from '@supastor/contract/config/schema';
import { SupastorError } from '@supastor/contract/errors';
import type { ServiceName } from '@supastor/contract/wire/service-status';
import { VERSION } from '@supastor/contract/version';
import type { ServiceSpec } from '../service-spec.ts';
import { backupsEnvironment } from './admin-backups.ts';
import { limitsEnvironment } from './admin-limits.ts';
import { MONITORING_SECRETS, monitoringEnvironment } from './admin-monitoring.ts';
import { isMocked, mockedAdmin } from './mock-overrides.ts';
import { databaseUrl, httpHealth, requireSecret, restartPolicy } from './shared.ts';

/** admin-api and the dashboard it serves. */
export function adminService(config: Config, environment: string): ServiceSpec {
  const { access, admin, auth, mail, postgres, redis, storage, project } = config;
  const storageUrl = storage.managed ? 'http://{{host:storage.http}}:{{port:storage.http}}' : requireEndpoint(storage.endpoint);
  const dependsOn: ServiceName[] = storage.managed ? ['storage', 'meta'] : ['meta'];
  return {
    name: 'admin',
    dependsOn,
    ports: { http: { host: admin.host, port: admin.port } },
    health: httpHealth('/health/live'),
    restart: restartPolicy(config),
    resources: { memoryBytes: null },
    environment: {
      SUPASTOR_ADMIN_HOST: admin.host,
      SUPASTOR_ADMIN_PORT: '{{port:admin.http}}',
      SUPASTOR_ADMIN_EMAIL: admin.email,
      SUPASTOR_ADMIN_PASSWORD: requireSecret(admin.password, 'admin.password'),
      SUPASTOR_ADMIN_SESSION_SECRET: requireSecret(admin.sessionSecret, 'admin.sessionSecret'),
      SUPASTOR_ADMIN_SESSION_TTL_SECONDS: String(admin.sessionTtlSeconds),
      SUPASTOR_ADMIN_ACCESS_TTL_SECONDS: String(admin.accessTtlSeconds),
      SUPASTOR_ADMIN_REQUEST_TIMEOUT_SECONDS: String(admin.requestTimeoutSeconds),
      SUPASTOR_ADMIN_IDLE_TIMEOUT_SECONDS: String(admin.idleTimeoutSeconds),
      SUPASTOR_ADMIN_PASSWORD_MIN_LENGTH: String(admin.passwordMinLength),
      ...(admin.publicUrl !== undefined && { SUPASTOR_ADMIN_PUBLIC_URL: admin.publicUrl }),
      ...(admin.breachedPasswords !== undefined && { SUPASTOR_ADMIN_BREACHED_PASSWORDS: admin.breachedPasswords }),
      SUPASTOR_ACCESS_SECOND_FACTOR: access.secondFactor,
      SUPASTOR_ACCESS_SECOND_FACTOR_ROLES: access.secondFactorRoles.join(','),
      ...(access.sso !== undefined && { SUPASTOR_ACCESS_SSO: access.sso.reveal() }),
      ...(admin.auditRetentionDays !== undefined && { SUPASTOR_ADMIN_AUDIT_RETENTION_DAYS: String(admin.auditRetentionDays) }),
      ...limitsEnvironment(admin),
      ...monitoringEnvironment(config),
      ...backupsEnvironment(config),
      ...(isMocked(config, 'smtp') ? {} : mailEnvironment(mail)),
      ...mockedAdmin(config),
      ...(redis.url !== undefined && { SUPASTOR_REDIS_URL: redis.url.reveal() }),
      SUPASTOR_ADMIN_GRAPHQL_INTROSPECTION: admin.graphql.introspection,
      ...(admin.graphql.allowListPath !== undefined && { SUPASTOR_ADMIN_GRAPHQL_ALLOW_LIST_PATH: admin.graphql.allowListPath }),
      SUPASTOR_ADMIN_GRAPHQL_MAX_DEPTH: String(admin.graphql.maxDepth),
      SUPASTOR_ADMIN_GRAPHQL_MAX_COST: String(admin.graphql.maxCost),
      SUPASTOR_STORAGE_URL: storageUrl,
      SUPASTOR_STORAGE_PUBLIC_URL: storage.endpoint ?? storageUrl,
      SERVICE_ROLE_KEY: requireSecret(auth.serviceRoleKey, 'auth.serviceRoleKey'),
      SUPASTOR_META_URL: 'http://{{host:meta.http}}:{{port:meta.http}}',
      DATABASE_URL: databaseUrl(config, postgres.user, requireSecret(postgres.password, 'postgres.password')),
      SUPASTOR_CONTROL_SOCKET: '{{socket:control}}',
      SUPASTOR_PROJECT: project.name,
      SUPASTOR_ENVIRONMENT: environment,
      SUPASTOR_MODE: project.mode,
      LOG_LEVEL: config.logging.level,
      // A new version of the programs is a reason to restart them.
      SUPASTOR_VERSION: VERSION,
    },
    secretNames: [
      ...MONITORING_SECRETS,
      'SUPASTOR_ACCESS_SSO',
      'SUPASTOR_MAIL_PASSWORD',
      'SUPASTOR_REDIS_URL',
      'SUPASTOR_ADMIN_PASSWORD',
      'SUPASTOR_ADMIN_SESSION_SECRET',
      'SERVICE_ROLE_KEY',
      'DATABASE_URL',
    ],
    volumes: [],
    stopTimeoutMs: 5000 + admin.drainSeconds * 1000,
  };
}

function requireEndpoint(endpoint: string | undefined): string {
  if (endpoint !== undefined) return endpoint;
  throw new SupastorError('SJ_CONFIG_INVALID', 'storage.managed is false, so storage.endpoint must say where the storage server is', {
    hint: 'set storage.endpoint or SUPASTOR_STORAGE_ENDPOINT',
  });
}

function mailEnvironment({ host, port, secure, user, password, from }: Config['mail']): Record<string, string> {
  if (host === undefined) return {};
  return {
    SUPASTOR_MAIL_HOST: host,
    SUPASTOR_MAIL_PORT: String(port),
    SUPASTOR_MAIL_SECURE: String(secure),
    ...(user !== undefined && { SUPASTOR_MAIL_USER: user }),
    ...(password !== undefined && { SUPASTOR_MAIL_PASSWORD: password.reveal() }),
    ...(from !== undefined && { SUPASTOR_MAIL_FROM: from }),
  };
}
