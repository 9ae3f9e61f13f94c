import { extname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withSecretFiles } from '@supastor/adapters/config-files/secret-files';
import { withTlsDefaults } from '@supastor/adapters/postgres-tls/url-defaults';
import { createLogger } from '@supastor/adapters/telemetry/logger';
import { SupastorError } from '@supastor/contract/errors';
import { VERSION } from '@supastor/contract/version';
import type { CdnSettings } from './cdn/cdn-purger.ts';
import { type Env, parseEnv } from './env.ts';
import type { ConnectionLimits } from './http/transfer-server.ts';
import type { ImageSettings } from './images/create-image-renderer.ts';
import { type S3Options, startStorageApi } from './start.ts';
import { s3StoreSettings, scratchPath, upstreamSettings } from './store-settings.ts';
import type { WebhookSettings } from './webhooks/dispatcher.ts';

/** Slow clients are looked for at least this often. */
const MAX_CHECK_PERIOD_MS = 10_000;
/** Longest wait for running requests when told to stop. */
const DRAIN_MS = 8000;
/** Postgres tells when there is something to send; this is for what it could not tell. */
const WEBHOOK_POLL_MS = 5000;

const parsed = parseEnv(withSecretFiles(process.env));
if (!parsed.ok) {
  createLogger({ service: 'storage', level: 'error' }).fatal({ problems: parsed.problems }, 'invalid environment');
  process.exit(2);
}
const { env } = parsed;
const logger = createLogger({ service: 'storage', level: env.LOG_LEVEL });
let isStopping = false;

process.on('uncaughtException', (error) => {
  logger.fatal({ err: error }, 'uncaught exception');
  process.exit(1);
});

try {
  const api = await startStorageApi({
    host: env.SERVER_HOST,
    port: env.SERVER_PORT,
    databaseUrl: withTlsDefaults(env.DATABASE_URL, env),
    poolUrl: env.DATABASE_POOL_URL && withTlsDefaults(env.DATABASE_POOL_URL, env),
    maxConnections: env.DATABASE_MAX_CONNECTIONS,
    replicas: { urls: env.DATABASE_REPLICA_URLS.map((url) => withTlsDefaults(url, env)), maxLagMs: env.SUPASTOR_MAX_REPLICA_LAG_MS },
    databaseTimeouts: {
      connectTimeoutMs: env.DATABASE_CONNECTION_TIMEOUT,
      statementTimeoutMs: env.DATABASE_STATEMENT_TIMEOUT,
      idleTimeoutMs: env.DATABASE_FREE_POOL_AFTER_INACTIVITY,
    },
    jwtSecret: env.AUTH_JWT_SECRET,
    jwtAlgorithm: env.AUTH_JWT_ALGORITHM,
    jwks: env.JWT_JWKS,
    roles: env.SUPASTOR_AUTH_ROLES,
    storePath: env.STORAGE_FILE_BACKEND_PATH ?? scratchPath(env),
    diskReserveBytes: env.SUPASTOR_DISK_RESERVE,
    s3Store: s3StoreSettings(env),
    upstream: upstreamSettings(env),
    maxUploadBytes: env.UPLOAD_FILE_SIZE_LIMIT,
    maxStandardBytes: env.UPLOAD_FILE_SIZE_LIMIT_STANDARD === 0 ? env.UPLOAD_FILE_SIZE_LIMIT : env.UPLOAD_FILE_SIZE_LIMIT_STANDARD,
    maxEmptied: env.STORAGE_EMPTY_BUCKET_MAX === 0 ? null : env.STORAGE_EMPTY_BUCKET_MAX,
    renderRate: env.RATE_LIMITER_ENABLED ? env.RATE_LIMITER_RENDER_PATH_MAX_REQ_SEC : null,
    uploadLinkSeconds: env.UPLOAD_SIGNED_URL_EXPIRATION_TIME,
    retiredGraceSeconds: env.SUPASTOR_RETIRED_GRACE_SECONDS,
    eventRetentionSeconds: env.SUPASTOR_EVENT_RETENTION_SECONDS,
    collectPeriodMs: env.SUPASTOR_COLLECT_PERIOD_MS,
    resumableExpirationMs: env.TUS_URL_EXPIRY_MS,
    publicUrl: env.STORAGE_PUBLIC_URL,
    images: imageSettings(env),
    s3: s3Options(env),
    encryptionKey: env.ENCRYPTION_KEY,
    retiredEncryptionKeys: env.SUPASTOR_RETIRED_ENCRYPTION_KEYS,
    trustedProxies: env.SUPASTOR_TRUSTED_PROXIES,
    webhooks: webhookSettings(env),
    connections: connectionLimits(env),
    cdn: cdnSettings(env),
    maintenance: {
      scanPeriodSeconds: env.SUPASTOR_SCAN_PERIOD_SECONDS,
      scanGraceSeconds: env.SUPASTOR_SCAN_GRACE_SECONDS,
      scrubPeriodSeconds: env.SUPASTOR_SCRUB_PERIOD_SECONDS,
      scrubBytesPerSecond: env.SUPASTOR_SCRUB_BYTES_PER_SECOND,
      quarantineSeconds: env.SUPASTOR_QUARANTINE_SECONDS,
      importBytesPerSecond: env.SUPASTOR_IMPORT_BYTES_PER_SECOND,
    },
    version: VERSION,
    isStopping: () => isStopping,
    logger,
  });
  logger.info({ url: api.url, version: VERSION }, 'storage is ready');
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void shutDown(() => api.stop(), signal));
} catch (error) {
  const reason = explanationOf(error);
  logger.fatal({ err: error, hint: reason?.hint }, reason?.message ?? 'storage could not start');
  process.exit(1);
}

