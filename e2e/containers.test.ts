import { spawnSync } from 'node:child_process';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findFreePort } from '@supastor/testkit/harness/free-port';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ConstantLoad, startConstantLoad } from './containers/constant-load.ts';
import { docker, IMAGE_SETTINGS, runningContainers, whyNoContainers } from './containers/docker.ts';
import { type CliResult, runCli } from './harness/cli.ts';

const why = whyNoContainers();
if (why !== null) process.stderr.write(`e2e/containers is skipped: ${why}\n`);

/** Rounds of faults; more in `npm run soak`. */
const ROUNDS = Number(process.env['SUPASTOR_CONTAINER_ROUNDS'] ?? '1');
/** A command that restarts the engine, for the long form: in a short one others may use it. */
const RESTART_ENGINE = process.env['SUPASTOR_RESTART_ENGINE'];
const NO_FAILURE = { failedReads: [], failedWrites: [] };
const project = `e2e-${process.pid}`;
const stranger = `${project}-stranger`;

let dir: TempDir;
let url: string;
let load: ConstantLoad;

async function supastor(...args: readonly string[]): Promise<CliResult> {
  return runCli([...args, '-o', 'json'], { projectDir: dir.path, timeoutMs: 240_000 });
}

/** Runs a command that must succeed; its result. */
async function succeed<T>(...args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await supastor(...args);
  if (code !== 0) throw new Error(`supastor ${args.join(' ')} ended with ${code}\n${stderr}\n${stdout}`);
  const value: T = JSON.parse(stdout);
  return value;
}

interface Report {
  readonly healthy: boolean;
  readonly plan: { readonly steps: readonly { readonly id: string }[]; readonly unchanged: readonly string[] };
  readonly services: readonly { readonly name: string; readonly state: string; readonly detail: string | null }[];
}

function parseReport(text: string): Report {
  const report: Report = JSON.parse(text);
  return report;
}

async function untilHealthy(service: string, detail: string): Promise<void> {
  await expect
    .poll(async () => parseReport((await supastor('status')).stdout), { timeout: 120_000, interval: 1000 })
    .toMatchObject({ services: expect.arrayContaining([expect.objectContaining({ name: service, state: 'healthy', detail })]) });
}

async function oneOf(service: string): Promise<string> {
  const [name] = await runningContainers(project, service);
  if (name === undefined) throw new Error(`no container of ${service}`);
  return name;
}

/** Kills the first process of a container behind the engine's back. */
async function crash(container: string): Promise<void> {
  process.kill(Number(await docker('inspect', '-f', '{{.State.Pid}}', container)), 'SIGKILL');
}

async function secretsOf(): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(join(dir.path, '.env'), 'utf8');
  return new Map(
    text
      .split('\n')
      .flatMap((line) => (/^[A-Z]/.test(line) ? [[line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]] : [])),
  );
}

