import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { startScript } from '@supastor/core/stack/containers/official/official-storage-container';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, afterEach, expect, test } from 'vitest';

const MODULES = dirname(dirname(createRequire(import.meta.url).resolve('pg/package.json')));
const SERVER = 'process.stdout.write(JSON.stringify({ file: __filename.split("/").at(-2), env: process.env }))';
const PEM = '-----BEGIN CERTIFICATE-----\nline one\nline two\n-----END CERTIFICATE-----';

let postgres: TempPostgres;
let image: TempDir;
let secrets: string;

beforeAll(async () => {
  postgres = await startTempPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  image = await createTempDir('image');
  secrets = join(image.path, 'run');
  mkdirSync(secrets);
  writeFileSync(join(secrets, 'DATABASE_URL'), postgres.url);
});
afterEach(() => image.remove());

/** An image with the entry point and, as it has, the driver. */
function makeImage(entry: string, withDriver: boolean): void {
  mkdirSync(join(image.path, dirname(entry)), { recursive: true });
  writeFileSync(join(image.path, entry), SERVER);
  if (withDriver) symlinkSync(MODULES, join(image.path, 'node_modules'));
}

function start(env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', startScript(secrets)], {
    cwd: image.path,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', DATABASE_URL_FILE: join(secrets, 'DATABASE_URL'), ...env },
  });
  return { status, stdout, stderr };
}

test.each(['dist/start/server.js', 'dist/server.js'])(
  'the server in %s has its secrets in its environment, byte for byte',
  (entry) => {
    makeImage(entry, true);
    writeFileSync(join(secrets, 'JWT_JWKS'), '{"keys":["a b $HOME `id` \\"quoted\\" \\\\"]}');
    writeFileSync(join(secrets, 'DATABASE_SSL_ROOT_CERT'), PEM);
    const files = { JWT_JWKS_FILE: join(secrets, 'JWT_JWKS'), DATABASE_SSL_ROOT_CERT_FILE: join(secrets, 'DATABASE_SSL_ROOT_CERT') };
    const { status, stdout } = start({ ...files, OTHER_FILE: '/etc/hostname' });
    const { env, file }: { env: Record<string, string>; file: string } = JSON.parse(stdout);
    expect(status).toBe(0);
    expect(file).toBe(entry.split('/').at(-2));
    expect(env).toMatchObject({
      JWT_JWKS: '{"keys":["a b $HOME `id` \\"quoted\\" \\\\"]}',
      DATABASE_SSL_ROOT_CERT: PEM,
      OTHER_FILE: '/etc/hostname',
    });
    expect(env['DATABASE_URL']).toBe(postgres.url);
    expect(env).not.toHaveProperty('JWT_JWKS_FILE');
  },
  30_000,
);

test('a database of the built-in server is refused before anything is migrated', async () => {
  makeImage('dist/start/server.js', true);
  const url = await postgres.createDatabase('ours');
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query('create schema storage; create table storage.supastor_migrations ()').finally(() => client.end());
  writeFileSync(join(secrets, 'DATABASE_URL'), url);
  const { status, stdout, stderr } = start();
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toContain('the built-in storage server has used this database: set storage.engine: builtin');
}, 30_000);

test('without the driver, or before the database is there, the server is started all the same', () => {
  makeImage('dist/start/server.js', false);
  expect(start().status).toBe(0);
  symlinkSync(MODULES, join(image.path, 'node_modules'));
  writeFileSync(join(secrets, 'DATABASE_URL'), 'postgresql://nobody@127.0.0.1:1/postgres');
  expect(start().status).toBe(0);
}, 30_000);

test('an image that is another one is told', () => {
  makeImage('dist/other.js', true);
  const { status, stderr } = start();
  expect([status, stderr]).toEqual([1, expect.stringContaining('it is not that of the official storage server')]);
}, 30_000);
