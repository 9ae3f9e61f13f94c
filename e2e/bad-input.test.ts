import { spawnSync } from 'node:child_process';
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCli } from './harness/cli.ts';
import { NOBODY, openToOthers } from './harness/open-checkout.ts';
import { createStack, freePorts } from './harness/stack.ts';

let dir: TempDir;

beforeEach(async () => {
  dir = await createTempDir('bad-input');
});
afterEach(async () => {
  await chmod(dir.path, 0o755);
  await dir.remove();
});

const configFile = () => join(dir.path, 'supastor.config.yaml');
const plan = (env: Record<string, string> = {}) => runCli(['up', '-d', '--dev'], { projectDir: dir.path, env });

test('broken YAML is located and nothing is made', async () => {
  await writeFile(configFile(), 'version: "1.0"\nenvironments:\n  default:\n    storage: {port: 5000\n');
  const { code, stderr } = await plan();
  expect(code).toBe(2);
  expect(stderr).toMatch(/supastor\.config\.yaml:\d+:\d+/);
  expect(await readdir(dir.path)).toEqual(['supastor.config.yaml']);
});

test('an unknown key names its place and the nearest valid name', async () => {
  await writeFile(
    configFile(),
    'version: "1.0"\nenvironments:\n  default:\n    storage:\n      prot: 5000\n    postgress:\n      port: 1\n',
  );
  const { code, stderr } = await plan();
  expect(code).toBe(2);
  expect(stderr).toContain('supastor.config.yaml:5:7');
  expect(stderr).toContain('port');
  expect(stderr).toContain('supastor.config.yaml:6:5');
  expect(stderr).toContain('postgres');
});

test('a cycle in extends is shown as a path', async () => {
  await writeFile(configFile(), 'version: "1.0"\nenvironments:\n  default:\n    extends: b\n  b:\n    extends: default\n');
  const { code, stderr } = await plan();
  expect(code).toBe(2);
  expect(stderr).toMatch(/default.*b.*default/);
});

test('a missing variable is named', async () => {
  await writeFile(configFile(), 'version: "1.0"\nenvironments:\n  default:\n    postgres:\n      host: ${NOT_SET_ANYWHERE}\n');
  const { code, stderr } = await plan();
  expect(code).toBe(2);
  expect(stderr).toContain('NOT_SET_ANYWHERE');
  expect(stderr).toContain('supastor.config.yaml:5');
});

test('machine output carries the same error as JSON', async () => {
  await writeFile(configFile(), 'version: "1.0"\nenvironments:\n  default:\n    nonsense: 1\n');
  const { code, stderr } = await runCli(['plan', '-o', 'json'], { projectDir: dir.path });
  expect(code).toBe(2);
  expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'SJ_CONFIG_INVALID' } });
});

test('an unknown command exits with 2 and suggests the right one', async () => {
  const { code, stderr } = await runCli(['statsu'], { projectDir: dir.path });
  expect(code).toBe(2);
  expect(stderr).toContain('status');
});

test('a directory that cannot be written gives a hint and leaves nothing', async (context) => {
  const isRoot = process.getuid?.() === 0;
  const checkout = isRoot ? await openToOthers() : null;
  if (isRoot && checkout === null) context.skip('the checkout is closed to other users, and root may write everywhere');
  const user = checkout === null ? {} : { checkout: checkout.path, uid: NOBODY, gid: NOBODY };
  await chmod(dir.path, isRoot ? 0o755 : 0o555);
  const attempt = runCli(['up', '-d', '--dev'], { projectDir: dir.path, env: { HOME: '/' }, ...user });
  const { code, stderr } = await attempt.finally(() => checkout?.release());
  expect(code).toBe(1);
  expect(stderr).toContain('not writable');
  expect(await readdir(dir.path)).toEqual([]);
});

test('a full disk is named, and nothing half-made stays', async (context) => {
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', dir.path]).status !== 0)
    context.skip('mounting a small disk is not allowed');
  try {
    const { code, stderr } = await runCli(['up', '-d', '--dev'], { projectDir: dir.path, env: await freePorts() });
    expect(code).toBe(1);
    expect(stderr).toContain('SJ_NO_SPACE');
    expect(stderr).toContain('hint:');
    const state = await readdir(join(dir.path, '.supastor', 'default'));
    expect(state).not.toContain('postgres');
    expect((await runCli(['status'], { projectDir: dir.path })).code).toBe(10);
  } finally {
    await runCli(['down'], { projectDir: dir.path });
    expect(spawnSync('umount', [dir.path]).status).toBe(0);
  }
}, 60_000);

test('taken ports are replaced, said aloud and remembered', async () => {
  const ports = await freePorts();
  const blocked = await Promise.all(
    ['SUPASTOR_STORAGE_PORT', 'SUPASTOR_POSTGRES_PORT', 'SUPASTOR_ADMIN_PORT'].map((name) => listen(Number(ports[name]))),
  );
  const stack = await createStack({ env: ports });
  try {
    const { stderr } = await stack.up('--dev');
    const access = await stack.access();
    for (const name of ['SUPASTOR_STORAGE_PORT', 'SUPASTOR_POSTGRES_PORT', 'SUPASTOR_ADMIN_PORT'] as const)
      expect(stderr).toContain(String(ports[name]));
    expect((await fetch(`${access.STORAGE_URL}/status`)).status).toBe(200);
    expect(access.API_URL).not.toContain(`:${ports['SUPASTOR_STORAGE_PORT']}`);
    await stack.cli('down');
    await stack.up('--dev');
    expect(await stack.access()).toEqual(access);
  } finally {
    await stack.destroy();
    for (const server of blocked) server.close();
  }
}, 120_000);

test('secrets are only readable by their owner and kept when init runs again', async () => {
  const stack = await createStack();
  try {
    expect((await stack.cli('init', '--dev')).code).toBe(0);
    const file = join(stack.projectDir, '.env');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const before = await readFile(file, 'utf8');
    expect((await stack.cli('init', '--dev')).code).toBe(0);
    expect(await readFile(join(stack.projectDir, '.env'), 'utf8')).toBe(before);
  } finally {
    await stack.destroy();
  }
});

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
