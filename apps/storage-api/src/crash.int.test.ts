import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import type { Pool } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { auditStore, CLEAN } from './testing/audit.ts';
import { type ServerProcess, spawnServer } from './testing/process.ts';
import { BOOTSTRAP_SQL, SERVICE_TOKEN } from './testing/server.ts';
import { createTestPool } from './testing/pool.ts';
import { Writers } from './testing/writers.ts';

/** Raise it for a soak: SUPASTOR_SOAK_ROUNDS=200. */
const ROUNDS = Number(process.env['SUPASTOR_SOAK_ROUNDS'] ?? '8');
const ROUND_TIMEOUT_MS = 30_000;
const WRITERS = 8;
/** A connection that broke before it was known whose it was leaves a version in doubt for 90 seconds, see doubts.ts. */
const DOUBTS_MS = 120_000;
const ENV = { LOG_LEVEL: 'warn', SUPASTOR_RETIRED_GRACE_SECONDS: '1', SUPASTOR_COLLECT_PERIOD_MS: '100' };

let postgres: TempPostgres;
let dir: TempDir;
let pool: Pool;
let databaseUrl: string;
let storePath: string;
let server: ServerProcess;

beforeEach(async () => {
  postgres = await startTempPostgres();
  dir = await createTempDir('crash');
  storePath = `${dir.path}/store`;
  databaseUrl = postgres.url.replace('postgres@', 'supabase_storage_admin@');
  pool = createTestPool(postgres.url, 2);
  await pool.query(BOOTSTRAP_SQL);
  server = await start();
  await server.client.createBucket('crash');
});
afterEach(async () => {
  await server.end('SIGKILL');
  await pool.end();
  await postgres.stop();
  await dir.remove();
});

const start = () => spawnServer(databaseUrl, storePath, { ...ENV, LOG_LEVEL: 'info' });

/** What a machine that does other things at the same time may make longer is told, not asserted. */
function tell(what: string, timesMs: readonly number[]): void {
  const sorted = timesMs.toSorted((a, b) => a - b).map(Math.round);
  const [least, median, most] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  process.stderr.write(`measured: ${what}, ${sorted.length} times: least ${least} ms, median ${median} ms, most ${most} ms\n`);
}

async function timed<T>(timesMs: number[], work: () => Promise<T>): Promise<T> {
  const startMs = performance.now();
  const result = await work();
  timesMs.push(performance.now() - startMs);
  return result;
}

