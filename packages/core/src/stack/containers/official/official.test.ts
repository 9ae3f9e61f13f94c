import { describe, expect, test } from 'vitest';
import { crossCheck } from '../../../config/cross-check.ts';
import { planContainers } from '../container-plan.ts';
import { buildContainerStack } from '../desired-containers.ts';
import { createTestConfig } from '../../testing/fixtures.ts';

type Changes = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
const CA = '-----BEGIN CERTIFICATE-----\nca\n-----END CERTIFICATE-----\n';
const DOCKER = { name: 'demo', mode: 'prod', target: 'docker' };
const EXTERNAL = { managed: false, host: 'db.example.com', password: 'pg-password', storagePassword: 'storage-password' };
const SWITCHED = { engine: 'supabase' };

const configOf = ({ storage, ...changes }: Changes = {}) =>
  createTestConfig({ project: DOCKER, ...changes, storage: { ...SWITCHED, ...storage } });
const build = (changes: Changes = {}) => buildContainerStack(configOf(changes), 'default');

/** What the process of a container has in its environment, in the end. */
function environmentOf(changes: Changes, service = 'storage'): Record<string, string> {
  const spec = build(changes).services.find(({ name }) => name === service);
  const plain = Object.entries(spec?.environment ?? {}).filter(([name]) => !name.endsWith('_FILE'));
  return Object.fromEntries([...plain, ...(spec?.files ?? []).map(({ name, content }) => [name, content])]);
}

