import { spawn } from 'node:child_process';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findFreePort } from '@supastor/testkit/harness/free-port';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

// Whole stacks are started; a busy machine may need a while.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const BIN = join(import.meta.dirname, '../../../bin/supastor.mjs');

let dir: TempDir;
let env: Record<string, string>;

beforeEach(async () => {
  dir = await createTempDir('cli-config');
  await chmod(dir.path, 0o755);
  env = {
    PATH: process.env['PATH'] ?? '',
    SUPASTOR_SOURCE: '1',
    SUPASTOR_POSTGRES_PORT: String(await findFreePort()),
    SUPASTOR_STORAGE_PORT: String(await findFreePort()),
    SUPASTOR_META_PORT: String(await findFreePort()),
    SUPASTOR_ADMIN_PORT: String(await findFreePort()),
  };
});
afterEach(async () => {
  await supastor('down').ended;
  await dir.remove();
});

function supastor(...args: readonly string[]) {
  const child = spawn(process.execPath, [BIN, '--project-dir', dir.path, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const out = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (out.stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (out.stderr += String(chunk)));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, out, ended };
}

async function until(met: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 1200; attempt++) {
    if (await met()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the awaited condition was not met');
}

async function pidOf(service: string): Promise<number | undefined> {
  const { out, ended } = supastor('status', '-o', 'json');
  await ended;
  const { services }: { services: readonly { name: string; pid: number }[] } = JSON.parse(out.stdout);
  return services.find(({ name }) => name === service)?.pid;
}

test('a foreground stack refuses a broken configuration, keeps running, and applies the mended one', async () => {
  const up = supastor('up', '--dev');
  await until(() => up.out.stdout.includes('is up'));
  const [storage, postgres] = [await pidOf('storage'), await pidOf('postgres')];
  const file = join(dir.path, 'supastor.config.yaml');
  const good = await readFile(file, 'utf8');

  await writeFile(file, `${good}\nnonsense: [`);
  await until(() => up.out.stderr.includes('the old one stays'));
  expect(await pidOf('storage')).toBe(storage);

  const newer = good.replace(/^( {2}default:.*)$/m, '$1\n    logging:\n      level: warn');
  await writeFile(file, newer);
  await until(() => up.out.stderr.includes('configuration changed: logging.level'));
  await until(async () => (await pidOf('storage')) !== storage);
  expect(await pidOf('postgres')).toBe(postgres);
  up.child.kill('SIGTERM');
  await up.ended;
});

test('a clone that has the configuration but no secrets gets new ones with --dev', async () => {
  expect(await supastor('init', '--dev').ended).toBe(0);
  await rm(join(dir.path, '.env'));
  const without = supastor('up', '-d');
  expect(await without.ended).toBe(2);
  expect(without.out.stderr).toContain('auth.jwtSecret');
  const made = supastor('up', '-d', '--dev');
  expect(await made.ended, made.out.stderr).toBe(0);
  expect(await readFile(join(dir.path, '.env'), 'utf8')).toContain('JWT_SECRET=');
});
