import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { S3StoreSettings } from './blobs/s3/settings.ts';
import type { Env } from './env.ts';
import type { UpstreamSettings } from './open-store.ts';

const TIMEOUT_MS = 30_000;
/** S3 takes 10,000 parts; a few are kept back for uploads that grow past what was announced. */
const MAX_PARTS = 9000;
/** What deployments of the original call its bucket where there is none. */
const FILE_BUCKET = 'stub';

/** The S3 store that the environment describes; undefined for the file store. */
export function s3StoreSettings(env: Env): S3StoreSettings | undefined {
  const { STORAGE_S3_BUCKET: bucket, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (env.STORAGE_BACKEND !== 's3' || bucket === undefined || accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  const endpoint = env.STORAGE_S3_ENDPOINT;
  const prefix = env.SUPASTOR_STORE_PREFIX ?? '';
  return {
    bucket,
    prefix: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`,
    endpoint,
    region: env.STORAGE_S3_REGION ?? env.REGION,
    forcePathStyle: env.STORAGE_S3_FORCE_PATH_STYLE ?? endpoint !== undefined,
    credentials: { accessKeyId, secretAccessKey, sessionToken: env.AWS_SESSION_TOKEN },
    maxSockets: env.STORAGE_S3_MAX_SOCKETS,
    timeoutMs: env.STORAGE_S3_CLIENT_TIMEOUT === 0 ? TIMEOUT_MS : env.STORAGE_S3_CLIENT_TIMEOUT,
    partBytes: Math.max(env.STORAGE_S3_UPLOAD_PART_SIZE, Math.ceil(env.UPLOAD_FILE_SIZE_LIMIT / MAX_PARTS)),
    spoolDirectory: join(scratchPath(env), 'spool'),
  };
}

/** The store of the original that the environment describes: by default where ours is, as its own environment would have it. */
export function upstreamSettings(env: Env): UpstreamSettings | undefined {
  const common = { tenant: env.SUPASTOR_UPSTREAM_TENANT ?? env.TENANT_ID, isWritable: env.SUPASTOR_UPSTREAM_WRITABLE };
  const kind = env.SUPASTOR_UPSTREAM_BACKEND ?? env.STORAGE_BACKEND;
  const bucket = env.SUPASTOR_UPSTREAM_S3_BUCKET ?? env.STORAGE_S3_BUCKET;
  if (kind === 'file') {
    const path = env.SUPASTOR_UPSTREAM_PATH ?? env.STORAGE_FILE_BACKEND_PATH;
    return path === undefined ? undefined : { ...common, kind, path, bucket: bucket ?? FILE_BUCKET };
  }
  if (kind === 'none') return undefined;
  const settings = s3StoreSettings({
    ...env,
    STORAGE_BACKEND: 's3',
    STORAGE_S3_BUCKET: bucket,
    STORAGE_S3_ENDPOINT: env.SUPASTOR_UPSTREAM_S3_ENDPOINT ?? env.STORAGE_S3_ENDPOINT,
    STORAGE_S3_REGION: env.SUPASTOR_UPSTREAM_S3_REGION ?? env.STORAGE_S3_REGION,
    STORAGE_S3_FORCE_PATH_STYLE: env.SUPASTOR_UPSTREAM_S3_FORCE_PATH_STYLE ?? env.STORAGE_S3_FORCE_PATH_STYLE,
    AWS_ACCESS_KEY_ID: env.SUPASTOR_UPSTREAM_S3_ACCESS_KEY_ID ?? env.AWS_ACCESS_KEY_ID,
    AWS_SECRET_ACCESS_KEY: env.SUPASTOR_UPSTREAM_S3_SECRET_ACCESS_KEY ?? env.AWS_SECRET_ACCESS_KEY,
    // A session token belongs to the keys it came with.
    AWS_SESSION_TOKEN: env.SUPASTOR_UPSTREAM_S3_ACCESS_KEY_ID === undefined ? env.AWS_SESSION_TOKEN : undefined,
  });
  return settings === undefined ? undefined : { ...common, kind, settings };
}

/** Directory on this machine for what need not last: beside the bytes of the file store, else among temporary files. */
export function scratchPath(env: Env): string {
  return env.SUPASTOR_SCRATCH_PATH ?? env.STORAGE_FILE_BACKEND_PATH ?? join(tmpdir(), `supastor-${userInfo().uid}`);
}