describe('the official storage server', () => {
  test('is told everything in its own words', () => {
    expect(environmentOf({})).toEqual({
      SERVER_HOST: '0.0.0.0',
      SERVER_PORT: '5000',
      SERVER_REGION: 'us-east-1',
      REGION: 'us-east-1',
      TENANT_ID: 'stub',
      STORAGE_PUBLIC_URL: 'http://127.0.0.1:8000',
      REQUEST_ALLOW_X_FORWARDED_PATH: 'true',
      DATABASE_URL: 'postgresql://supabase_storage_admin:storage-password@postgres:5432/postgres',
      DATABASE_MAX_CONNECTIONS: '20',
      DB_INSTALL_ROLES: 'false',
      DB_SUPER_USER: 'postgres',
      AUTH_JWT_SECRET: 'jwt-secret-0123456789-0123456789-0123456789',
      ANON_KEY: 'anon.key',
      SERVICE_KEY: 'service.key',
      S3_PROTOCOL_ACCESS_KEY_ID: 's3-id',
      S3_PROTOCOL_ACCESS_KEY_SECRET: 's3-secret',
      UPLOAD_FILE_SIZE_LIMIT: '5368709120',
      UPLOAD_FILE_SIZE_LIMIT_STANDARD: '5368709120',
      UPLOAD_SIGNED_URL_EXPIRATION_TIME: '7200',
      TUS_URL_EXPIRY_MS: '86400000',
      STORAGE_BACKEND: 'file',
      STORAGE_FILE_BACKEND_PATH: '/var/lib/supastor/objects',
      STORAGE_S3_BUCKET: 'stub',
      STORAGE_S3_REGION: 'us-east-1',
      IMAGE_TRANSFORMATION_ENABLED: 'true',
      IMAGE_TRANSFORMATION_LIMIT_MIN_SIZE: '1',
      IMAGE_TRANSFORMATION_LIMIT_MAX_SIZE: '2000',
      IMGPROXY_URL: 'http://imgproxy:5001',
      PG_QUEUE_ENABLE: 'false',
      LOG_LEVEL: 'info',
    });
  });

  test('with a bucket, webhooks, a cache and further keys', () => {
    const s3 = {
      bucket: 'bytes',
      endpoint: 'http://store:9000',
      region: 'eu',
      accessKeyId: 'key',
      secretAccessKey: 'secret',
      sessionToken: 'token',
    };
    const storage = {
      backend: 's3',
      s3,
      endpoint: 'https://files.example.org/sub',
      webhooks: { url: 'https://hooks.example.org', apiKey: 'bearer' },
      cdn: { purgeUrl: 'https://purge.example.org', purgeKey: 'purge' },
      images: { enabled: false },
    };
    const environment = environmentOf({ storage, auth: { ...AUTH, jwks: '{"keys":[]}' } });
    expect(environment).toMatchObject({
      STORAGE_BACKEND: 's3',
      STORAGE_S3_BUCKET: 'bytes',
      STORAGE_S3_ENDPOINT: 'http://store:9000',
      STORAGE_S3_REGION: 'eu',
      STORAGE_S3_FORCE_PATH_STYLE: 'true',
      STORAGE_S3_MAX_SOCKETS: '200',
      STORAGE_S3_CLIENT_TIMEOUT: '0',
      AWS_ACCESS_KEY_ID: 'key',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_SESSION_TOKEN: 'token',
      STORAGE_PUBLIC_URL: 'https://files.example.org',
      PG_QUEUE_ENABLE: 'true',
      PG_QUEUE_CONNECTION_URL: 'postgresql://supabase_storage_admin:storage-password@postgres:5432/postgres',
      WEBHOOK_URL: 'https://hooks.example.org',
      WEBHOOK_API_KEY: 'bearer',
      CDN_PURGE_ENDPOINT_URL: 'https://purge.example.org',
      CDN_PURGE_ENDPOINT_KEY: 'purge',
      JWT_JWKS: '{"keys":[]}',
      IMAGE_TRANSFORMATION_ENABLED: 'false',
    });
    expect(environment).not.toHaveProperty('STORAGE_FILE_BACKEND_PATH');
    expect(environment).not.toHaveProperty('IMGPROXY_URL');
  });

  test.each([
    [{ sslMode: 'require' }, '?sslmode=no-verify', undefined],
    [{ ssl: true }, '?sslmode=verify-full', undefined],
    [{ ca: CA }, '', CA],
    [{}, '', undefined],
  ])('is told of TLS to Postgres in the way of its driver: %j', (postgres, query, ca) => {
    const environment = environmentOf({ postgres: { ...EXTERNAL, ...postgres } });
    expect(environment['DATABASE_URL']).toBe(`postgresql://supabase_storage_admin:storage-password@db.example.com:5432/postgres${query}`);
    expect(environment['DATABASE_SSL_ROOT_CERT']).toBe(ca);
  });

  test('a pooler without TLS is not asked for the certificate of the database', () => {
    const postgres = { ...EXTERNAL, ca: CA, poolerHost: 'pooler', poolerSslMode: 'disable' };
    expect(environmentOf({ postgres })['DATABASE_POOL_URL']).toMatch(/@pooler:6432\/postgres\?sslmode=disable$/);
  });

  test('keeps every secret in a file', () => {
    const storage = build().services.find(({ name }) => name === 'storage');
    expect(JSON.stringify(storage?.environment)).not.toMatch(/password|jwt-secret|anon\.key|service\.key|s3-secret/);
    expect(storage?.files.every(({ secret }) => secret)).toBe(true);
    expect([storage?.image, storage?.command, storage?.entrypoint?.slice(0, 2)]).toEqual([
      'supabase/storage-api:v1.60.4',
      null,
      ['sh', '-c'],
    ]);
    expect(storage?.health?.command.at(-1)).toContain("ask('/status'");
  });

  test('comes with imgproxy, which sees the same bytes and may not write them', () => {
    const { services, volumes } = build({ storage: { images: { maxPixels: 16_800_000, maxInput: 1000, concurrency: 4 } } });
    const imgproxy = services.find(({ name }) => name === 'imgproxy');
    expect(services.map(({ name }) => name)).toEqual(['postgres', 'imgproxy', 'storage', 'meta', 'edge', 'admin', 'agent']);
    expect(services.find(({ name }) => name === 'storage')?.dependsOn).toEqual(['postgres', 'imgproxy']);
    expect(volumes).toContain('objects');
    expect(imgproxy?.mounts[0]).toEqual({ kind: 'volume', volume: 'objects', path: '/var/lib/supastor/objects', readOnly: true });
    expect(imgproxy?.environment).toEqual({
      IMGPROXY_BIND: ':5001',
      IMGPROXY_USE_ETAG: 'true',
      IMGPROXY_WORKERS: '4',
      IMGPROXY_MAX_SRC_FILE_SIZE: '1000',
      IMGPROXY_MAX_SRC_RESOLUTION: '16.8',
      IMGPROXY_LOCAL_FILESYSTEM_ROOT: '/',
      IMGPROXY_LOG_LEVEL: 'info',
    });
    expect(build({ storage: { images: { enabled: false } } }).services.map(({ name }) => name)).not.toContain('imgproxy');
    expect(buildContainerStack(createTestConfig({ project: DOCKER }), 'default').services.map(({ name }) => name)).not.toContain(
      'imgproxy',
    );
  });

  test('its paths have the prefix cut off at the edge, which asks it at its own address whether it is well', () => {
    const config = build({ storage: { endpoint: 'https://files.example.org/sub' } }).services.find(({ name }) => name === 'edge')?.files[0]
      ?.content;
    const backends = config?.split('\n\n').filter((part) => part.startsWith('backend storage_')) ?? [];
    expect(backends.length).toBe(3);
    for (const backend of backends) {
      expect(backend).toContain('http-request set-header X-Forwarded-Prefix /sub/storage/v1');
      expect(backend).toContain(String.raw`http-request replace-path ^/storage/v1/?(.*) /\1`);
      expect(backend).toContain('meth GET uri /status');
    }
    expect(config).not.toContain('uri /health/live');
  });

  test('a plan says what it lacks', () => {
    const stack = build();
    const { notes } = planContainers(stack, { replicas: [], networks: [], volumes: [], files: [], images: [] });
    expect(notes[0]).toMatch(/^storage is the official server, without .*object versions, lifecycle rules, quotas/);
    expect(notes[1]).toContain('cannot be given to the official one');
    expect(build({ auth: { ...AUTH, roles: ['anon', 'authenticated', 'service_role', 'editor'] } }).notes?.join()).toContain('auth.roles');
    expect(buildContainerStack(createTestConfig({ project: DOCKER }), 'default').notes).toEqual([]);
  });
});

