import { randomInt } from 'node:crypto';
import { access, mkdir, open, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import type { MaintenanceRun } from '@supastor/contract/wire/maintenance';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditStore } from './testing/audit.ts';
import { blobPath } from './testing/damage.ts';
import { type ForgetfulDisk, mountForgetfulDisk, whyNoForgetfulDisk } from './testing/forgetful-disk.ts';
import { waitForRun } from './testing/maintenance.ts';
import { createTestPool } from './testing/pool.ts';
import { type ServerProcess, spawnServer } from './testing/process.ts';
import { BOOTSTRAP_SQL, SERVICE_TOKEN } from './testing/server.ts';
import { Writers } from './testing/writers.ts';

/** Raise it for a soak: SUPASTOR_POWER_ROUNDS=20. */
const ROUNDS = Number(process.env['SUPASTOR_POWER_ROUNDS'] ?? '4');
const ROUND_MS = 60_000;
const WRITERS = 8;
const HEADERS = { 'content-type': 'application/json' };

const obstacle = whyNoForgetfulDisk();
if (obstacle !== null) process.stderr.write(`skipped: power loss ${obstacle}\n`);

describe.skipIf(obstacle !== null)('a power loss', () => {
  let postgres: TempPostgres;
  let pool: Pool;
  let disk: ForgetfulDisk;
  let storePath: string;
  let databaseUrl: string;

  beforeAll(async () => {
    disk = await mountForgetfulDisk();
    postgres = await startTempPostgres();
    pool = createTestPool(postgres.url, 2);
    await pool.query(BOOTSTRAP_SQL);
    databaseUrl = postgres.url.replace('postgres@', 'supabase_storage_admin@');
    storePath = join(disk.path, 'store');
  });
  afterAll(async () => {
    await pool?.end();
    await postgres?.stop();
    await disk?.remove();
  });

  test('of this file system really takes back what was not synced', async () => {
    const directory = join(disk.path, 'proof');
    await mkdir(directory);
    await syncDirectory(disk.path);
    await writeFile(join(directory, 'entry-not-synced'), 'x');
    await writeFile(join(directory, 'renamed'), 'x');
    const file = await open(join(directory, 'kept'), 'w');
    await file.writeFile('synced');
    await file.sync();
    await syncDirectory(directory);
    await file.writeFile(' and not synced');
    await file.close();
    await writeFile(join(directory, 'late'), 'x');
    await rename(join(directory, 'renamed'), join(directory, 'renamed-later'));
    await disk.losePower();
    expect(await readFile(join(directory, 'kept'), 'utf8')).toBe('synced');
    await expect(access(join(directory, 'late'))).rejects.toThrow('ENOENT');
    await expect(access(join(directory, 'renamed-later'))).rejects.toThrow('ENOENT');
  });

  test(
    `loses nothing that was acknowledged, ${ROUNDS} times under ${WRITERS} writers, and one scan removes what is left over`,
    async () => {
      const writers = new Writers('power', WRITERS);
      let server = await start();
      await server.client.createBucket('power');
      for (let round = 0; round < ROUNDS; round += 1) {
        const before = writers.acknowledgements;
        const stop = new AbortController();
        const running = writers.run(server.client, WRITERS, stop.signal);
        await expect.poll(() => writers.acknowledgements, { timeout: 30_000 }).toBeGreaterThan(before + 5);
        await sleep(randomInt(0, 500));
        await server.end('SIGKILL');
        stop.abort();
        await running;
        await disk.losePower();
        server = await start();
        expect(await rowsWithoutBytes()).toEqual([]);
        expect(await writers.verify(server.client)).toEqual([]);
      }
      const { counts } = await scan(server);
      expect([counts['dangling'] ?? 0, counts['truncated'] ?? 0]).toEqual([0, 0]);
      await server.end('SIGTERM');
      expect((await auditStore(pool, storePath, 0)).bytesWithoutRow).toEqual([]);
      server = await start();
      expect(await writers.verify(server.client)).toEqual([]);
      await server.end('SIGTERM');
    },
    ROUNDS * ROUND_MS,
  );

  const start = () =>
    spawnServer(databaseUrl, storePath, {
      SUPASTOR_RETIRED_GRACE_SECONDS: '1',
      SUPASTOR_COLLECT_PERIOD_MS: '200',
      SUPASTOR_SCAN_PERIOD_SECONDS: '0',
    });

  async function rowsWithoutBytes(): Promise<readonly string[]> {
    const { rows } = await pool.query<{ version: string; size_bytes: string }>('select version, size_bytes from storage.objects');
    const wrong = await Promise.all(
      rows.map(async ({ version, size_bytes }) => {
        const facts = await stat(blobPath(storePath, version)).catch(() => null);
        return facts?.size === Number(size_bytes) ? [] : [version];
      }),
    );
    return wrong.flat();
  }
});

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  await directory.sync().finally(() => directory.close());
}

async function scan({ url }: ServerProcess): Promise<MaintenanceRun> {
  const ask: Parameters<typeof waitForRun>[0] = {
    fetch: (path, init) => fetch(`${url}${path}`, { ...init, headers: { ...HEADERS, authorization: `Bearer ${SERVICE_TOKEN}` } }),
  };
  return waitForRun(ask, await (await ask.fetch('/maintenance/scan', { method: 'POST', body: '{"graceSeconds":0}' })).json());
}
