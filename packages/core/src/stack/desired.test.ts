import { parseSsoProviders } from '@supastor/contract/config/sso';
import { configSchema } from '@supastor/contract/config/schema';
import { createTestConfig, placeAll, preferredPorts } from './testing/fixtures.ts';
import { describe, expect, test } from 'vitest';
import { connectionInfo } from './connection-info.ts';
import { buildDesiredStack } from './desired.ts';
import { connectHost, resolveEnvironment } from './references.ts';
import { hashLaunch, hashSpec, stableJson } from './spec-hash.ts';

const resolve = ({ kind, target }: { kind: string; target: string }) => `<${kind}:${target}>`;
const specs = (changes = {}) => {
  const desired = build(changes);
  return placeAll(desired, preferredPorts(desired));
};
const build = (changes = {}) => buildDesiredStack(createTestConfig(changes), 'default');

describe('buildDesiredStack', () => {
  test('lists services after what they depend on', () => {
    expect(build().services.map(({ name, dependsOn }) => [name, dependsOn])).toEqual([
      ['postgres', []],
      ['storage', ['postgres']],
      ['meta', ['postgres']],
      ['admin', ['storage', 'meta']],
    ]);
  });

  test('lists mocks last, and points the servers to them', () => {
    const sso = [{ id: 'corp', name: 'Corp', issuer: 'https://id.example.org', clientId: 'a', clientSecret: 'b' }];
    const mail = { host: 'mail.example.org', user: 'me', password: 'secret' };
    const placed = specs({ mocks: { enabled: 'all' }, access: { sso }, mail });
    expect(placed.slice(4).map(({ name, dependsOn, volumes }) => [name, dependsOn, volumes])).toEqual([
      ['smtp', [], []],
      ['oidc', [], ['oidc']],
      ['webhooks', [], []],
      ['s3', ['postgres'], ['s3']],
    ]);
    const loopback = placed.slice(4).flatMap(({ ports }) => Object.values(ports).map(({ host }) => host));
    expect(new Set(loopback)).toEqual(new Set(['127.0.0.1']));
    const [admin, storage, s3] = ['admin', 'storage', 's3'].map((name) => {
      const spec = placed.find((candidate) => candidate.name === name);
      return spec === undefined ? {} : resolveEnvironment(spec, resolve);
    });
    expect(admin).toMatchObject({ SUPASTOR_MAIL_HOST: '127.0.0.1', SUPASTOR_MAIL_PORT: '1025', SUPASTOR_MAIL_SECURE: 'false' });
    expect(admin).not.toHaveProperty('SUPASTOR_MAIL_PASSWORD');
    expect(parseSsoProviders(admin?.['SUPASTOR_ACCESS_SSO'] ?? '')).toMatchObject([
      { id: 'corp' },
      {
        id: 'mock',
        issuer: 'http://127.0.0.1:9400',
        allowPrivate: true,
        roles: expect.arrayContaining([{ group: 'owner', role: 'owner', scope: {} }]),
      },
    ]);
    expect(storage).toMatchObject({ WEBHOOK_URL: 'http://127.0.0.1:8026/hooks/storage', SUPASTOR_WEBHOOK_ALLOW_PRIVATE: 'true' });
    expect(s3).toMatchObject({ S3_ROOT_PORT: '9500', SERVER_PORT: '9501', STORAGE_FILE_BACKEND_PATH: '<dir:s3>' });
    expect(s3?.['DATABASE_URL']).toContain('/supastor_mock_s3');
    expect(s3).not.toHaveProperty('WEBHOOK_URL');
  });

  test('without mocks nothing is pointed to them', () => {
    const environments = build()
      .services.map(({ environment }) => JSON.stringify(environment))
      .join();
    expect(environments).not.toMatch(/MOCK|MAIL_HOST|WEBHOOK_URL/);
  });

  test('leaves out what runs elsewhere', () => {
    const external = build({
      postgres: { managed: false, host: 'db.example.com', ssl: true, password: 'a b', storagePassword: 'c/d' },
      storage: { managed: false, endpoint: 'https://files.example.com' },
    });
    expect(external.services.map(({ name, dependsOn }) => [name, dependsOn])).toEqual([
      ['meta', []],
      ['admin', ['meta']],
    ]);
    expect(external.services[0]?.environment['PG_META_DB_URL']).toBe(
      'postgresql://postgres:a%20b@db.example.com:5432/postgres?sslmode=verify-full',
    );
    expect(external.services[1]?.environment['SUPASTOR_STORAGE_URL']).toBe('https://files.example.com');
  });

  test('tells the storage server of its bucket, with the keys among the secrets', () => {
    const s3 = { bucket: 'bytes', endpoint: 'http://store:9000', accessKeyId: 'key', secretAccessKey: 'secret', prefix: 'a/' };
    const storage = build({ storage: { backend: 's3', s3 } }).services.find(({ name }) => name === 'storage');
    expect(storage?.environment).toMatchObject({
      STORAGE_BACKEND: 's3',
      STORAGE_S3_BUCKET: 'bytes',
      STORAGE_S3_ENDPOINT: 'http://store:9000',
      STORAGE_S3_FORCE_PATH_STYLE: 'true',
      SUPASTOR_STORE_PREFIX: 'a/',
      AWS_ACCESS_KEY_ID: 'key',
      AWS_SECRET_ACCESS_KEY: 'secret',
    });
    expect(storage?.environment).not.toHaveProperty('STORAGE_FILE_BACKEND_PATH');
    expect(storage?.secretNames).toEqual(expect.arrayContaining(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']));
  });

  test('tells the storage server how it is to watch over its bytes', () => {
    const integrity = { scanPeriodSeconds: 0, scrubBytesPerSecond: '5MB', quarantineSeconds: 60 };
    const storage = build({ storage: { integrity } }).services.find(({ name }) => name === 'storage');
    expect(storage?.environment).toMatchObject({
      SUPASTOR_SCAN_PERIOD_SECONDS: '0',
      SUPASTOR_SCAN_GRACE_SECONDS: '3600',
      SUPASTOR_SCRUB_PERIOD_SECONDS: '2592000',
      SUPASTOR_SCRUB_BYTES_PER_SECOND: '5000000',
      SUPASTOR_QUARANTINE_SECONDS: '60',
    });
  });

  test('tells the storage server how slow clients may be', () => {
    const storage = build({ storage: { connections: { idleTimeoutSeconds: 30, minBodyBytesPerSecond: 0 } } });
    expect(storage.services.find(({ name }) => name === 'storage')?.environment).toMatchObject({
      SUPASTOR_HEAD_TIMEOUT_SECONDS: '60',
      SUPASTOR_IDLE_TIMEOUT_SECONDS: '30',
      SUPASTOR_MIN_BODY_BYTES_PER_SECOND: '0',
    });
  });

  test('names every missing secret at once', () => {
    expect(() => buildDesiredStack(configSchema.parse({}), 'default')).toThrow(
      expect.objectContaining({ code: 'SJ_SECRETS_MISSING', message: expect.stringMatching(/postgres\.password.*auth\.anonKey/) }),
    );
  });

  test('external storage needs an address', () => {
    expect(() => build({ storage: { managed: false } })).toThrow(/storage\.endpoint/);
  });

  test('every secret value is declared as one', () => {
    const secrets = /password|secret|crypto-key|anon\.key|service\.key|s3-id/;
    for (const { environment, secretNames } of build().services) {
      const holding = Object.keys(environment).filter((name) => secrets.test(environment[name] ?? ''));
      expect(holding.filter((name) => !secretNames.includes(name))).toEqual([]);
    }
  });
});

describe('references', () => {
  test('are filled with the chosen ports, wildcards become loopback', () => {
    const desired = build({ storage: { host: '0.0.0.0' } });
    const ports = preferredPorts(desired).map((choice) => ({ ...choice, chosen: choice.preferred + 1 }));
    const [, storage, , admin] = placeAll(desired, ports);
    if (!storage || !admin) throw new Error('services are missing');
    expect(resolveEnvironment(storage, resolve)).toMatchObject({
      SERVER_HOST: '0.0.0.0',
      SERVER_PORT: '5001',
      STORAGE_FILE_BACKEND_PATH: '<dir:objects>',
      DATABASE_URL: 'postgresql://supabase_storage_admin:storage-password@127.0.0.1:5433/postgres<params:postgres.postgres>',
    });
    expect(resolveEnvironment(admin, resolve)).toMatchObject({
      SUPASTOR_STORAGE_URL: 'http://127.0.0.1:5001',
      SUPASTOR_META_URL: 'http://127.0.0.1:8082',
      SUPASTOR_CONTROL_SOCKET: '<socket:control>',
    });
  });

  test.each([
    ['127.0.0.1', '127.0.0.1'],
    ['0.0.0.0', '127.0.0.1'],
    ['::', '[::1]'],
    ['::1', '[::1]'],
    ['db.example.com', 'db.example.com'],
  ])('%s is reached at %s', (host, expected) => {
    expect(connectHost(host)).toBe(expected);
  });
});

describe('hashSpec', () => {
  test('does not depend on the order of keys', () => {
    expect(stableJson({ b: 1, a: { d: 2, c: 3 } })).toBe(stableJson({ a: { c: 3, d: 2 }, b: 1 }));
  });

  test('changes with a secret and does not show it', () => {
    const [before] = specs();
    const [after] = specs({ postgres: { password: 'another', storagePassword: 'storage-password' } });
    if (!before || !after) throw new Error('no spec');
    expect(hashSpec(before)).not.toBe(hashSpec(after));
    expect(hashSpec(before)).toMatch(/^[0-9a-f]{16}$/);
  });

  test('what only the supervisor uses is not part of the launch', () => {
    const [before] = specs();
    const [after] = specs({ restart: { maxRestarts: 1 } });
    if (!before || !after) throw new Error('no spec');
    expect(hashSpec(before)).not.toBe(hashSpec(after));
    expect(hashLaunch(before)).toBe(hashLaunch(after));
  });
});

test('connection info names addresses on the chosen ports and masks secrets', () => {
  const values = connectionInfo(createTestConfig(), { 'storage.http': 5001, 'postgres.postgres': 5433 });
  expect(values.map(({ name, masked }) => `${name}=${masked}`)).toEqual([
    'API_URL=http://127.0.0.1:5001',
    'STORAGE_URL=http://127.0.0.1:5001/storage/v1',
    'STORAGE_S3_URL=http://127.0.0.1:5001/storage/v1/s3',
    'ADMIN_URL=http://127.0.0.1:8080',
    'META_URL=http://127.0.0.1:8081',
    'DB_URL=postgresql://postgres:***@127.0.0.1:5433/postgres',
    'ANON_KEY=***',
    'SERVICE_ROLE_KEY=***',
    'JWT_SECRET=***',
    'S3_PROTOCOL_ACCESS_KEY_ID=***',
    'S3_PROTOCOL_ACCESS_KEY_SECRET=***',
    'ADMIN_EMAIL=admin@localhost.local',
    'ADMIN_PASSWORD=***',
  ]);
  expect(values.find(({ name }) => name === 'DB_URL')?.value).toBe('postgresql://postgres:pg-password@127.0.0.1:5433/postgres');
});