/** The failure, or what has caused it, that says what to do about it. */
function explanationOf(error: unknown): SupastorError | undefined {
  if (!(error instanceof Error)) return undefined;
  return error instanceof SupastorError && error.hint !== undefined ? error : explanationOf(error.cause);
}

function s3Options(source: Env): S3Options {
  const { S3_PROTOCOL_ACCESS_KEY_ID: accessKeyId, S3_PROTOCOL_ACCESS_KEY_SECRET: secret } = source;
  return {
    isEnabled: source.S3_PROTOCOL_ENABLED,
    tenantId: source.TENANT_ID,
    region: source.REGION,
    enforceRegion: source.S3_PROTOCOL_ENFORCE_REGION,
    trustForwardedHost: source.S3_ALLOW_FORWARDED_HEADER,
    virtualHostDomains: source.S3_VIRTUAL_HOST_DOMAIN,
    anonKey: source.ANON_KEY ?? null,
    keyPair: accessKeyId === undefined || secret === undefined ? null : { accessKeyId, secret },
    rootPort: source.S3_ROOT_PORT ?? null,
    uploadExpirySeconds: source.SUPASTOR_MULTIPART_EXPIRY_SECONDS,
  };
}

function connectionLimits(source: Env): ConnectionLimits {
  const headMs = source.SUPASTOR_HEAD_TIMEOUT_SECONDS * 1000;
  const idleMs = source.SUPASTOR_IDLE_TIMEOUT_SECONDS * 1000;
  const checkPeriodMs = Math.min(MAX_CHECK_PERIOD_MS, headMs / 4, idleMs / 4);
  const keepAliveMs = source.SERVER_KEEP_ALIVE_TIMEOUT * 1000;
  return { headMs, idleMs, keepAliveMs, minBodyBytesPerSecond: source.SUPASTOR_MIN_BODY_BYTES_PER_SECOND, checkPeriodMs };
}

function webhookSettings(source: Env): WebhookSettings {
  const { WEBHOOK_URL: url, WEBHOOK_API_KEY: bearer = null, SUPASTOR_WEBHOOK_SECRET: secret = null } = source;
  return {
    target: url === undefined ? null : { url, bearer, secret },
    tenantId: source.TENANT_ID,
    allowPrivate: source.SUPASTOR_WEBHOOK_ALLOW_PRIVATE,
    timeoutMs: source.SUPASTOR_WEBHOOK_TIMEOUT_MS,
    backoffMs: source.SUPASTOR_WEBHOOK_BACKOFF_MS,
    maxAttempts: source.SUPASTOR_WEBHOOK_MAX_ATTEMPTS,
    concurrency: source.SUPASTOR_WEBHOOK_CONCURRENCY,
    retentionSeconds: source.SUPASTOR_WEBHOOK_RETENTION_SECONDS,
    pollMs: WEBHOOK_POLL_MS,
  };
}

/** The environment was checked: a driver has what it needs. */
function cdnSettings(source: Env): CdnSettings | null {
  const { CDN_PURGE_ENDPOINT_URL: url, CDN_PURGE_ENDPOINT_KEY: token = '', TENANT_ID: tenantId, SUPASTOR_CDN_ZONE: zone = '' } = source;
  const { SUPASTOR_CDN_DRIVER: driver, SUPASTOR_CDN_CACHES: caches } = source;
  const isAutomatic = source.SUPASTOR_CDN_AUTO_PURGE ?? driver !== 'endpoint';
  if (driver === 'cloudflare') return { driver, api: url ?? 'https://api.cloudflare.com', zone, token, isAutomatic };
  if (driver === 'fastly') return { driver, api: url ?? 'https://api.fastly.com', service: zone, token, isAutomatic };
  if (driver === 'endpoint') return url === undefined ? null : { url, bearer: token || null, tenantId, isAutomatic };
  return { driver, caches, isAutomatic };
}

async function shutDown(stop: () => Promise<void>, signal: string): Promise<void> {
  logger.info({ signal }, 'storage is stopping');
  isStopping = true;
  // Who balances requests reads from the health check that no more are wanted; until it has, they are served.
  await sleep(env.SUPASTOR_DRAIN_SECONDS * 1000);
  setTimeout(() => {
    logger.warn('requests did not finish in time');
    process.exit(1);
  }, DRAIN_MS).unref();
  await stop();
  logger.info('storage has stopped');
  process.exit(0);
}

function imageSettings(given: Env): ImageSettings | null {
  if (!given.IMAGE_TRANSFORMATION_ENABLED) return null;
  return {
    // The worker lies beside this file, as source or bundled.
    workerPath: join(import.meta.dirname, `image-worker${extname(import.meta.filename)}`),
    cacheDirectory: join(scratchPath(given), 'cache', 'images'),
    maxCacheBytes: given.SUPASTOR_IMAGE_CACHE,
    minSidePixels: given.IMAGE_TRANSFORMATION_LIMIT_MIN_SIZE,
    maxSidePixels: given.IMAGE_TRANSFORMATION_LIMIT_MAX_SIZE,
    maxInputBytes: given.SUPASTOR_IMAGE_MAX_INPUT,
    maxInputPixels: given.SUPASTOR_IMAGE_MAX_PIXELS,
    concurrency: given.SUPASTOR_IMAGE_CONCURRENCY,
    maxWaiting: given.SUPASTOR_IMAGE_QUEUE,
    timeoutMs: given.IMGPROXY_REQUEST_TIMEOUT * 1000,
  };
}
