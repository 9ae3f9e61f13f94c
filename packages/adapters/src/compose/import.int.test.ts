import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '@supastor/contract/config/schema';
import { VERSION } from '@supastor/contract/version';
import { exportCompose } from '@supastor/core/compose/export-compose';
import { buildContainerStack } from '@supastor/core/stack/containers/desired-containers';
import { createTestConfig } from '@supastor/core/stack/testing/fixtures';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadProjectConfig } from '../config-files/load-project-config.ts';
import { engineNames } from './engine-names.ts';
import { readImport } from './read-import.ts';
import { SUPABASE_COMPOSE, SUPABASE_ENV } from './testing/supabase-compose.ts';
import { writeExport } from './write-export.ts';
import { writeImport } from './write-import.ts';

let dir: TempDir;
let path: string;
let projectDir: string;
beforeEach(async () => {
  dir = await createTempDir('import');
  path = join(dir.path, 'docker-compose.yml');
  projectDir = join(dir.path, 'project');
  await mkdir(projectDir);
});
afterEach(async () => {
  await dir.remove();
});

const read = (env: Record<string, string> = {}) => readImport({ path, envFile: null, env });
const load = (environment: string | null = null) => loadProjectConfig({ projectDir, environment, env: {} });

async function importText(compose: string, env = ''): Promise<Awaited<ReturnType<typeof readImport>>> {
  await writeFile(path, compose);
  await writeFile(join(dir.path, '.env'), env);
  return read();
}

