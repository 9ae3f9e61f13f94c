import { execFile, spawnSync } from 'node:child_process';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { StorageClient } from '@supabase/storage-js';
import { findQuietPort } from '@supastor/testkit/harness/free-port';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { docker, IMAGE_SETTINGS, whyNoContainers } from './containers/docker.ts';
import { type CliResult, runCli } from './harness/cli.ts';

const run = promisify(execFile);
const hasCompose = spawnSync('docker', ['compose', 'version']).status === 0;
const why = whyNoContainers() ?? (hasCompose ? null : '`docker compose` is not installed');
if (why !== null) process.stderr.write(`e2e/compose is skipped: ${why}\n`);

const project = `e2e-compose-${process.pid}`;
let dir: TempDir;
let client: StorageClient;

async function supastor(directory: string, ...args: readonly string[]): Promise<CliResult> {
  return runCli([...args, '-o', 'json'], { projectDir: directory, timeoutMs: 240_000 });
}

async function succeed<T>(directory: string, ...args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await supastor(directory, ...args);
  if (code !== 0) throw new Error(`supastor ${args.join(' ')} ended with ${code}\n${stderr}\n${stdout}`);
  const value: T = JSON.parse(stdout);
  return value;
}

async function compose(...args: readonly string[]): Promise<void> {
  await run('docker', ['compose', '-f', join(dir.path, 'compose.yaml'), ...args], { maxBuffer: 64 * 1024 * 1024 });
}

async function download(): Promise<string> {
  const { data, error } = await client.from('box').download('a.txt');
  if (error) throw error;
  return data.text();
}

describe.skipIf(why !== null)('a stack as a compose file', { timeout: 300_000 }, () => {
  beforeAll(async () => {
    dir = await createTempDir('compose');
    const port = await findQuietPort();
    await runCli(['init', '--prod', '--name', project], { projectDir: dir.path });
    const settings = { ...IMAGE_SETTINGS, SUPASTOR_EDGE_PORT: String(port) };
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
    await appendFile(join(dir.path, '.env'), lines.join(''));
    const key = /^SERVICE_ROLE_KEY=(.*)$/m.exec(await readFile(join(dir.path, '.env'), 'utf8'))?.[1] ?? '';
    client = new StorageClient(`http://127.0.0.1:${port}/storage/v1`, { apikey: key, Authorization: `Bearer ${key}` });
    await succeed(dir.path, 'compose', 'export', '--scale', 'storage=2');
    await compose('up', '--detach', '--wait');
  }, 400_000);

  afterAll(async () => {
    await compose('down', '--volumes').catch(() => undefined);
    await supastor(dir.path, 'down', '--volumes', '--yes');
    await dir?.remove();
  }, 300_000);

  test('serves, and is no stack of ours to the command line', async () => {
    const { error: refused } = await client.createBucket('box', { public: false });
    expect(refused).toBeNull();
    const { error } = await client.from('box').upload('a.txt', 'kept', { contentType: 'text/plain' });
    expect(error).toBeNull();
    expect(await download()).toBe('kept');
    expect(JSON.parse((await supastor(dir.path, 'status')).stdout)).toMatchObject({ services: [] });
  });

  test('shows no secret to those who can look at containers', async () => {
    const ids = (await docker('ps', '-aq', '--filter', `label=io.supastor.project=${project}`)).split('\n');
    const shown = await docker('inspect', ...ids);
    const env = await readFile(join(dir.path, '.env'), 'utf8');
    for (const [, name, value = ''] of env.matchAll(/^([A-Z0-9_]*(?:PASSWORD|SECRET|KEY|TOKEN)[A-Z0-9_]*)=(.+)$/gm))
      expect(shown.includes(value), `${name} is shown`).toBe(false);
  });

  test('is not run beside the one of the engine target', async () => {
    expect(await supastor(dir.path, 'up', '--prod')).toMatchObject({ code: 6, stderr: expect.stringContaining('docker compose down') });
    expect(await download()).toBe('kept');
  });

  test('gives way to the engine target, which has the same data', async () => {
    await compose('down');
    await succeed(dir.path, 'up', '--prod', '--scale', 'storage=2');
    expect(await download()).toBe('kept');
  });

  test('read back, it plans to change nothing', async () => {
    const imported = join(dir.path, 'imported');
    await mkdir(imported);
    const { leftOut } = await succeed<{ readonly leftOut: readonly unknown[] }>(imported, 'compose', 'import', '../compose.yaml');
    expect(leftOut).toEqual([]);
    expect(await succeed(imported, 'plan')).toMatchObject({ steps: [] });
  });
});
