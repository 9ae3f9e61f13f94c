import type { Config } from '@supastor/contract/config/schema';
import type { Secret } from '@supastor/contract/secret';
import { VERSION } from '@supastor/contract/version';
import type { ServiceSpec } from '../service-spec.ts';
import { mockedStorage } from './mock-overrides.ts';
import { databaseUrl, httpHealth, poolerUrl, replicaUrls, requireSecret, restartPolicy, STORAGE_ROLE } from './shared.ts';

/** The storage server; null when another one is administered. */
export function storageService(config: Config): ServiceSpec | null {
  return config.storage.managed ? storageServer(config, { name: 'storage', volume: 'objects' }) : null;
}

/** Under which name a storage server runs, and the volume of its bytes. */
interface StorageIdentity {
  readonly name: 'storage' | 's3';
  readonly volume: string;
}

/** A storage server, whatever its name. */
export function storageServer(config: Config, { name, volume }: StorageIdentity): ServiceSpec {
  const { storage, auth, postgres } = config;
  // With a bucket for the bytes, the directory is for what need not last.
  const ownsDirectory = storage.filePath === undefined;
  return {
    name,
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
      SERVER_PORT: `{{port:${name}.http}}`,
      ...(storage.s3RootPort === undefined ? {} : { S3_ROOT_PORT: `{{port:${name}.s3}}` }),
      REGION: storage.s3.region,
      ...s3Environment(config),
      DATABASE_URL: databaseUrl(config, STORAGE_ROLE, requireSecret(postgres.storagePassword, 'postgres.storagePassword')),
      ...poolerEnvironment(config),
      ...replicaEnvironment(config),
      DATABASE_MAX_CONNECTIONS: String(storage.maxDbConnections),
      AUTH_JWT_SECRET: requireSecret(auth.jwtSecret, 'auth.jwtSecret'),
      ...optional('JWT_JWKS', auth.jwks),
      ANON_KEY: requireSecret(auth.anonKey, 'auth.anonKey'),
      SERVICE_KEY: requireSecret(auth.serviceRoleKey, 'auth.serviceRoleKey'),
      S3_PROTOCOL_ACCESS_KEY_ID: requireSecret(auth.s3AccessKeyId, 'auth.s3AccessKeyId'),
      S3_PROTOCOL_ACCESS_KEY_SECRET: requireSecret(auth.s3AccessKeySecret, 'auth.s3AccessKeySecret'),
      SUPASTOR_AUTH_ROLES: auth.roles.join(','),
      STORAGE_BACKEND: storage.backend,
      ...storeEnvironment(config, volume),
      ...upstreamEnvironment(config),
      UPLOAD_FILE_SIZE_LIMIT: String(storage.fileSizeLimit),
      TUS_URL_EXPIRY_MS: String(storage.resumableExpiryMs),
      ...imageEnvironment(config),
      ...integrityEnvironment(config),
      ...connectionEnvironment(config),
      ...(storage.endpoint === undefined ? {} : { STORAGE_PUBLIC_URL: storage.endpoint }),
      ...webhookEnvironment(config),
      ...mockedStorage(config),
      ...cdnEnvironment(config),
      LOG_LEVEL: config.logging.level,
      // A new version of the programs is a reason to restart them.
      SUPASTOR_VERSION: VERSION,
    },
    secretNames: [
      'DATABASE_URL',
      'DATABASE_POOL_URL',
      'DATABASE_REPLICA_URLS',
      'AUTH_JWT_SECRET',
      'JWT_JWKS',
      'ANON_KEY',
      'SERVICE_KEY',
      'S3_PROTOCOL_ACCESS_KEY_ID',
      'S3_PROTOCOL_ACCESS_KEY_SECRET',
      'ENCRYPTION_KEY',
      'SUPASTOR_RETIRED_ENCRYPTION_KEYS',
      'AWS_ACCESS_KEY_ID',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_SESSION_TOKEN',
      'SUPASTOR_UPSTREAM_S3_ACCESS_KEY_ID',
      'SUPASTOR_UPSTREAM_S3_SECRET_ACCESS_KEY',
      'WEBHOOK_API_KEY',
      'SUPASTOR_WEBHOOK_SECRET',
      'CDN_PURGE_ENDPOINT_KEY',
    ],
    volumes: ownsDirectory ? [volume] : [],
    stopTimeoutMs: 10_000,
  };
}

function poolerEnvironment(config: Config): Record<string, string> {
  const url = poolerUrl(config, STORAGE_ROLE, requireSecret(config.postgres.storagePassword, 'postgres.storagePassword'));
  return url === null ? {} : { DATABASE_POOL_URL: url };
}

