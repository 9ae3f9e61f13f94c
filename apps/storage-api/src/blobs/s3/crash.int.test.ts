import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { findFreePort } from '@supastor/testkit/harness/free-port';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import type { Pool } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestPool } from '../../testing/pool.ts';
import { type ServerProcess, spawnServer } from '../../testing/process.ts';
import { KEY_PAIR, s3Client } from '../../testing/s3.ts';
import { BOOTSTRAP_SQL } from '../../testing/server.ts';
import { Writers } from '../../testing/writers.ts';

/** Raise it for a soak: SUPASTOR_SOAK_ROUNDS=200. */
const ROUNDS = Number(process.env['SUPASTOR_SOAK_ROUNDS'] ?? '6');
const ROUND_TIMEOUT_MS = 60_000;
const WAIT = { timeout: 30_000, interval: 100 };
const SMALL_WRITERS = 6;
const LARGE_WRITERS = 2;
const LARGE_BYTES = 12_000_000;

interface Site {
  readonly postgres: TempPostgres;
  readonly pool: Pool;
  readonly databaseUrl: string;
}

let dir: TempDir;
/** The store: a server of ours that speaks S3, with a Postgres and a disk of its own. */
let theirs: Site;
let store: ServerProcess;
let storePort: number;
/** The servers under test have nothing in common but their Postgres and that store. */
let ours: Site;
let server: ServerProcess;

beforeEach(async () => {
  dir = await createTempDir('s3-crash');
  [theirs, ours, storePort] = await Promise.all([startSite(), startSite(), findFreePort()]);
  store = await startStore();
  const client = s3Client(`${store.url}/s3`);
  await client.send(new CreateBucketCommand({ Bucket: 'bytes' }));
  client.destroy();
  server = await startServer();
  await server.client.createBucket('small');
  await server.client.createBucket('large');
});
afterEach(async () => {
  await server.end('SIGKILL');
  await store.end('SIGKILL');
  for (const { pool, postgres } of [ours, theirs]) {
    await pool.end();
    await postgres.stop();
  }
  await dir.remove();
});

async function startSite(): Promise<Site> {
  const postgres = await startTempPostgres();
  const pool = createTestPool(postgres.url, 2);
  await pool.query(BOOTSTRAP_SQL);
  return { postgres, pool, databaseUrl: postgres.url.replace('postgres@', 'supabase_storage_admin@') };
}

function startStore(): Promise<ServerProcess> {
  return spawnServer(theirs.databaseUrl, `${dir.path}/store`, {
    SERVER_PORT: String(storePort),
    S3_PROTOCOL_ACCESS_KEY_ID: KEY_PAIR.accessKeyId,
    S3_PROTOCOL_ACCESS_KEY_SECRET: KEY_PAIR.secret,
  });
}

function startServer(): Promise<ServerProcess> {
  return spawnServer(ours.databaseUrl, '', {
    STORAGE_BACKEND: 's3',
    STORAGE_S3_BUCKET: 'bytes',
    STORAGE_S3_ENDPOINT: `http://127.0.0.1:${storePort}/s3`,
    STORAGE_S3_UPLOAD_PART_SIZE: '5242880',
    AWS_ACCESS_KEY_ID: KEY_PAIR.accessKeyId,
    AWS_SECRET_ACCESS_KEY: KEY_PAIR.secret,
    SUPASTOR_SCRATCH_PATH: `${dir.path}/scratch`,
    SUPASTOR_RETIRED_GRACE_SECONDS: '1',
    SUPASTOR_COLLECT_PERIOD_MS: '100',
  });
}

interface Audit {
  readonly rowsWithoutBytes: readonly string[];
  readonly bytesWithoutRow: readonly string[];
  readonly notes: number;
}

const CLEAN: Audit = { rowsWithoutBytes: [], bytesWithoutRow: [], notes: 0 };