describe('the official postgres-meta', () => {
  test('is told everything in its own words, and reads its secrets itself', () => {
    const postgres = { ...EXTERNAL, ca: CA };
    expect(environmentOf({ meta: { engine: 'supabase', cryptoKey: 'crypto-key-0123456789' }, postgres }, 'meta')).toEqual({
      PG_META_HOST: '0.0.0.0',
      PG_META_PORT: '8081',
      PG_META_DB_HOST: 'db.example.com',
      PG_META_DB_PORT: '5432',
      PG_META_DB_NAME: 'postgres',
      PG_META_DB_USER: 'postgres',
      PG_META_DB_PASSWORD: 'pg-password',
      PG_META_DB_SSL_MODE: 'verify-full',
      PG_META_DB_SSL_ROOT_CERT: CA,
      CRYPTO_KEY: 'crypto-key-0123456789',
    });
    const meta = build({ meta: { engine: 'supabase', cryptoKey: 'crypto-key-0123456789' } }).services.find(({ name }) => name === 'meta');
    expect(meta?.environment).toMatchObject({
      PG_META_DB_PASSWORD_FILE: '/run/supastor/PG_META_DB_PASSWORD',
      CRYPTO_KEY_FILE: '/run/supastor/CRYPTO_KEY',
      PG_META_DB_SSL_MODE: 'disable',
    });
    expect([meta?.image, meta?.entrypoint, meta?.command]).toEqual(['supabase/postgres-meta:v0.95.2', null, null]);
  });
});

describe('a configuration that the official servers cannot honour', () => {
  test.each([
    [{ project: { name: 'demo', target: 'embedded' } }, ['storage.engine']],
    [{ project: { name: 'demo', target: 'embedded' }, meta: { engine: 'supabase' } }, ['storage.engine', 'meta.engine']],
    [{ postgres: { ...EXTERNAL, replicas: ['db2'] } }, ['postgres.replicas']],
    [{ storage: { s3RootPort: 5055 } }, ['storage.s3RootPort']],
    [{ storage: { s3VirtualHostDomain: ['s3.example.org'] } }, ['storage.s3VirtualHostDomain']],
    [{ storage: { backend: 's3', s3: { bucket: 'b', accessKeyId: 'a', secretAccessKey: 's', prefix: 'p/' } } }, ['storage.s3.prefix']],
    [{ storage: { webhooks: { secret: 'secret-of-webhooks-0123' } } }, ['storage.webhooks.secret']],
    [{ storage: { cdn: { driver: 'varnish', caches: ['http://cache'] } } }, ['storage.cdn.driver']],
    [{ storage: { cdn: { autoPurge: true } } }, ['storage.cdn.autoPurge']],
    [{ postgres: { ...EXTERNAL, sslMode: 'prefer' } }, ['postgres.sslMode']],
    [{ postgres: { ...EXTERNAL, sslMode: 'verify-ca', ca: CA } }, ['postgres.sslMode']],
    [{ postgres: { ...EXTERNAL, ssl: true, cert: 'c', key: 'k' } }, ['postgres.certFile']],
    [{ postgres: { ...EXTERNAL, ssl: true } }, []],
    [{ project: { name: 'demo', target: 'embedded' }, storage: { managed: false, endpoint: 'http://a' } }, []],
    [{}, []],
  ] satisfies [Changes, string[]][])('%j is refused where it says so', (changes, paths) => {
    expect(crossCheck(configOf(changes)).map(({ path }) => path)).toEqual(paths);
  });
});

const AUTH = {
  jwtSecret: 'jwt-secret-0123456789-0123456789-0123456789',
  anonKey: 'anon.key',
  serviceRoleKey: 'service.key',
  s3AccessKeyId: 's3-id',
  s3AccessKeySecret: 's3-secret',
};
