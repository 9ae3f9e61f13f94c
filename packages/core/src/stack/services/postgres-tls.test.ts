import { describe, expect, test } from 'vitest';
import { buildContainerStack } from '../containers/desired-containers.ts';
import { buildDesiredStack } from '../desired.ts';
import { createTestConfig } from '../testing/fixtures.ts';
import { poolerSslMode, sslMode } from './postgres-tls.ts';

const CA = '-----BEGIN CERTIFICATE-----\nca\n-----END CERTIFICATE-----\n';
const EXTERNAL = { managed: false, host: 'db.example.com', password: 'pg-password', storagePassword: 'storage-password' };
const config = (postgres: Record<string, unknown>, project = {}) =>
  createTestConfig({ project: { name: 'demo', ...project }, postgres: { ...EXTERNAL, ...postgres } });

describe('the mode', () => {
  test.each([
    [{}, 'disable'],
    [{ ssl: true }, 'verify-full'],
    [{ caFile: '/ca.pem' }, 'verify-full'],
    [{ ca: CA }, 'verify-full'],
    [{ ssl: true, sslMode: 'require' }, 'require'],
    [{ managed: true, sslMode: 'verify-full', caFile: '/ca.pem' }, 'disable'],
  ])('of %j is %s', (postgres, mode) => {
    expect(sslMode(config(postgres))).toBe(mode);
  });

  test('of the pooler is the same, unless it is said', () => {
    expect(poolerSslMode(config({ ssl: true }))).toBe('verify-full');
    expect(poolerSslMode(config({ ssl: true, poolerSslMode: 'disable' }))).toBe('disable');
    expect(poolerSslMode(config({ managed: true }))).toBe('disable');
  });
});

test('every service of the machine is told of the files there, and so is the way through the pooler', () => {
  const { services } = buildDesiredStack(
    config({ sslMode: 'verify-ca', caFile: '/etc/my ca.pem', certFile: '/c.pem', keyFile: '/k.pem', poolerHost: 'pooler' }),
    'default',
  );
  const urls = services.flatMap(({ environment }) =>
    ['DATABASE_URL', 'DATABASE_POOL_URL', 'PG_META_DB_URL'].flatMap((name) => environment[name] ?? []),
  );
  const query = '?sslmode=verify-ca&sslrootcert=%2Fetc%2Fmy%20ca.pem&sslcert=%2Fc.pem&sslkey=%2Fk.pem';
  expect(urls.map((url) => url.replace(/^.*@/, ''))).toEqual([
    `db.example.com:5432/postgres${query}`,
    `pooler:6432/postgres${query}`,
    `db.example.com:5432/postgres${query}`,
    `db.example.com:5432/postgres${query}`,
  ]);
});

test('containers find the certificates as files of their own, of which the key is a secret', () => {
  const docker = { mode: 'prod', target: 'docker' };
  const { services } = buildContainerStack(config({ caFile: '/home/me/ca.pem', ca: CA, cert: 'CERT', key: 'KEY' }, docker), 'default');
  const files = (name: string) => services.find((service) => service.name === name)?.files ?? [];
  for (const [service, variable] of [
    ['storage', 'DATABASE_URL'],
    ['admin', 'DATABASE_URL'],
    ['meta', 'PG_META_DB_URL'],
  ] as const) {
    expect(files(service)).toEqual(
      expect.arrayContaining([
        { name: 'postgres-ca.pem', content: CA, secret: false },
        { name: 'postgres-cert.pem', content: 'CERT', secret: false },
        { name: 'postgres-key.pem', content: 'KEY', secret: true },
      ]),
    );
    expect(files(service).find(({ name }) => name === variable)?.content).toMatch(
      /\?sslmode=verify-full&sslrootcert=%2Frun%2Fsupastor%2Fpostgres-ca\.pem&sslcert=.*&sslkey=%2Frun%2Fsupastor%2Fpostgres-key\.pem$/,
    );
  }
  expect(files('edge').map(({ name }) => name)).toEqual(['haproxy.cfg']);
  expect(buildContainerStack(config({ ca: CA, sslMode: 'require' }, docker), 'default').services.length).toBe(5);
});

test('without TLS there are no files of it', () => {
  const { services } = buildContainerStack(config({ managed: true, ca: CA }, { mode: 'prod', target: 'docker' }), 'default');
  expect(services.flatMap(({ files }) => files.map(({ name }) => name)).filter((name) => name.endsWith('.pem'))).toEqual([]);
});
