import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { S3StoreSettings } from './blobs/s3/settings.ts';
import type { Env } from './env.ts';

const TIMEOUT_MS = 30_000;
/** S3 takes 10,000 parts; a few are kept back for uploads that grow past what was announced. */
const MAX_PARTS = 9000;

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

/** Directory on this machine for what need not last: beside the bytes of the file store, else among temporary files. */
export function scratchPath(env: Env): string {
  return env.SUPASTOR_SCRATCH_PATH ?? env.STORAGE_FILE_BACKEND_PATH ?? join(tmpdir(), `supastor-${userInfo().uid}`);
}
