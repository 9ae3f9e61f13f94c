import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ContainerProject, createContainerProject } from './containers/container-project.ts';
import { docker, IMAGE_SETTINGS, whyNoContainers } from './containers/docker.ts';

const why = whyNoContainers();
if (why !== null) process.stderr.write(`e2e/containers-usage is skipped: ${why}\n`);

const project = `e2e-usage-${process.pid}`;
const MEMORY = 256 * 1024 * 1024;
/** Holds 60 MB and is busy; the other one does nothing. */
const BUSY = 'const held = Buffer.alloc(60e6, 1); for (;;) held[0]++';
const IDLE = 'setInterval(() => {}, 1000)';

interface Usage {
  readonly services: readonly {
    readonly name: string;
    readonly cpuCores: number | null;
    readonly rssBytes: number | null;
    readonly instances: readonly Readonly<
      Record<'cpuCores' | 'cpuSeconds' | 'memoryBytes' | 'cpuLimitCores' | 'memoryLimitBytes', number | null>
    >[];
  }[];
}

let stack: ContainerProject;

/** A container that the product takes for a replica of the stack. */
async function runReplica(service: string, replica: number, program: string, ...options: readonly string[]): Promise<void> {
  const labels = { project, environment: 'default', service, kind: 'replica', replica, 'spec-hash': 'x', name: service };
  const named = Object.entries(labels).flatMap(([key, value]) => ['--label', `io.supastor.${key}=${value}`]);
  const name = `${project}-${service}-${replica}`;
  const entry = ['--entrypoint', 'node', '--no-healthcheck', IMAGE_SETTINGS.SUPASTOR_IMAGE_STORAGE, '-e', program];
  await docker('run', '-d', '--name', name, ...named, ...options, ...entry);
}

const usage = async (): Promise<Usage> => JSON.parse((await stack.supastor('status')).stdout);
const find = ({ services }: Usage, wanted: string) => services.find(({ name }) => name === wanted);

describe.skipIf(why !== null)('what containers use', { timeout: 180_000 }, () => {
  beforeAll(async () => {
    stack = await createContainerProject(project);
    await runReplica('storage', 1, BUSY, '--memory', String(MEMORY), '--cpus', '0.5');
    await runReplica('meta', 1, IDLE);
    await runReplica('meta', 2, IDLE);
    await docker('stop', '-t', '0', `${project}-meta-2`);
  }, 180_000);

  afterAll(async () => {
    for (const name of ['storage-1', 'meta-1', 'meta-2']) await docker('rm', '-f', `${project}-${name}`).catch(() => undefined);
    await stack?.destroy();
  }, 180_000);

  test('one command tells it: load, memory and limits of each', async () => {
    await expect.poll(async () => find(await usage(), 'storage')?.cpuCores, { timeout: 90_000 }).toBeGreaterThan(0.02);
    await expect.poll(async () => find(await usage(), 'storage')?.rssBytes, { timeout: 90_000 }).toBeGreaterThan(60e6);
    const storage = find(await usage(), 'storage');
    expect(storage?.instances).toMatchObject([{ cpuLimitCores: 0.5, memoryLimitBytes: MEMORY }]);
    expect(storage?.rssBytes).toBeLessThan(MEMORY);
    expect(storage?.instances[0]?.cpuSeconds).toBeGreaterThan(0);
  });

  test('what is stopped has no figures, and does not take those of others away', async () => {
    const meta = find(await usage(), 'meta');
    expect(meta?.instances[0]?.memoryBytes).toBeGreaterThan(1e6);
    expect(meta?.instances[1]).toMatchObject({ cpuCores: null, cpuSeconds: null, memoryBytes: null });
    expect(meta?.rssBytes).toBe(meta?.instances[0]?.memoryBytes);
  });
});