describe('the compose file of Supabase', () => {
  test('with replicas of the database for our storage server keeps them', async () => {
    const urls = 'postgresql://a:b@db2/postgres?sslmode=require,postgresql://a:b@db3:5433/postgres';
    const added = SUPABASE_COMPOSE.replace(
      /^( +)DATABASE_URL:.*$/m,
      `$&\n$1DATABASE_REPLICA_URLS: ${urls}\n$1SUPASTOR_MAX_REPLICA_LAG_MS: 250`,
    );
    await writeImport(projectDir, await importText(added, SUPABASE_ENV), false);
    expect((await load()).config.postgres).toMatchObject({ replicas: ['db2', 'db3:5433'], maxReplicaLag: 250 });
  });

  test('becomes a configuration that loads, with what its clients and its data need', async () => {
    const result = await importText(SUPABASE_COMPOSE, SUPABASE_ENV);
    await writeImport(projectDir, result, false);
    const { config } = await load();
    expect(config).toMatchObject({
      project: { name: 'supabase', mode: 'prod', target: 'docker' },
      postgres: { managed: false, host: 'db', port: 5432, database: 'postgres', user: 'supabase_admin' },
      storage: {
        endpoint: 'https://supabase.example.org',
        fileSizeLimit: 52_428_800,
        backend: 'file',
        filePath: join(dir.path, 'volumes/storage'),
        images: { enabled: true, maxPixels: 16_800_000 },
        upstream: { tenant: 'stub', s3: { bucket: 'stub' } },
      },
      containers: { port: 8001, memory: { meta: 268_435_456 } },
    });
    const secrets = [
      config.postgres.password,
      config.postgres.storagePassword,
      config.auth.jwtSecret,
      config.auth.anonKey,
      config.admin.password,
    ];
    expect(secrets.map((secret) => secret?.reveal())).toEqual([
      'a-password-of-postgres',
      'a-password-of-postgres',
      'a-jwt-secret-of-more-than-32-characters',
      'anon.key.of-theirs',
      'a-password-of-the-dashboard',
    ]);
    expect(result.toSet).toEqual([]);
    expect(result.generated).toEqual(['SUPASTOR_ADMIN_SESSION_SECRET', 'SUPASTOR_MONITORING_SCRAPE_TOKEN', 'SUPASTOR_GRAFANA_PASSWORD']);
  });

  test('every service and every field is taken, or left out with a reason', async () => {
    const { taken, leftOut, notes } = await importText(SUPABASE_COMPOSE, SUPABASE_ENV);
    const told = [...taken, ...leftOut].map(({ service, field }) => [service, field].join('.'));
    const whole = ['kong.', 'auth.', 'supavisor.'];
    const storage = /\n {2}storage:\n([\s\S]*?)\n {2}imgproxy:/.exec(SUPABASE_COMPOSE)?.[1] ?? '';
    const variables = [...storage.matchAll(/^ {6}([A-Z][A-Z0-9_]+):/gm)].map(([, name]) => `storage.environment.${name}`);
    expect(variables).toHaveLength(17);
    expect(told).toEqual(
      expect.arrayContaining([
        ...whole,
        ...variables,
        'storage.volumes',
        'storage.healthcheck',
        'storage.restart',
        'meta.environment.CRYPTO_KEY',
      ]),
    );
    expect(leftOut.filter(({ reason, at }) => reason === '' || at === null)).toEqual([]);
    expect(leftOut).toContainEqual(
      expect.objectContaining({ service: 'storage', field: 'environment.IMGPROXY_URL', reason: 'the storage server makes images itself' }),
    );
    expect(taken).toContainEqual(
      expect.objectContaining({
        service: 'storage',
        field: 'environment.FILE_SIZE_LIMIT',
        path: 'storage.fileSizeLimit',
        shown: 52_428_800,
      }),
    );
    expect(notes.join('\n')).toContain('publicly known, and refused in production: CRYPTO_KEY');
    expect(notes.join('\n')).toContain('postgres.host is "db"');
  });

  test('no secret is told', async () => {
    const { taken, leftOut, notes } = await importText(SUPABASE_COMPOSE, SUPABASE_ENV);
    const told = JSON.stringify([taken, leftOut, notes]);
    for (const secret of ['a-password', 'a-jwt-secret', '.of-theirs', 's3-secret-key', 's3-access-key']) expect(told).not.toContain(secret);
  });

  test('what has no value is left out, and what only the operator knows is to be set', async () => {
    const { leftOut, toSet, generated } = await importText(SUPABASE_COMPOSE, SUPABASE_ENV.replace(/^(JWT_SECRET|ANON_KEY)=.*$/gm, ''));
    expect(leftOut).toContainEqual(
      expect.objectContaining({ field: 'environment.ANON_KEY', reason: expect.stringContaining('ANON_KEY has no value') }),
    );
    expect(toSet).toEqual(['JWT_SECRET', 'ANON_KEY']);
    expect(generated).not.toContain('JWT_SECRET');
  });

  test('bytes in a bucket stay there', async () => {
    const s3 = SUPABASE_COMPOSE.replace('STORAGE_BACKEND: file', 'STORAGE_BACKEND: s3').replace(
      'FILE_STORAGE_BACKEND_PATH: /var/lib/storage',
      'GLOBAL_S3_ENDPOINT: http://minio:9000\n      GLOBAL_S3_FORCE_PATH_STYLE: true\n      AWS_ACCESS_KEY_ID: a-key\n      AWS_SECRET_ACCESS_KEY: a-secret',
    );
    const { settings, secrets } = await importText(s3, SUPABASE_ENV);
    expect(settings).toMatchObject({
      storage: { backend: 's3', s3: { bucket: 'stub', endpoint: 'http://minio:9000', forcePathStyle: true, region: 'stub' } },
    });
    expect(secrets).toContainEqual({ name: 'AWS_SECRET_ACCESS_KEY', value: 'a-secret' });
  });
});

