import { execFile } from 'node:child_process';
import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ConstantLoad, startConstantLoad } from './containers/constant-load.ts';
import { addressOf, type ContainerProject, createContainerProject, type Report } from './containers/container-project.ts';
import { docker, whyNoContainers } from './containers/docker.ts';
import { runAcceptance } from './harness/run-acceptance.ts';

const run = promisify(execFile);
const why = process.getuid?.() === 0 ? whyNoContainers() : 'only root can make a small disk';
if (why !== null) process.stderr.write(`e2e/containers-disk is skipped: ${why}\n`);

/** Who the storage server is in its container. */
const SERVER = 1000;
const DISK = 'size=512m';

let dir: TempDir;
let objects: string;
let stack: ContainerProject;
let load: ConstantLoad;

/** Three replicas whose bytes are in a directory of the host: a small disk, which can be filled. */
describe.skipIf(why !== null)('containers over a directory of the host', { timeout: 300_000 }, () => {
  beforeAll(async () => {
    dir = await createTempDir('small-disk');
    objects = join(dir.path, 'objects');
    await mkdir(objects);
    await run('mount', ['-t', 'tmpfs', '-o', DISK, 'tmpfs', objects]);
    await chown(objects, SERVER, SERVER);
    stack = await createContainerProject(`e2e-disk-${process.pid}`, { STORAGE_FILE_BACKEND_PATH: objects });
    await stack.succeed('up', '--prod', '--scale', 'storage=3');
  }, 400_000);

  afterAll(async () => {
    await load?.stop();
    await stack?.destroy();
    await run('umount', ['--lazy', objects]).catch(() => undefined);
    await dir?.remove();
  }, 300_000);

  test('every check of the acceptance suite passes through the edge; only what needs a cache in front is left out', async () => {
    const secrets = await stack.secrets();
    const database = await addressOf(await stack.oneOf('postgres'));
    const url = `${stack.url}/storage/v1`;
    const { lines, mishaps } = await runAcceptance({
      ...Object.fromEntries(secrets),
      STORAGE_URL: url,
      DB_URL: `postgres://postgres:${secrets.get('POSTGRES_PASSWORD')}@${database}:5432/postgres`,
    });
    expect(mishaps.filter((line) => !line.endsWith('(unsupported: no cache can be purged)'))).toEqual([]);
    expect(lines.at(-1)).toMatch(/^[1-9]\d\d passed, 0 failed/);
  });

  test('a disk that is full costs no download and no delete, uploads are refused, and go on once there is room', async () => {
    const serviceKey = (await stack.secrets()).get('SERVICE_ROLE_KEY') ?? '';
    load = await startConstantLoad(`${stack.url}/storage/v1`, serviceKey);
    expect(await load.report()).toMatchObject({ failedReads: [], failedWrites: [] });
    const fill = join(objects, 'fill');
    await run('sh', ['-c', 'dd if=/dev/zero of="$0" bs=1M 2>/dev/null || true', fill]);
    await expect.poll(async () => (await load.report()).failedWrites.length, { timeout: 60_000 }).toBeGreaterThan(0);
    // Long enough for the edge to have found every replica not ready.
    await expect.poll(async () => (await stack.supastor('status')).code, { timeout: 120_000, interval: 1000 }).toBe(10);
    const full = await load.report();
    expect(full.failedReads).toEqual([]);
    expect(new Set(full.failedWrites)).toEqual(new Set(['The byte store has no space left']));
    const removed = await fetch(`${stack.url}/storage/v1/object/load/0/0`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${serviceKey}` },
    });
    expect(removed.status).toBe(200);
    await run('rm', [fill]);
    await stack.untilHealthy('storage', '3 of 3 healthy');
    await load.report();
    expect(await load.report()).toMatchObject({ failedReads: [], failedWrites: [] });
    // One was deleted above; every other acknowledged upload is there.
    expect(await load.stop()).toEqual([expect.stringContaining('0/0')]);
    expect((await stack.succeed<Report>('up', '--prod')).plan.steps).toEqual([]);
    expect(await docker('ps', '-q', '--filter', `label=io.supastor.project=${stack.name}`, '--filter', 'status=running')).not.toBe('');
  });
});