/** Compares the rows of the servers with the objects of the store. */
async function audit(): Promise<Audit> {
  const rows = await ours.pool.query<{ version: string; size_bytes: string }>('select version, size_bytes from storage.blob_references');
  const retired = await ours.pool.query<{ version: string }>('select version from storage.retired_blobs');
  const notes = await ours.pool.query('select from storage.blob_intents');
  const objects = await theirs.pool.query<{ version: string; size_bytes: string }>(
    `select right(name, 36) as version, size_bytes from storage.objects where name like 'blobs/%'`,
  );
  const sizes = new Map(objects.rows.map(({ version, size_bytes: size }) => [version, size]));
  const known = new Set([...rows.rows, ...retired.rows].map(({ version }) => version));
  return {
    rowsWithoutBytes: rows.rows.filter(({ version, size_bytes: size }) => sizes.get(version) !== size).map(({ version }) => version),
    bytesWithoutRow: [...sizes.keys()].filter((version) => !known.has(version)),
    notes: notes.rowCount ?? 0,
  };
}

/** Writers of small and of large objects. */
class Load {
  readonly #small = new Writers('small', SMALL_WRITERS);
  readonly #large = new Writers('large', LARGE_WRITERS, LARGE_BYTES);

  get acknowledgements(): number {
    return this.#small.acknowledgements + this.#large.acknowledgements;
  }

  async run({ client }: ServerProcess, signal: AbortSignal): Promise<void> {
    await Promise.all([this.#small.run(client, SMALL_WRITERS, signal), this.#large.run(client, LARGE_WRITERS, signal)]);
  }

  async verify({ client }: ServerProcess): Promise<readonly string[]> {
    return [...(await this.#small.verify(client)), ...(await this.#large.verify(client))];
  }
}

describe('kill -9', () => {
  test(
    `of the server, ${ROUNDS} times under load, loses nothing that was acknowledged and leaves nothing behind`,
    async () => {
      const load = new Load();
      for (let round = 0; round < ROUNDS; round += 1) {
        const stop = new AbortController();
        const running = load.run(server, stop.signal);
        await sleep(randomInt(100, 900));
        await server.end('SIGKILL');
        stop.abort();
        await running;
        server = await startServer();
        expect(await load.verify(server)).toEqual([]);
        await expect.poll(audit, WAIT).toEqual(CLEAN);
      }
      expect(load.acknowledgements).toBeGreaterThan(ROUNDS);
    },
    ROUNDS * ROUND_TIMEOUT_MS,
  );

  test(
    'of the store, under load, loses nothing, and the same server goes on by itself',
    async () => {
      const load = new Load();
      const { pid } = server;
      for (let round = 0; round < Math.ceil(ROUNDS / 3); round += 1) {
        const stop = new AbortController();
        const running = load.run(server, stop.signal);
        await sleep(randomInt(200, 900));
        await store.end('SIGKILL');
        await sleep(100);
        stop.abort();
        await running;
        await expect.poll(async () => (await fetch(`${server.url}/health/ready`)).status, WAIT).toBe(503);
        store = await startStore();
        await expect.poll(async () => (await fetch(`${server.url}/health/ready`)).status, WAIT).toBe(200);
        expect(await load.verify(server)).toEqual([]);
        await expect.poll(audit, WAIT).toEqual(CLEAN);
      }
      expect(server.pid).toBe(pid);
    },
    ROUNDS * ROUND_TIMEOUT_MS,
  );

  test(
    'of one of two servers leaves the other one alone, and what it had under way is cleaned up by it',
    async () => {
      const other = await startServer();
      try {
        const [killed, kept] = [new Load(), new Writers('kept', SMALL_WRITERS)];
        await server.client.createBucket('kept');
        const [stopKilled, stopKept] = [new AbortController(), new AbortController()];
        const running = [killed.run(server, stopKilled.signal), kept.run(other.client, SMALL_WRITERS, stopKept.signal)];
        await sleep(500);
        await server.end('SIGKILL');
        stopKilled.abort();
        await sleep(500);
        stopKept.abort();
        await Promise.all(running);
        expect(await killed.verify(other)).toEqual([]);
        expect(await kept.verify(other.client)).toEqual([]);
        await expect.poll(audit, WAIT).toEqual(CLEAN);
      } finally {
        await other.end('SIGKILL');
      }
    },
    ROUND_TIMEOUT_MS * 2,
  );
});
