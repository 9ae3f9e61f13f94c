import type { Config } from '@supastor/contract/config/schema';
import type { Secret } from '@supastor/contract/secret';
import { VERSION } from '@supastor/contract/version';
import type { ServiceSpec } from '../service-spec.ts';
import { databaseUrl, httpHealth, requireSecret, restartPolicy, STORAGE_ROLE } from './shared.ts';

/** The storage server; null when another one is administered. */
export function storageService(config: Config): ServiceSpec | null {
  const { storage, auth, postgres } = config;
  if (!storage.managed) return null;
  const ownsBytes = storage.filePath === undefined;
  return {
    name: 'storage',
    dependsOn: postgres.managed ? ['postgres'] : [],
    ports: {
      http: { host: storage.host, port: storage.port },
      ...(storage.s3RootPort === undefined ? {} : { s3: { host: storage.host, port: storage.s3RootPort } }),
    },
    health: httpHealth('/health/ready'),
    restart: restartPolicy(config),
    resources: { memoryBytes: null },
    environment: {
      SERVER_HOST: storage.host,
      SERVER_PORT: '{{port:storage.http}}',
      ...(storage.s3RootPort === undefined ? {} : { S3_ROOT_PORT: '{{port:storage.s3}}' }),
      REGION: storage.s3.region,
      ...s3Environment(config),
      DATABASE_URL: databaseUrl(config, STORAGE_ROLE, requireSecret(postgres.storagePassword, 'postgres.storagePassword')),
      DATABASE_MAX_CONNECTIONS: String(storage.maxDbConnections),
      AUTH_JWT_SECRET: requireSecret(auth.jwtSecret, 'auth.jwtSecret'),
      ...optional('JWT_JWKS', auth.jwks),
      ANON_KEY: requireSecret(auth.anonKey, 'auth.anonKey'),
      SERVICE_KEY: requireSecret(auth.serviceRoleKey, 'auth.serviceRoleKey'),
      S3_PROTOCOL_ACCESS_KEY_ID: requireSecret(auth.s3AccessKeyId, 'auth.s3AccessKeyId'),
      S3_PROTOCOL_ACCESS_KEY_SECRET: requireSecret(auth.s3AccessKeySecret, 'auth.s3AccessKeySecret'),
      SUPASTOR_AUTH_ROLES: auth.roles.join(','),
      STORAGE_BACKEND: storage.backend,
      STORAGE_FILE_BACKEND_PATH: storage.filePath ?? '{{dir:objects}}',
      UPLOAD_FILE_SIZE_LIMIT: String(storage.fileSizeLimit),
      TUS_URL_EXPIRY_MS: String(storage.resumableExpiryMs),
      ...imageEnvironment(config),
      ...(storage.endpoint === undefined ? {} : { STORAGE_PUBLIC_URL: storage.endpoint }),
      ...webhookEnvironment(config),
      LOG_LEVEL: config.logging.level,
      // A new version of the programs is a reason to restart them.
      SUPASTOR_VERSION: VERSION,
    },
    secretNames: [
      'DATABASE_URL',
      'AUTH_JWT_SECRET',
      'JWT_JWKS',
      'ANON_KEY',
      'SERVICE_KEY',
      'S3_PROTOCOL_ACCESS_KEY_ID',
      'S3_PROTOCOL_ACCESS_KEY_SECRET',
      'ENCRYPTION_KEY',
      'SUPASTOR_RETIRED_ENCRYPTION_KEYS',
      'WEBHOOK_API_KEY',
      'SUPASTOR_WEBHOOK_SECRET',
    ],
    volumes: ownsBytes ? ['objects'] : [],
    stopTimeoutMs: 10_000,
  };
}

function s3Environment({ storage }: Config): Record<string, string> {
  const { s3VirtualHostDomain: domains, trustedProxies: proxies } = storage;
  return {
    ...(domains.length === 0 ? {} : { S3_VIRTUAL_HOST_DOMAIN: domains.join(',') }),
    ...(proxies.length === 0 ? {} : { SUPASTOR_TRUSTED_PROXIES: proxies.join(',') }),
    ...optional('ENCRYPTION_KEY', storage.encryptionKey),
    ...optional('SUPASTOR_RETIRED_ENCRYPTION_KEYS', storage.retiredEncryptionKeys),
  };
}

function imageEnvironment({ storage: { images } }: Config): Record<string, string> {
  return {
    IMAGE_TRANSFORMATION_ENABLED: String(images.enabled),
    IMAGE_TRANSFORMATION_LIMIT_MAX_SIZE: String(images.maxSide),
    SUPASTOR_IMAGE_MAX_INPUT: String(images.maxInput),
    SUPASTOR_IMAGE_MAX_PIXELS: String(images.maxPixels),
    SUPASTOR_IMAGE_CONCURRENCY: String(images.concurrency),
    SUPASTOR_IMAGE_CACHE: String(images.cacheSize),
  };
}

function webhookEnvironment({ storage: { webhooks } }: Config): Record<string, string> {
  return {
    ...(webhooks.url === undefined ? {} : { WEBHOOK_URL: webhooks.url }),
    ...optional('WEBHOOK_API_KEY', webhooks.apiKey),
    ...optional('SUPASTOR_WEBHOOK_SECRET', webhooks.secret),
    ...(webhooks.allowPrivate ? { SUPASTOR_WEBHOOK_ALLOW_PRIVATE: 'true' } : {}),
  };
}

function optional(name: string, value: Secret | undefined): Record<string, string> {
  return value === undefined ? {} : { [name]: value.reveal() };
}