describe('what cannot be read', () => {
  test.each([
    ['services:\n  a: [\n', 'docker-compose.yml:'],
    ['services:\n  storage:\n    image: ${IMAGE\n', 'docker-compose.yml:3:12  services.storage.image: "${" is never closed'],
    [
      'services:\n  storage:\n    environment:\n      A: ${B:?say it}\n',
      'docker-compose.yml:4:10  services.storage.environment.A: variable B is required: say it',
    ],
    ['services:\n  storage:\n    environment:\n      - PASSWORD=100$\n', 'services.storage.environment[0]: "$" names no variable'],
    ['services: []\n', 'services: expected a map of services'],
    ['a: 1\n', '"services" is missing'],
    ['services:\n  storage: 1\n', 'docker-compose.yml:2:12  services.storage: expected a map of settings'],
    ['services:\n  a: {}\n  a: {}\n', 'docker-compose.yml:3'],
  ])('%j is told with line and field', async (compose, message) => {
    await expect(importText(compose)).rejects.toMatchObject({ code: 'SJ_INPUT_INVALID', message: expect.stringContaining(message) });
  });

  test('an error shows no password', async () => {
    for (const compose of [
      'services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: hunter2: oops\n',
      'services:\n  db:\n    environment:\n      - PASSWORD=hunter2$\n',
    ])
      await expect(importText(compose)).rejects.toMatchObject({ message: expect.not.stringContaining('hunter2') });
  });

  test('a file that is not there, and a broken .env', async () => {
    await expect(read()).rejects.toMatchObject({ code: 'SJ_NOT_FOUND' });
    await expect(importText(SUPABASE_COMPOSE, 'what is this')).rejects.toMatchObject({ message: expect.stringContaining('.env:1:1') });
  });
});

describe('writing', () => {
  test('replaces neither a configuration nor a secret without being told to', async () => {
    const result = await importText(SUPABASE_COMPOSE, SUPABASE_ENV);
    await writeFile(join(projectDir, '.env'), 'OTHER=1\nJWT_SECRET=another-secret-of-more-than-32-characters\n');
    await expect(writeImport(projectDir, result, false)).rejects.toMatchObject({
      code: 'SJ_CONFLICT',
      message: expect.stringContaining('JWT_SECRET'),
    });
    expect(await readdir(projectDir)).toEqual(['.env']);
    await writeImport(projectDir, result, true);
    const env = await readFile(join(projectDir, '.env'), 'utf8');
    expect(env).toMatch(/^OTHER=1\n/);
    expect(env).not.toContain('another-secret');
    expect((await stat(join(projectDir, '.env'))).mode & 0o077).toBe(0);
    await writeFile(join(projectDir, 'supastor.config.yaml'), 'mine: true\n');
    await expect(writeImport(projectDir, result, false)).rejects.toMatchObject({ code: 'SJ_CONFIG_EXISTS' });
    expect(await readFile(join(projectDir, 'supastor.config.yaml'), 'utf8')).toBe('mine: true\n');
  });

  test('beside the file itself its .env is kept as it is, and only what it lacks is added', async () => {
    const result = await importText(SUPABASE_COMPOSE, SUPABASE_ENV);
    await writeImport(dir.path, result, false);
    const env = await readFile(join(dir.path, '.env'), 'utf8');
    expect(env.startsWith(SUPABASE_ENV)).toBe(true);
    expect(env.slice(SUPABASE_ENV.length)).not.toMatch(/^(POSTGRES_PASSWORD|JWT_SECRET|SUPASTOR_ADMIN_PASSWORD)=/m);
    const { config } = await loadProjectConfig({ projectDir: dir.path, environment: null, env: {} });
    expect(config.admin.password?.reveal()).toBe('a-password-of-the-dashboard');
  });
});