function replicaEnvironment(config: Config): Record<string, string> {
  const urls = replicaUrls(config, STORAGE_ROLE, requireSecret(config.postgres.storagePassword, 'postgres.storagePassword'));
  if (urls.length === 0) return {};
  return { DATABASE_REPLICA_URLS: urls.join(','), SUPASTOR_MAX_REPLICA_LAG_MS: String(config.postgres.maxReplicaLag) };
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

/** Where bytes are kept. */
function storeEnvironment({ storage }: Config, volume: string): Record<string, string> {
  const directory = storage.filePath ?? `{{dir:${volume}}}`;
  if (storage.backend === 'file') return { STORAGE_FILE_BACKEND_PATH: directory, SUPASTOR_DISK_RESERVE: String(storage.diskReserve) };
  const { s3 } = storage;
  return {
    STORAGE_S3_REGION: s3.region,
    STORAGE_S3_FORCE_PATH_STYLE: String(s3.forcePathStyle && s3.endpoint !== undefined),
    STORAGE_S3_MAX_SOCKETS: String(s3.maxSockets),
    STORAGE_S3_CLIENT_TIMEOUT: String(s3.clientTimeoutMs),
    SUPASTOR_SCRATCH_PATH: directory,
    ...(s3.bucket === undefined ? {} : { STORAGE_S3_BUCKET: s3.bucket }),
    ...(s3.endpoint === undefined ? {} : { STORAGE_S3_ENDPOINT: s3.endpoint }),
    ...(s3.prefix === undefined ? {} : { SUPASTOR_STORE_PREFIX: s3.prefix }),
    ...optional('AWS_ACCESS_KEY_ID', s3.accessKeyId),
    ...optional('AWS_SECRET_ACCESS_KEY', s3.secretAccessKey),
    ...optional('AWS_SESSION_TOKEN', s3.sessionToken),
  };
}

/** Where the original has its bytes, as far as that was said; the storage server knows the rest. */
function upstreamEnvironment({ storage }: Config): Record<string, string> {
  const { upstream, s3 } = storage;
  const [own, given] = [storage.backend === 's3' ? undefined : s3, upstream.s3];
  const texts = {
    SUPASTOR_UPSTREAM_BACKEND: upstream.backend === 'auto' ? undefined : upstream.backend,
    SUPASTOR_UPSTREAM_PATH: upstream.path ?? (storage.backend === 's3' ? storage.filePath : undefined),
    SUPASTOR_UPSTREAM_TENANT: upstream.tenant === 'stub' ? undefined : upstream.tenant,
    SUPASTOR_UPSTREAM_WRITABLE: upstream.writable ? 'true' : undefined,
    SUPASTOR_IMPORT_BYTES_PER_SECOND: String(upstream.importBytesPerSecond),
    SUPASTOR_UPSTREAM_S3_BUCKET: given.bucket ?? own?.bucket,
    SUPASTOR_UPSTREAM_S3_ENDPOINT: given.endpoint ?? own?.endpoint,
    SUPASTOR_UPSTREAM_S3_REGION: given.region,
    SUPASTOR_UPSTREAM_S3_FORCE_PATH_STYLE: given.forcePathStyle?.toString(),
    SUPASTOR_UPSTREAM_S3_ACCESS_KEY_ID: (given.accessKeyId ?? own?.accessKeyId)?.reveal(),
    SUPASTOR_UPSTREAM_S3_SECRET_ACCESS_KEY: (given.secretAccessKey ?? own?.secretAccessKey)?.reveal(),
  };
  return Object.fromEntries(Object.entries(texts).filter((entry): entry is [string, string] => entry[1] !== undefined));
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

function connectionEnvironment({ storage: { connections } }: Config): Record<string, string> {
  return {
    SUPASTOR_HEAD_TIMEOUT_SECONDS: String(connections.headTimeoutSeconds),
    SUPASTOR_IDLE_TIMEOUT_SECONDS: String(connections.idleTimeoutSeconds),
    SUPASTOR_MIN_BODY_BYTES_PER_SECOND: String(connections.minBodyBytesPerSecond),
  };
}

function integrityEnvironment({ storage: { integrity } }: Config): Record<string, string> {
  return {
    SUPASTOR_SCAN_PERIOD_SECONDS: String(integrity.scanPeriodSeconds),
    SUPASTOR_SCAN_GRACE_SECONDS: String(integrity.scanGraceSeconds),
    SUPASTOR_SCRUB_PERIOD_SECONDS: String(integrity.scrubPeriodSeconds),
    SUPASTOR_SCRUB_BYTES_PER_SECOND: String(integrity.scrubBytesPerSecond),
    SUPASTOR_QUARANTINE_SECONDS: String(integrity.quarantineSeconds),
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

function cdnEnvironment({ storage: { cdn } }: Config): Record<string, string> {
  return {
    ...(cdn.driver === 'endpoint' ? {} : { SUPASTOR_CDN_DRIVER: cdn.driver }),
    ...(cdn.autoPurge === undefined ? {} : { SUPASTOR_CDN_AUTO_PURGE: String(cdn.autoPurge) }),
    ...(cdn.zone === undefined ? {} : { SUPASTOR_CDN_ZONE: cdn.zone }),
    ...(cdn.caches.length === 0 ? {} : { SUPASTOR_CDN_CACHES: cdn.caches.join(',') }),
    ...(cdn.purgeUrl === undefined ? {} : { CDN_PURGE_ENDPOINT_URL: cdn.purgeUrl }),
    ...optional('CDN_PURGE_ENDPOINT_KEY', cdn.purgeKey),
  };
}

function optional(name: string, value: Secret | undefined): Record<string, string> {
  return value === undefined ? {} : { [name]: value.reveal() };
}
