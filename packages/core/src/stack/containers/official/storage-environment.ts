import type { Config } from '@supastor/contract/config/schema';
import type { Secret } from '@supastor/contract/secret';
import { publicUrl } from '../public-url.ts';
import { requireSecret, STORAGE_ROLE } from '../../services/shared.ts';
import { CONTAINER_PORTS, IMGPROXY_URL, OBJECTS_DIR } from '../services/from-service.ts';
import { officialDatabaseUrl, officialPoolerUrl } from './official-tls.ts';

/** How long its signed upload links are good, as ours are. */
const UPLOAD_LINK_SECONDS = 7200;
/** Its bucket, or its directory below the path of the file backend, when nothing else was said. */
const DEFAULT_BUCKET = 'stub';

/** The configuration in the words of the official storage server (1.x). */
export function officialStorageEnvironment(config: Config): Record<string, string> {
  const { storage, auth, postgres, logging } = config;
  const password = requireSecret(postgres.storagePassword, 'postgres.storagePassword');
  const pooled = officialPoolerUrl(config, STORAGE_ROLE, password);
  return {
    SERVER_HOST: '0.0.0.0',
    SERVER_PORT: String(CONTAINER_PORTS.storage),
    SERVER_REGION: storage.s3.region,
    REGION: storage.s3.region,
    TENANT_ID: storage.upstream.tenant,
    STORAGE_PUBLIC_URL: new URL(publicUrl(config)).origin,
    // The edge cuts the prefix off and says so; signatures and addresses of uploads are of the whole path.
    REQUEST_ALLOW_X_FORWARDED_PATH: 'true',
    DATABASE_URL: officialDatabaseUrl(config, STORAGE_ROLE, password),
    ...(pooled === null ? {} : { DATABASE_POOL_URL: pooled }),
    ...(postgres.managed || postgres.ca === undefined ? {} : { DATABASE_SSL_ROOT_CERT: postgres.ca }),
    DATABASE_MAX_CONNECTIONS: String(storage.maxDbConnections),
    // The roles are there: this stack, or who runs Postgres, has made them.
    DB_INSTALL_ROLES: 'false',
    DB_SUPER_USER: postgres.user,
    AUTH_JWT_SECRET: requireSecret(auth.jwtSecret, 'auth.jwtSecret'),
    ...optional('JWT_JWKS', auth.jwks),
    ANON_KEY: requireSecret(auth.anonKey, 'auth.anonKey'),
    SERVICE_KEY: requireSecret(auth.serviceRoleKey, 'auth.serviceRoleKey'),
    S3_PROTOCOL_ACCESS_KEY_ID: requireSecret(auth.s3AccessKeyId, 'auth.s3AccessKeyId'),
    S3_PROTOCOL_ACCESS_KEY_SECRET: requireSecret(auth.s3AccessKeySecret, 'auth.s3AccessKeySecret'),
    UPLOAD_FILE_SIZE_LIMIT: String(storage.fileSizeLimit),
    UPLOAD_FILE_SIZE_LIMIT_STANDARD: String(storage.fileSizeLimit),
    UPLOAD_SIGNED_URL_EXPIRATION_TIME: String(UPLOAD_LINK_SECONDS),
    TUS_URL_EXPIRY_MS: String(storage.resumableExpiryMs),
    ...storeEnvironment(config),
    ...imageEnvironment(config),
    ...webhookEnvironment(config),
    ...(storage.cdn.purgeUrl === undefined ? {} : { CDN_PURGE_ENDPOINT_URL: storage.cdn.purgeUrl }),
    ...optional('CDN_PURGE_ENDPOINT_KEY', storage.cdn.purgeKey),
    LOG_LEVEL: logging.level,
  };
}

/** Those of its variables that hold secrets, or texts of several lines. */
export const OFFICIAL_STORAGE_SECRETS: readonly string[] = [
  'DATABASE_URL',
  'DATABASE_POOL_URL',
  'DATABASE_SSL_ROOT_CERT',
  'PG_QUEUE_CONNECTION_URL',
  'AUTH_JWT_SECRET',
  'JWT_JWKS',
  'ANON_KEY',
  'SERVICE_KEY',
  'S3_PROTOCOL_ACCESS_KEY_ID',
  'S3_PROTOCOL_ACCESS_KEY_SECRET',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'WEBHOOK_API_KEY',
  'CDN_PURGE_ENDPOINT_KEY',
];

function storeEnvironment({ storage }: Config): Record<string, string> {
  const { s3, upstream } = storage;
  if (storage.backend === 'file')
    return {
      STORAGE_BACKEND: 'file',
      STORAGE_FILE_BACKEND_PATH: OBJECTS_DIR,
      // It wants a name there too: a directory.
      STORAGE_S3_BUCKET: upstream.s3.bucket ?? DEFAULT_BUCKET,
      STORAGE_S3_REGION: s3.region,
    };
  return {
    STORAGE_BACKEND: 's3',
    STORAGE_S3_BUCKET: s3.bucket ?? DEFAULT_BUCKET,
    STORAGE_S3_REGION: s3.region,
    STORAGE_S3_FORCE_PATH_STYLE: String(s3.forcePathStyle && s3.endpoint !== undefined),
    STORAGE_S3_MAX_SOCKETS: String(s3.maxSockets),
    STORAGE_S3_CLIENT_TIMEOUT: String(s3.clientTimeoutMs),
    ...(s3.endpoint === undefined ? {} : { STORAGE_S3_ENDPOINT: s3.endpoint }),
    ...optional('AWS_ACCESS_KEY_ID', s3.accessKeyId),
    ...optional('AWS_SECRET_ACCESS_KEY', s3.secretAccessKey),
    ...optional('AWS_SESSION_TOKEN', s3.sessionToken),
  };
}

function imageEnvironment({ storage: { images } }: Config): Record<string, string> {
  if (!images.enabled) return { IMAGE_TRANSFORMATION_ENABLED: 'false' };
  return {
    IMAGE_TRANSFORMATION_ENABLED: 'true',
    IMAGE_TRANSFORMATION_LIMIT_MIN_SIZE: '1',
    IMAGE_TRANSFORMATION_LIMIT_MAX_SIZE: String(images.maxSide),
    IMGPROXY_URL,
  };
}

/** Its webhooks go through its queue, which needs a session and therefore no pooler. */
function webhookEnvironment(config: Config): Record<string, string> {
  const { url, apiKey } = config.storage.webhooks;
  if (url === undefined) return { PG_QUEUE_ENABLE: 'false' };
  const password = requireSecret(config.postgres.storagePassword, 'postgres.storagePassword');
  return {
    PG_QUEUE_ENABLE: 'true',
    PG_QUEUE_CONNECTION_URL: officialDatabaseUrl(config, STORAGE_ROLE, password),
    WEBHOOK_URL: url,
    ...optional('WEBHOOK_API_KEY', apiKey),
  };
}

function optional(name: string, value: Secret | undefined): Record<string, string> {
  return value === undefined ? {} : { [name]: value.reveal() };
}