describe.skipIf(why !== null)('a production stack of containers', { timeout: 300_000 }, () => {
  beforeAll(async () => {
    dir = await createTempDir('containers');
    const port = await findFreePort();
    url = `http://127.0.0.1:${port}`;
    await runCli(['init', '--prod', '--name', project], { projectDir: dir.path });
    const settings = { ...IMAGE_SETTINGS, SUPASTOR_EDGE_PORT: String(port) };
    await appendFile(
      join(dir.path, '.env'),
      Object.entries(settings)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
    await docker('create', '--name', stranger, 'supastor-test/node:1');
    await succeed('up', '--prod', '--scale', 'storage=3', '--scale', 'meta=2');
    const secrets = await secretsOf();
    load = await startConstantLoad(`${url}/storage/v1`, secrets.get('SERVICE_ROLE_KEY') ?? '');
  }, 400_000);

  afterAll(async () => {
    await load?.stop();
    await supastor('down', '--volumes', '--yes');
    await docker('rm', '-f', stranger).catch(() => undefined);
    await docker('image', 'rm', 'supastor-test/storage-api:2').catch(() => undefined);
    await dir?.remove();
  }, 300_000);

  test('has the replicas that were asked for, and a second up does nothing', async () => {
    // The engine's own checks come a while after ours.
    await expect.poll(async () => (await supastor('status')).code, { timeout: 120_000, interval: 1000 }).toBe(0);
    const { services } = await succeed<Report>('status');
    expect(services.map(({ name, state, detail }) => [name, state, detail])).toEqual([
      ['postgres', 'healthy', null],
      ['storage', 'healthy', '3 of 3 healthy'],
      ['meta', 'healthy', '2 of 2 healthy'],
      ['admin', 'healthy', null],
      ['edge', 'healthy', null],
      ['agent', 'healthy', null],
    ]);
    expect((await succeed<Report>('up', '--prod')).plan.steps).toEqual([]);
    expect((await fetch(`${url}/`, { headers: { accept: 'text/html' } })).headers.get('content-type')).toContain('text/html');
  });

  test('shows no secret to those who can look at containers, and opens one port', async () => {
    const ids = (await docker('ps', '-aq', '--filter', `label=io.supastor.project=${project}`)).split('\n');
    const shown = await docker('inspect', ...ids);
    for (const [name, value] of await secretsOf())
      if (/PASSWORD|SECRET|KEY/.test(name)) expect(shown.includes(value), `${name} is shown`).toBe(false);
    const ports = await docker('ps', '--filter', `label=io.supastor.project=${project}`, '--format', '{{.Ports}}');
    expect(ports.split('\n').filter((line) => line.includes('->'))).toHaveLength(1);
  });

  test('loses no safe request and no acknowledged upload when containers die or stand still', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      await load.report();
      await crash(await oneOf('storage'));
      await crash(await oneOf('meta'));
      expect((await load.report()).failedReads).toEqual([]);
      await untilHealthy('storage', '3 of 3 healthy');
      await untilHealthy('meta', '2 of 2 healthy');
      // What is killed through the engine counts as stopped by hand, and is there again only after an `up`.
      await docker('kill', '--signal', 'KILL', await oneOf('storage'));
      await succeed('up', '--prod');
      await untilHealthy('storage', '3 of 3 healthy');
      expect((await load.report()).failedReads).toEqual([]);
      const paused = await oneOf('storage');
      await docker('pause', paused);
      expect((await load.report()).failedReads).toEqual([]);
      expect((await supastor('status')).code).toBe(10);
      await docker('unpause', paused);
      await untilHealthy('storage', '3 of 3 healthy');
    }
  });

  test('grows and shrinks without a failed request', async () => {
    await load.report();
    await succeed('scale', 'storage=5');
    expect(await runningContainers(project, 'storage')).toHaveLength(5);
    await succeed('scale', 'storage=2');
    expect(await runningContainers(project, 'storage')).toHaveLength(2);
    expect(await load.report()).toMatchObject(NO_FAILURE);
    expect((await succeed<Report>('up', '--prod')).plan.steps).toEqual([]);
  });

  test('rolls out a new image without a failed request, and goes back to the old one on demand', async () => {
    await load.report();
    await docker('tag', 'supastor-test/storage-api:1', 'supastor-test/storage-api:2');
    const { plan } = await succeed<Report>('up', '--prod', '--set', 'containers.images.storage=supastor-test/storage-api:2');
    expect(plan.unchanged).toEqual(['postgres', 'meta', 'edge', 'admin', 'agent']);
    await succeed('rollback');
    expect(await docker('inspect', '-f', '{{.Config.Image}}', await oneOf('storage'))).toBe('supastor-test/storage-api:1');
    expect(await load.report()).toMatchObject(NO_FAILURE);
  });

  test('undoes a broken image by itself, and nobody notices', async () => {
    await load.report();
    const before = await runningContainers(project, 'storage');
    const broken = await supastor('up', '--prod', '--set', 'containers.images.storage=supastor-test/node:1');
    expect(broken).toMatchObject({ code: 10, stderr: expect.stringContaining('SJ_ROLLED_BACK') });
    expect(await runningContainers(project, 'storage')).toEqual(before);
    expect(await load.report()).toMatchObject(NO_FAILURE);
    const { deploys } = await succeed<{ readonly deploys: readonly { readonly outcome: string; readonly command: string }[] }>('deploys');
    expect(deploys[0]).toMatchObject({ outcome: 'rolled-back', command: 'supastor up' });
  });

  test('changes exactly the service that a changed setting is of', async () => {
    const plan = await succeed<Report['plan']>('up', '--prod', '--set', 'storage.fileSizeLimit=1GB', '--dry-run');
    expect(plan.unchanged).toEqual(['postgres', 'meta', 'edge', 'admin', 'agent']);
  });

  test('tells its logs and restarts a service one container at a time', async () => {
    await load.report();
    await succeed('restart', 'storage');
    expect(await load.report()).toMatchObject(NO_FAILURE);
    const { stdout } = await supastor('logs', 'storage', '--tail', '5', '-o', 'ndjson');
    const records = stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(records).toEqual(Array(5).fill(expect.objectContaining({ service: 'storage' })));
  });

  test('is seen and moved from the console, which does not reach the engine', async () => {
    const login = await fetch(`${url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'admin@localhost.local', password: (await secretsOf()).get('SUPASTOR_ADMIN_PASSWORD') }),
    });
    const token = /"token":"([^"]+)"/.exec(await login.text())?.[1] ?? 'none';
    const call = (method: string, path: string) =>
      fetch(`${url}/api/v1/services${path}`, { method, headers: { authorization: `Bearer ${token}` } });
    await expect
      .poll(async () => (await call('GET', '')).json(), { timeout: 120_000, interval: 1000 })
      .toMatchObject({ services: expect.arrayContaining([expect.objectContaining({ name: 'storage', state: 'healthy' })]) });
    expect(await (await call('POST', '/meta/restart')).json()).toMatchObject({ name: 'meta' });
    await untilHealthy('meta', '2 of 2 healthy');
    expect(await (await call('GET', '/storage/logs?tail=3')).json()).toMatchObject({
      records: Array(3).fill(expect.objectContaining({ service: 'storage' })),
    });
    expect(await docker('inspect', '-f', '{{json .HostConfig.Binds}}{{json .Mounts}}', await oneOf('admin'))).not.toContain('docker.sock');
  });

  if (RESTART_ENGINE !== undefined) {
    test('is all there again after the engine was restarted', async () => {
      spawnSync('bash', ['-c', RESTART_ENGINE], { stdio: 'ignore' });
      await expect.poll(async () => (await supastor('status')).code, { timeout: 180_000, interval: 1000 }).toBe(0);
      expect((await succeed<Report>('up', '--prod')).plan.steps).toEqual([]);
    });
  }

  test('has lost no upload that was acknowledged, and leaves what is not its own alone', async () => {
    expect(await load.stop()).toEqual([]);
    await succeed('down', '--volumes', '--yes');
    expect(await docker('ps', '-aq', '--filter', `label=io.supastor.project=${project}`)).toBe('');
    expect(await docker('volume', 'ls', '-q', '--filter', `label=io.supastor.project=${project}`)).toBe('');
    expect(await docker('ps', '-aq', '--filter', `name=${stranger}`)).not.toBe('');
  });
});