const project = { name: 'demo', mode: 'prod', target: 'docker' };
const KEYS = { accessKeyId: 'a', secretAccessKey: 'b' };
const CONFIGS: readonly (readonly [string, Config])[] = [
  ['a plain stack', createTestConfig({ project })],
  [
    'a stack with everything',
    createTestConfig({
      project,
      postgres: { password: `p$d'"#: {x}`, storagePassword: 'storage\\pass "word"' },
      mail: { host: 'mail.example.org', user: 'u', password: 'p' },
      monitoring: {
        scrapeToken: 'scrape-token-0123456789',
        grafanaPassword: 'password-of-grafana',
        alerts: { errorPercent: 3 },
        notify: {
          mailTo: ['a@example.org'],
          slackUrl: 'https://hooks.slack.example.org/x',
          ntfyUrl: 'https://ntfy.sh/topic',
          ntfyToken: 'tk',
        },
      },
      storage: {
        replicas: 3,
        s3RootPort: 9000,
        filePath: '/srv/$objects',
        trustedProxies: ['10.0.0.0/8'],
        webhooks: { url: 'https://example.org/$x?y=${z}' },
      },
      meta: { cryptoKey: 'crypto-key-0123456789', replicas: 2 },
      containers: {
        with: ['monitoring'],
        tlsCertificate: '/etc/ssl/a.pem',
        tlsKey: '/etc/ssl/a.key',
        memory: { storage: '512MB' },
        port: 443,
        host: '0.0.0.0',
      },
    }),
  ],
  [
    'an external Postgres',
    createTestConfig({ project, postgres: { managed: false, host: 'db.example.org', ssl: true, password: 'p', storagePassword: 's' } }),
  ],
  [
    'bytes in a bucket',
    createTestConfig({ project, storage: { backend: 's3', s3: { bucket: 'b', endpoint: 'https://s3.example.org', ...KEYS } } }),
  ],
];

async function exportTo(config: Config, environment = 'default') {
  const stack = buildContainerStack(config, environment);
  await writeExport(path, exportCompose(stack, config, engineNames({ project: 'demo', environment })), true);
  return stack;
}

describe('a compose file of ours', () => {
  test.each(CONFIGS)('%s comes back as the very same plan', async (_, config) => {
    const before = await exportTo(config);
    const result = await read();
    expect(result.leftOut).toEqual([]);
    await writeImport(projectDir, result, false);
    const { config: after, environment } = await load();
    expect(buildContainerStack(after, environment)).toEqual(before);
  });

  test('an environment keeps its name', async () => {
    const config = createTestConfig({ project });
    const before = await exportTo(config, 'staging');
    await writeImport(projectDir, await read(), false);
    const loaded = await load('staging');
    expect(buildContainerStack(loaded.config, loaded.environment)).toEqual(before);
  });

  test('what was changed by hand is taken where there is a setting, and told where there is none', async () => {
    await exportTo(createTestConfig({ project }));
    const text = (await readFile(path, 'utf8'))
      .replace(`image: supastor/storage-api:${VERSION}`, 'image: registry.example.org/storage:2')
      .replace('UPLOAD_FILE_SIZE_LIMIT: "5368709120"', 'UPLOAD_FILE_SIZE_LIMIT: "1000000"')
      .replace('published: "8000"', 'published: "8443"')
      .replace('stop_signal: SIGINT', 'stop_signal: SIGQUIT');
    await writeFile(path, text);
    const { settings, leftOut, taken } = await read();
    expect(settings).toMatchObject({
      containers: { images: { storage: 'registry.example.org/storage:2' }, port: 8443 },
      storage: { fileSizeLimit: 1_000_000 },
    });
    expect(taken).toContainEqual(expect.objectContaining({ service: 'storage', field: 'image', path: 'containers.images.storage' }));
    expect(leftOut.map(({ service, field }) => [service, field].join('.'))).toEqual(expect.arrayContaining(['postgres.stop_signal']));
    expect(leftOut.every(({ reason }) => reason !== '')).toBe(true);
  });

  test('without its secrets they are to be set', async () => {
    await exportTo(createTestConfig({ project }));
    const elsewhere = await createTempDir('import-elsewhere');
    await writeFile(join(elsewhere.path, 'compose.yaml'), await readFile(path, 'utf8'));
    const { toSet, generated } = await readImport({ path: join(elsewhere.path, 'compose.yaml'), envFile: null, env: {} });
    expect(toSet).toEqual(expect.arrayContaining(['POSTGRES_PASSWORD', 'JWT_SECRET', 'SUPASTOR_ADMIN_PASSWORD']));
    expect(generated).toEqual([]);
    await elsewhere.remove();
  });
});