describe('kill -9', () => {
  test(
    `of the server, ${ROUNDS} times under load, loses nothing that was acknowledged and leaves nothing behind`,
    async () => {
      const writers = new Writers('crash', WRITERS);
      const startsMs: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const stop = new AbortController();
        const running = writers.run(server.client, WRITERS, stop.signal);
        await sleep(randomInt(50, 500));
        await server.end('SIGKILL');
        stop.abort();
        await running;
        server = await timed(startsMs, start);
        expect(await auditStore(pool, storePath, 1)).toEqual(CLEAN);
        expect(await writers.verify(server.client)).toEqual([]);
      }
      tell('start to ready after kill -9', startsMs);
      expect(writers.acknowledgements).toBeGreaterThan(ROUNDS);
      await expect.poll(async () => (await pool.query('select from storage.retired_blobs')).rowCount, { timeout: 10_000 }).toBe(0);
      expect(await auditStore(pool, storePath, 1)).toEqual(CLEAN);
    },
    ROUNDS * ROUND_TIMEOUT_MS,
  );

  test(
    'of the server under load in a bucket that keeps versions loses none, tears none and leaves nothing behind',
    async () => {
      await server.client.updateBucket('crash', { public: false, versioningStatus: 'ENABLED' });
      const writers = new Writers('crash', WRITERS);
      let kept = 0;
      for (let round = 0; round < Math.ceil(ROUNDS / 2); round += 1) {
        const stop = new AbortController();
        const running = writers.run(server.client, WRITERS, stop.signal);
        await sleep(randomInt(50, 500));
        await server.end('SIGKILL');
        stop.abort();
        await running;
        server = await start();
        expect(await auditStore(pool, storePath, 1)).toEqual(CLEAN);
        expect(await writers.verify(server.client)).toEqual([]);
        const { rows } = await pool.query(
          `select (select count(*) from storage.objects) + (select count(*) from storage_versions.objects) as versions`,
        );
        // Every acknowledged upload and deletion is a version or a marker, and stays.
        expect(Number(rows[0]?.versions)).toBeGreaterThanOrEqual(writers.acknowledgements);
        expect(Number(rows[0]?.versions)).toBeGreaterThanOrEqual(kept);
        kept = Number(rows[0]?.versions);
      }
      expect(writers.acknowledgements).toBeGreaterThan(0);
      expect((await pool.query('select from storage.retired_blobs')).rowCount).toBe(0);
    },
    ROUNDS * ROUND_TIMEOUT_MS,
  );

  test(
    `of Postgres, under load, loses nothing, and the same server goes on by itself`,
    async () => {
      const writers = new Writers('crash', WRITERS);
      const { pid } = server;
      const readyMs: number[] = [];
      const cleanMs: number[] = [];
      const readiness = async () => (await fetch(`${server.url}/health/ready`)).status;
      for (let round = 0; round < Math.ceil(ROUNDS / 4); round += 1) {
        const stop = new AbortController();
        const running = writers.run(server.client, WRITERS, stop.signal);
        await sleep(randomInt(100, 500));
        process.kill(postgres.pid, 'SIGKILL');
        await sleep(100);
        stop.abort();
        await running;
        expect(await readiness()).toBe(503);
        await postgres.restart();
        await timed(readyMs, () => expect.poll(readiness, { timeout: 15_000 }).toBe(200));
        expect(await writers.verify(server.client)).toEqual([]);
        await timed(cleanMs, () => expect.poll(() => auditStore(pool, storePath, 1), { timeout: DOUBTS_MS }).toEqual(CLEAN));
      }
      tell('ready again after Postgres was', readyMs);
      tell('nothing left in doubt after that', cleanMs);
      expect(server.pid).toBe(pid);
      await server.end('SIGKILL');
      server = await start();
      expect(await auditStore(pool, storePath, 1)).toEqual(CLEAN);
      expect(await writers.verify(server.client)).toEqual([]);
    },
    ROUNDS * ROUND_TIMEOUT_MS + DOUBTS_MS,
  );

  test(
    'of one of two servers on the same store leaves the other one alone',
    async () => {
      const other = await start();
      try {
        const [ours, theirs] = [new Writers('crash', WRITERS), new Writers('crash2', WRITERS)];
        await server.client.createBucket('crash2');
        const [stopOurs, stopTheirs] = [new AbortController(), new AbortController()];
        const running = [ours.run(server.client, WRITERS, stopOurs.signal), theirs.run(other.client, WRITERS, stopTheirs.signal)];
        await sleep(200);
        await server.end('SIGKILL');
        stopOurs.abort();
        server = await start();
        await sleep(200);
        stopTheirs.abort();
        await Promise.all(running);
        expect(await auditStore(pool, storePath, 2)).toEqual(CLEAN);
        expect(await ours.verify(server.client)).toEqual([]);
        expect(await theirs.verify(server.client)).toEqual([]);
      } finally {
        await other.end('SIGKILL');
      }
    },
    ROUND_TIMEOUT_MS * 2,
  );
});

describe('SIGTERM', () => {
  test('lets a running upload finish, then exits with 0', async () => {
    const { body, finish } = slowBody();
    const upload = fetch(`${server.url}/object/crash/slow`, {
      method: 'POST',
      body,
      duplex: 'half',
      headers: { authorization: `Bearer ${SERVICE_TOKEN}` },
    });
    await sleep(200);
    const exited = server.end('SIGTERM');
    await sleep(200);
    finish();
    expect((await upload).status).toBe(200);
    expect(await exited).toBe(0);
    expect(await auditStore(pool, storePath, 0)).toEqual(CLEAN);
  });
});

function slowBody(): { body: ReadableStream<Uint8Array>; finish: () => void } {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  void writer.write(Buffer.from('begin'));
  return {
    body: readable,
    finish: () => {
      void writer.write(Buffer.from('end'));
      void writer.close();
    },
  };
}
