import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createStackCli, type StackCli, until } from '../../testing/stack-cli.ts';

// Whole stacks are started; a busy machine may need a while.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let cli: StackCli;
const supastor: StackCli['supastor'] = (...args) => cli.supastor(...args);

beforeAll(async () => {
  cli = await createStackCli();
});
afterAll(() => cli.remove());

const CONNECTION_NAMES =
  'API_URL STORAGE_URL STORAGE_S3_URL ADMIN_URL META_URL DB_URL ANON_KEY SERVICE_ROLE_KEY JWT_SECRET S3_PROTOCOL_ACCESS_KEY_ID ' +
  'S3_PROTOCOL_ACCESS_KEY_SECRET ADMIN_EMAIL ADMIN_PASSWORD';

test('a dry run of a project that is not there changes nothing', async () => {
  const { code, stderr } = await supastor('up', '--dev', '--dry-run').ended;
  expect(code).toBe(5);
  expect(stderr).toContain('supastor init');
  expect(await readdir(cli.path)).toEqual([]);
});

test('a stack that does not run: status and restart say so', async () => {
  await supastor('init', '--dev').ended;
  const status = await supastor('status').ended;
  expect(status).toMatchObject({ code: 10, stdout: expect.stringContaining('is not running') });
  expect(await supastor('restart').ended).toMatchObject({ code: 10, stderr: expect.stringContaining('SJ_NOT_RUNNING') });
  expect(await supastor('logs', '-f').ended).toMatchObject({ code: 10 });
  expect(await supastor('down').ended).toMatchObject({ code: 0, stdout: expect.stringContaining('was not running') });
  const plan = await supastor('plan', '--exit-code', '-o', 'json').ended;
  expect(plan.code).toBe(8);
  expect(JSON.parse(plan.stdout)).toMatchObject({
    destructive: false,
    steps: expect.arrayContaining([expect.objectContaining({ kind: 'start', service: 'storage' })]),
  });
});

test('up -d, status, logs, restart and down work together', async () => {
  const up = await supastor('up', '-d').ended;
  expect(up).toMatchObject({ code: 0, stdout: expect.stringContaining(`http://127.0.0.1:${cli.env['SUPASTOR_STORAGE_PORT']}/storage/v1`) });
  expect((await supastor('up', '-d').ended).stdout).toContain('nothing to do');

  const status = JSON.parse((await supastor('status', '-o', 'json').ended).stdout);
  expect(status).toMatchObject({ healthy: true, supervisor: { pid: expect.any(Number) }, connection: { ANON_KEY: '***' } });

  const secrets = (await supastor('status', '--show-secrets', '-o', 'env').ended).stdout.trim().split('\n');
  const masked = (await supastor('status', '-o', 'env').ended).stdout.trim().split('\n');
  expect(secrets.map((line) => line.split('=')[0])).toEqual(CONNECTION_NAMES.split(' '));
  expect(masked.map((line) => line.split('=')[0])).toEqual(CONNECTION_NAMES.split(' '));
  expect(secrets.join()).not.toContain('***');
  expect(masked.filter((line) => line.includes('***'))).toHaveLength(7);

  const records = (await supastor('logs', 'postgres', '--json', '--tail', '5').ended).stdout.trim().split('\n');
  expect(records.map((line) => JSON.parse(line).service)).toEqual(records.map(() => 'postgres'));
  expect(await supastor('restart', 'meta').ended).toMatchObject({ code: 0, stdout: expect.stringContaining('healthy') });
  expect(await supastor('down', '--volumes').ended).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
  expect(await supastor('down').ended).toMatchObject({ code: 0, stdout: expect.stringContaining('its data is kept') });
  expect((await supastor('logs', 'postgres').ended).stdout).toContain('database system is shut down');
});

test('in the foreground: a killed supervisor comes back, and an interrupt stops everything', async () => {
  const up = supastor('up');
  await until(() => up.out.stdout.includes('Stop with Ctrl-C'));
  const pidOf = async () => JSON.parse((await supastor('status', '-o', 'json').ended).stdout).supervisor?.pid;
  const first = await pidOf();
  process.kill(first, 'SIGKILL');
  await until(() => (up.out.stderr.match(/✓ supervisor/g) ?? []).length === 2);
  expect(await pidOf()).not.toBe(first);
  up.child.kill('SIGINT');
  expect(await up.ended).toMatchObject({ code: 130, stderr: expect.stringContaining('Data is kept') });
  expect((await supastor('status').ended).stdout).toContain('is not running');
});

test('down --volumes --yes destroys the data and nothing else', async () => {
  expect(await supastor('down', '--volumes', '--yes').ended).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('its data is destroyed'),
  });
  expect((await readdir(cli.path)).toSorted()).toEqual(['.env', '.gitignore', '.supastor', 'supastor.config.yaml']);
  expect(await readdir(join(cli.path, '.supastor'))).toEqual(['config.schema.json']);
  await rm(join(cli.path, '.supastor'), { recursive: true });
});
