import { describe, expect, test } from 'vitest';
import { type Env, parseEnv } from './env.ts';
import { s3StoreSettings, upstreamSettings } from './store-settings.ts';

const BASE = { DATABASE_URL: 'postgres://x', AUTH_JWT_SECRET: 's'.repeat(32) };
const S3 = { STORAGE_BACKEND: 's3', STORAGE_S3_BUCKET: 'bytes', AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' };

function read(source: Record<string, string>): Env {
  const parsed = parseEnv({ ...BASE, ...source });
  if (!parsed.ok) throw new Error(parsed.problems.join('; '));
  return parsed.env;
}

function problemsOf(source: Record<string, string>): readonly string[] {
  const parsed = parseEnv({ ...BASE, ...source });
  return parsed.ok ? [] : parsed.problems;
}

describe('the environment of a byte store', () => {
  test('needs a directory for files, and a bucket with keys for S3; all that is missing is named', () => {
    expect(problemsOf({})).toEqual(['STORAGE_FILE_BACKEND_PATH: is needed when STORAGE_BACKEND is file']);
    expect(problemsOf({ STORAGE_BACKEND: 's3' })).toEqual([
      'STORAGE_S3_BUCKET: is needed when STORAGE_BACKEND is s3',
      'AWS_ACCESS_KEY_ID: is needed when STORAGE_BACKEND is s3',
      'AWS_SECRET_ACCESS_KEY: is needed when STORAGE_BACKEND is s3',
    ]);
    expect(problemsOf(S3)).toEqual([]);
  });

  test.each([
    [{ STORAGE_BACKEND: 'tape' }, 'STORAGE_BACKEND'],
    [{ ...S3, STORAGE_S3_ENDPOINT: 'localhost:9000' }, 'STORAGE_S3_ENDPOINT'],
    [{ ...S3, STORAGE_S3_UPLOAD_PART_SIZE: '1MB' }, 'STORAGE_S3_UPLOAD_PART_SIZE'],
    [{ ...S3, SUPASTOR_STORE_PREFIX: 'a//b' }, 'SUPASTOR_STORE_PREFIX'],
    [{ ...S3, SUPASTOR_STORE_PREFIX: '/x' }, 'SUPASTOR_STORE_PREFIX'],
    [{ ...S3, STORAGE_S3_MAX_SOCKETS: '0' }, 'STORAGE_S3_MAX_SOCKETS'],
  ])('%j is refused by name', (source, name) => {
    expect(problemsOf(source).join()).toContain(name);
  });

  test('may use the older names; the newer ones win', () => {
    const old = read({
      STORAGE_BACKEND: 's3',
      GLOBAL_S3_BUCKET: 'old',
      GLOBAL_S3_ENDPOINT: 'http://store:9000',
      GLOBAL_S3_FORCE_PATH_STYLE: 'false',
      GLOBAL_S3_MAX_SOCKETS: '7',
      AWS_ACCESS_KEY_ID: 'key',
      AWS_SECRET_ACCESS_KEY: 'secret',
      FILE_SIZE_LIMIT: '52428800',
    });
    expect(old.UPLOAD_FILE_SIZE_LIMIT).toBe(52_428_800);
    expect(s3StoreSettings(old)).toMatchObject({ bucket: 'old', endpoint: 'http://store:9000', forcePathStyle: false, maxSockets: 7 });
    expect(read({ ...S3, GLOBAL_S3_BUCKET: 'old' }).STORAGE_S3_BUCKET).toBe('bytes');
    expect(read({ FILE_STORAGE_BACKEND_PATH: '/old' }).STORAGE_FILE_BACKEND_PATH).toBe('/old');
  });

  test('becomes settings: another service has the bucket in its path, AWS in its host name', () => {
    expect(s3StoreSettings(read({ STORAGE_FILE_BACKEND_PATH: '/x', GLOBAL_S3_BUCKET: 'stub' }))).toBeUndefined();
    expect(s3StoreSettings(read(S3))).toMatchObject({ forcePathStyle: false, prefix: '', region: 'us-east-1', timeoutMs: 30_000 });
    const other = read({ ...S3, STORAGE_S3_ENDPOINT: 'http://store:9000', SUPASTOR_STORE_PREFIX: 'a/b', REGION: 'eu-1' });
    expect(s3StoreSettings(other)).toMatchObject({ forcePathStyle: true, prefix: 'a/b/', region: 'eu-1' });
  });

  test('makes parts large enough for the largest object', () => {
    expect(s3StoreSettings(read(S3))?.partBytes).toBe(8_388_608);
    expect(s3StoreSettings(read({ ...S3, UPLOAD_FILE_SIZE_LIMIT: '5TB' }))?.partBytes).toBeGreaterThan(5e12 / 10_000);
  });
});

describe('the names of the original', () => {
  test.each([
    [
      'HTTP',
      { SERVER_REGION: 'eu-1', PROJECT_REF: 'mine', PORT: '7000', SERVER_HEADERS_TIMEOUT: '65', SERVER_KEEP_ALIVE_TIMEOUT: '61' },
      {
        REGION: 'eu-1',
        TENANT_ID: 'mine',
        SERVER_PORT: 7000,
        SUPASTOR_HEAD_TIMEOUT_SECONDS: 65,
        SERVER_KEEP_ALIVE_TIMEOUT: 61,
      },
    ],
    [
      'uploads',
      { FILE_SIZE_LIMIT: '50MB', FILE_SIZE_LIMIT_STANDARD_UPLOAD: '1000', SIGNED_UPLOAD_URL_EXPIRATION_TIME: '60' },
      {
        UPLOAD_FILE_SIZE_LIMIT: 50_000_000,
        UPLOAD_FILE_SIZE_LIMIT_STANDARD: 1000,
        UPLOAD_SIGNED_URL_EXPIRATION_TIME: 60,
      },
    ],
    [
      'images',
      { ENABLE_IMAGE_TRANSFORMATION: 'false', IMG_LIMITS_MIN_SIZE: '2', IMG_LIMITS_MAX_SIZE: '900', ENABLE_RATE_LIMITER: 'true' },
      {
        IMAGE_TRANSFORMATION_ENABLED: false,
        IMAGE_TRANSFORMATION_LIMIT_MIN_SIZE: 2,
        IMAGE_TRANSFORMATION_LIMIT_MAX_SIZE: 900,
        RATE_LIMITER_ENABLED: true,
      },
    ],
    [
      'webhooks and keys',
      { QUEUE_WEBHOOK_CONCURRENCY: '5', PGRST_JWT_ALGORITHM: 'HS512', AUTH_ENCRYPTION_KEY: 'sixteen characters' },
      {
        SUPASTOR_WEBHOOK_CONCURRENCY: 5,
        AUTH_JWT_ALGORITHM: 'HS512',
        ENCRYPTION_KEY: 'sixteen characters',
      },
    ],
  ])('count for %s', (_what, source, expected) => {
    expect(read({ STORAGE_FILE_BACKEND_PATH: '/x', ...source })).toMatchObject(expected);
  });

  test('a port for S3 and no S3 exclude each other', () => {
    const source = { STORAGE_FILE_BACKEND_PATH: '/x', S3_PROTOCOL_ENABLED: 'false', S3_ROOT_PORT: '9000' };
    expect(problemsOf(source)).toEqual(['S3_ROOT_PORT: needs S3_PROTOCOL_ENABLED']);
  });
});

describe('the store of the original', () => {
  const FILE = { STORAGE_FILE_BACKEND_PATH: '/var/lib/storage' };

  test('is where its own environment says, when nothing else is said', () => {
    expect(upstreamSettings(read({ ...FILE, GLOBAL_S3_BUCKET: 'stub', TENANT_ID: 'mine' }))).toEqual({
      kind: 'file',
      path: '/var/lib/storage',
      bucket: 'stub',
      tenant: 'mine',
      isWritable: false,
    });
    expect(upstreamSettings(read({ ...S3, TENANT_ID: 'mine', SUPASTOR_STORE_PREFIX: 'ours' }))).toMatchObject({
      kind: 's3',
      tenant: 'mine',
      settings: { bucket: 'bytes' },
    });
    expect(upstreamSettings(read({ ...FILE, SUPASTOR_UPSTREAM_BACKEND: 'none' }))).toBeUndefined();
  });

  test('may be elsewhere than ours', () => {
    const moved = read({ ...S3, SUPASTOR_UPSTREAM_BACKEND: 'file', SUPASTOR_UPSTREAM_PATH: '/old', SUPASTOR_UPSTREAM_WRITABLE: 'true' });
    expect(upstreamSettings(moved)).toMatchObject({ kind: 'file', path: '/old', bucket: 'bytes', tenant: 'stub', isWritable: true });
    const bucket = read({
      ...FILE,
      SUPASTOR_UPSTREAM_BACKEND: 's3',
      SUPASTOR_UPSTREAM_S3_BUCKET: 'old',
      SUPASTOR_UPSTREAM_S3_ACCESS_KEY_ID: 'a',
      SUPASTOR_UPSTREAM_S3_SECRET_ACCESS_KEY: 'b',
      AWS_SESSION_TOKEN: 'of other keys',
    });
    expect(upstreamSettings(bucket)).toMatchObject({
      settings: { bucket: 'old', credentials: { accessKeyId: 'a', secretAccessKey: 'b', sessionToken: undefined } },
    });
  });

  test('names what it needs when it was asked for', () => {
    expect(problemsOf({ ...FILE, SUPASTOR_UPSTREAM_BACKEND: 's3' })).toEqual([
      'SUPASTOR_UPSTREAM_S3_BUCKET: is needed when SUPASTOR_UPSTREAM_BACKEND is s3',
      'SUPASTOR_UPSTREAM_S3_ACCESS_KEY_ID: is needed when SUPASTOR_UPSTREAM_BACKEND is s3',
      'SUPASTOR_UPSTREAM_S3_SECRET_ACCESS_KEY: is needed when SUPASTOR_UPSTREAM_BACKEND is s3',
    ]);
    expect(problemsOf({ ...S3, SUPASTOR_UPSTREAM_BACKEND: 'file' })).toEqual([
      'SUPASTOR_UPSTREAM_PATH: is needed when SUPASTOR_UPSTREAM_BACKEND is file',
    ]);
  });
});
