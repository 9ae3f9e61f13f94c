import { setTimeout as sleep } from 'node:timers/promises';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import type { Pool } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { auditStore, CLEAN } from './testing/audit.ts';
import { canMount, mountSmallDisk, type SmallDisk } from './testing/disk.ts';
import { buildFailingDisk, type FailingDisk, whyNoFailingDisk } from './testing/failing-disk.ts';
import { createTestPool } from './testing/pool.ts';
import { type ServerProcess, spawnServer } from './testing/process.ts';
import { BOOTSTRAP_SQL } from './testing/server.ts';
import { Writers } from './testing/writers.ts';

/** How long the disk fails. Raise it for a soak: SUPASTOR_FAULT_MS=60000. */
const FAULT_MS = Number(process.env['SUPASTOR_FAULT_MS'] ?? '4000');
const WRITERS = 8;
const POLL = { timeout: 30_000 };
const ENV = { SUPASTOR_RETIRED_GRACE_SECONDS: '1', SUPASTOR_COLLECT_PERIOD_MS: '200', SUPASTOR_SCAN_PERIOD_SECONDS: '0' };

const obstacle = whyNoFailingDisk();
if (obstacle !== null) process.stderr.write(`skipped: a failing disk ${obstacle}\n`);
const mayMount = canMount();
if (!mayMount) process.stderr.write('skipped: a read-only disk needs the right to mount file systems\n');

let postgres: TempPostgres;
let pool: Pool;
let dir: TempDir;
let storePath: string;
let server: ServerProcess;

beforeEach(async () => {
  [dir, postgres] = await Promise.all([createTempDir('failing'), startTempPostgres()]);
  pool = createTestPool(postgres.url, 2);
  await pool.query(BOOTSTRAP_SQL);
  storePath = `${dir.path}/store`;
});
afterEach(async () => {
  await server?.end('SIGKILL');
  await pool.end();
  await postgres.stop();
  await dir.remove();
});

const readiness = async () => (await fetch(`${server.url}/health/ready`)).status;

async function startServer(env: Readonly<Record<string, string>>): Promise<void> {
  server = await spawnServer(postgres.url.replace('postgres@', 'supabase_storage_admin@'), storePath, { ...ENV, ...env });
  await server.client.createBucket('box');
}

async function startOnFailingDisk(every: number): Promise<FailingDisk> {
  const disk = buildFailingDisk(dir.path, storePath, every);
  await startServer(disk.env);
  return disk;
}

describe.skipIf(obstacle !== null)('a disk of which some writes and syncs fail', () => {
  test(
    'loses nothing that was acknowledged, is said to be degraded, and is well again without a restart',
    async () => {
      const disk = await startOnFailingDisk(20);
      const writers = new Writers('box', WRITERS);
      const stop = new AbortController();
      const running = writers.run(server.client, WRITERS, stop.signal);
      await expect.poll(() => writers.acknowledgements, POLL).toBeGreaterThan(10);
      await disk.fail();
      await expect.poll(readiness, POLL).toBe(503);
      await sleep(FAULT_MS);
      await disk.heal();
      stop.abort();
      await running;
      await expect.poll(readiness, POLL).toBe(200);
      expect(await writers.verify(server.client)).toEqual([]);
      await expect.poll(() => auditStore(pool, storePath, 1), POLL).toEqual(CLEAN);
      const { error } = await server.client.from('box').upload('after', 'well again');
      expect(error).toBeNull();
    },
    FAULT_MS + 120_000,
  );

  test('acknowledges nothing while all of them fail, and serves what is there', async () => {
    const disk = await startOnFailingDisk(1);
    await server.client.from('box').upload('kept', 'before');
    await disk.fail();
    const { error } = await server.client.from('box').upload('kept', 'never', { upsert: true });
    expect(error).toMatchObject({ statusCode: '500' });
    await expect.poll(readiness, POLL).toBe(503);
    expect(await (await server.client.from('box').download('kept')).data?.text()).toBe('before');
    await disk.heal();
    await expect.poll(readiness, POLL).toBe(200);
    await expect.poll(() => auditStore(pool, storePath, 1), POLL).toEqual(CLEAN);
  });
});

describe.skipIf(!mayMount)('a disk that becomes read-only', () => {
  let disk: SmallDisk;

  beforeEach(async () => {
    disk = await mountSmallDisk(64);
    storePath = `${disk.path}/store`;
    await startServer({});
  });
  afterEach(async () => {
    await server.end('SIGKILL');
    await disk.remove();
  });

  test(
    'under writers costs nothing that was acknowledged, ends no process, and writes go on by themselves afterwards',
    async () => {
      const { pid } = server;
      const writers = new Writers('box', WRITERS);
      await writeUntil(writers, () => writers.acknowledgements > 30);
      await disk.setReadOnly(true);
      await expect.poll(readiness, POLL).toBe(503);
      const acknowledged = writers.acknowledgements;
      const until = Date.now() + FAULT_MS;
      await writeUntil(writers, () => Date.now() > until);
      const uploads = await server.client.from('box').upload('never', 'while it is read-only');
      expect(uploads.error).toMatchObject({ statusCode: '500' });
      expect(await writers.verify(server.client)).toEqual([]);
      expect(await readiness()).toBe(503);
      await disk.setReadOnly(false);
      await expect.poll(readiness, POLL).toBe(200);
      await writeUntil(writers, () => writers.acknowledgements > acknowledged + 60);
      expect(await writers.verify(server.client)).toEqual([]);
      expect([server.pid, isRunning(pid)]).toEqual([pid, true]);
      await expect.poll(() => auditStore(pool, storePath, 1), POLL).toEqual(CLEAN);
    },
    FAULT_MS + 180_000,
  );
});

async function writeUntil(writers: Writers, isEnough: () => boolean): Promise<void> {
  const stop = new AbortController();
  const running = writers.run(server.client, WRITERS, stop.signal);
  await expect.poll(isEnough, { timeout: FAULT_MS + 60_000 }).toBe(true);
  stop.abort();
  await running;
}

function isRunning(pid: number): boolean {
  return process.kill(pid, 0);
}
