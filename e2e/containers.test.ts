import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ConstantLoad, startConstantLoad } from './containers/constant-load.ts';
import { type ContainerProject, createContainerProject, type Report } from './containers/container-project.ts';
import { docker, runningContainers, whyNoContainers } from './containers/docker.ts';

const why = whyNoContainers();
if (why !== null) process.stderr.write(`e2e/containers is skipped: ${why}\n`);

/** Rounds of faults; more in `npm run soak`. */
const ROUNDS = Number(process.env['SUPASTOR_CONTAINER_ROUNDS'] ?? '1');
/** A command that restarts the engine, for the long form: in a short one others may use it. */
const RESTART_ENGINE = process.env['SUPASTOR_RESTART_ENGINE'];
const NO_FAILURE = { failedReads: [], failedWrites: [] };
const project = `e2e-${process.pid}`;
const stranger = `${project}-stranger`;

interface Figures {
  readonly instances: readonly { readonly job: string; readonly up: boolean }[];
}

let stack: ContainerProject;
let load: ConstantLoad;

/** Kills the first process of a container behind the engine's back. */
async function crash(container: string): Promise<void> {
  process.kill(Number(await docker('inspect', '-f', '{{.State.Pid}}', container)), 'SIGKILL');
}

describe.skipIf(why !== null)('a production stack of containers', { timeout: 300_000 }, () => {
  beforeAll(async () => {
    stack = await createContainerProject(project);
    await docker('create', '--name', stranger, 'supastor-test/node:1');
    await stack.succeed('up', '--prod', '--scale', 'storage=3', '--scale', 'meta=2');
    const secrets = await stack.secrets();
    load = await startConstantLoad(`${stack.url}/storage/v1`, secrets.get('SERVICE_ROLE_KEY') ?? '');
  }, 400_000);

  afterAll(async () => {
    await load?.stop();
    await stack?.destroy();
    await docker('rm', '-f', stranger).catch(() => undefined);
    await docker('image', 'rm', 'supastor-test/storage-api:2').catch(() => undefined);
  }, 300_000);

  test('has the replicas that were asked for, and a second up does nothing', async () => {
    // The engine's own checks come a while after ours.
    await expect.poll(async () => (await stack.supastor('status')).code, { timeout: 120_000, interval: 1000 }).toBe(0);
    const { services } = await stack.succeed<Report>('status');
    expect(services.map(({ name, state, detail }) => [name, state, detail])).toEqual([
      ['postgres', 'healthy', null],
      ['storage', 'healthy', '3 of 3 healthy'],
      ['meta', 'healthy', '2 of 2 healthy'],
      ['admin', 'healthy', null],
      ['edge', 'healthy', null],
      ['agent', 'healthy', null],
    ]);
    const instances = services.flatMap((service) => service.instances);
    expect(instances.map(({ name }) => name)).toContain('storage.3');
    for (const { name, memoryBytes } of instances) expect(memoryBytes, name).toBeGreaterThan(1e5);
    expect((await stack.succeed<Report>('up', '--prod')).plan.steps).toEqual([]);
    expect((await fetch(`${stack.url}/`, { headers: { accept: 'text/html' } })).headers.get('content-type')).toContain('text/html');
  });

  test('shows no secret to those who can look at containers, and opens one port', async () => {
    const ids = (await docker('ps', '-aq', '--filter', `label=io.supastor.project=${project}`)).split('\n');
    const shown = await docker('inspect', ...ids);
    for (const [name, value] of await stack.secrets())
      if (/PASSWORD|SECRET|KEY/.test(name)) expect(shown.includes(value), `${name} is shown`).toBe(false);
    const ports = await docker('ps', '--filter', `label=io.supastor.project=${project}`, '--format', '{{.Ports}}');
    expect(ports.split('\n').filter((line) => line.includes('->'))).toHaveLength(1);
  });

  test('loses no safe request and no acknowledged upload when containers die or stand still', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      await load.report();
      await crash(await stack.oneOf('storage'));
      await crash(await stack.oneOf('meta'));
      expect((await load.report()).failedReads).toEqual([]);
      await stack.untilHealthy('storage', '3 of 3 healthy');
      await stack.untilHealthy('meta', '2 of 2 healthy');
      // What is killed through the engine counts as stopped by hand, and is there again only after an `up`.
      await docker('kill', '--signal', 'KILL', await stack.oneOf('storage'));
      await stack.succeed('up', '--prod');
      await stack.untilHealthy('storage', '3 of 3 healthy');
      expect((await load.report()).failedReads).toEqual([]);
      const paused = await stack.oneOf('storage');
      await docker('pause', paused);
      expect((await load.report()).failedReads).toEqual([]);
      expect((await stack.supastor('status')).code).toBe(10);
      await docker('unpause', paused);
      await stack.untilHealthy('storage', '3 of 3 healthy');
    }
  });

  test('grows and shrinks without a failed request', async () => {
    await load.report();
    await stack.succeed('scale', 'storage=5');
    expect(await runningContainers(project, 'storage')).toHaveLength(5);
    await stack.succeed('scale', 'storage=2');
    expect(await runningContainers(project, 'storage')).toHaveLength(2);
    expect(await load.report()).toMatchObject(NO_FAILURE);
    expect((await stack.succeed<Report>('up', '--prod')).plan.steps).toEqual([]);
  });

  test('rolls out a new image without a failed request, and goes back to the old one on demand', async () => {
    await load.report();
    await docker('tag', 'supastor-test/storage-api:1', 'supastor-test/storage-api:2');
    const { plan } = await stack.succeed<Report>('up', '--prod', '--set', 'containers.images.storage=supastor-test/storage-api:2');
    expect(plan.unchanged).toEqual(['postgres', 'meta', 'edge', 'admin', 'agent']);
    await stack.succeed('rollback');
    expect(await docker('inspect', '-f', '{{.Config.Image}}', await stack.oneOf('storage'))).toBe('supastor-test/storage-api:1');
    expect(await load.report()).toMatchObject(NO_FAILURE);
  });

  test('undoes a broken image by itself, and nobody notices', async () => {
    await load.report();
    const before = await runningContainers(project, 'storage');
    const broken = await stack.supastor('up', '--prod', '--set', 'containers.images.storage=supastor-test/node:1');
    expect(broken).toMatchObject({ code: 10, stderr: expect.stringContaining('SJ_ROLLED_BACK') });
    expect(await runningContainers(project, 'storage')).toEqual(before);
    expect(await load.report()).toMatchObject(NO_FAILURE);
    const { deploys } = await stack.succeed<{ readonly deploys: readonly { readonly outcome: string; readonly command: string }[] }>(
      'deploys',
    );
    expect(deploys[0]).toMatchObject({ outcome: 'rolled-back', command: 'supastor up' });
  });

  test('changes exactly the service that a changed setting is of', async () => {
    const plan = await stack.succeed<Report['plan']>('up', '--prod', '--set', 'storage.fileSizeLimit=1GB', '--dry-run');
    expect(plan.unchanged).toEqual(['postgres', 'meta', 'edge', 'admin', 'agent']);
  });

  test('tells its logs and restarts a service one container at a time', async () => {
    await load.report();
    await stack.succeed('restart', 'storage');
    expect(await load.report()).toMatchObject(NO_FAILURE);
    const { stdout } = await stack.supastor('logs', 'storage', '--tail', '5', '-o', 'ndjson');
    const records = stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(records).toEqual(Array(5).fill(expect.objectContaining({ service: 'storage' })));
  });

  test('is seen and moved from the console, which does not reach the engine', async () => {
    const login = await fetch(`${stack.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'admin@localhost.local', password: (await stack.secrets()).get('SUPASTOR_ADMIN_PASSWORD') }),
    });
    const token = /"token":"([^"]+)"/.exec(await login.text())?.[1] ?? 'none';
    const ask = (method: string, path: string) =>
      fetch(`${stack.url}/api/v1${path}`, { method, headers: { authorization: `Bearer ${token}` } });
    const call = (method: string, path: string) => ask(method, `/services${path}`);
    await expect
      .poll(async () => (await call('GET', '')).json(), { timeout: 120_000, interval: 1000 })
      .toMatchObject({ services: expect.arrayContaining([expect.objectContaining({ name: 'storage', state: 'healthy' })]) });
    expect(await (await call('POST', '/meta/restart')).json()).toMatchObject({ name: 'meta' });
    await stack.untilHealthy('meta', '2 of 2 healthy');
    expect(await (await call('GET', '/storage/logs?tail=3')).json()).toMatchObject({
      records: Array(3).fill(expect.objectContaining({ service: 'storage' })),
    });
    expect(await docker('inspect', '-f', '{{json .HostConfig.Binds}}{{json .Mounts}}', await stack.oneOf('admin'))).not.toContain(
      'docker.sock',
    );
    // Its own figures are those of every storage server, without Prometheus.
    const measured = async (): Promise<number> => {
      const figures: Figures = JSON.parse(await (await ask('GET', '/metrics/overview')).text());
      return figures.instances.filter(({ job, up }) => job === 'storage' && up).length;
    };
    await expect.poll(measured, { timeout: 120_000, interval: 1000 }).toBeGreaterThan(1);
  });

  if (RESTART_ENGINE !== undefined) {
    test('is all there again after the engine was restarted', async () => {
      spawnSync('bash', ['-c', RESTART_ENGINE], { stdio: 'ignore' });
      await expect.poll(async () => (await stack.supastor('status')).code, { timeout: 180_000, interval: 1000 }).toBe(0);
      expect((await stack.succeed<Report>('up', '--prod')).plan.steps).toEqual([]);
    });
  }

  test('has lost no upload that was acknowledged, and leaves what is not its own alone', async () => {
    expect(await load.stop()).toEqual([]);
    await stack.succeed('down', '--volumes', '--yes');
    expect(await docker('ps', '-aq', '--filter', `label=io.supastor.project=${project}`)).toBe('');
    expect(await docker('volume', 'ls', '-q', '--filter', `label=io.supastor.project=${project}`)).toBe('');
    expect(await docker('ps', '-aq', '--filter', `name=${stranger}`)).not.toBe('');
  });
});
