import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { auditStore, CLEAN } from '../../testing/audit.ts';
import { type ServerProcess, spawnServer } from '../../testing/process.ts';
import { BOOTSTRAP_SQL } from '../../testing/server.ts';
import { createTestPool } from '../../testing/pool.ts';
import { PART_TYPE, tusFetch, tusMetadata, transfer } from '../../testing/tus.ts';

const MIB = 1024 * 1024;
const TEST_TIMEOUT_MS = 60_000;

let postgres: TempPostgres;
let dir: TempDir;
let pool: Pool;
let servers: ServerProcess[];
let storePath: string;
let one: ServerProcess;

const start = async () => {
  const server = await spawnServer(postgres.url.replace('postgres@', 'supabase_storage_admin@'), storePath);
  servers.push(server);
  return server;
};

beforeAll(async () => {
  [postgres, dir] = await Promise.all([startTempPostgres(), createTempDir('tus')]);
  storePath = join(dir.path, 'store');
  pool = createTestPool(postgres.url, 2);
  await pool.query(BOOTSTRAP_SQL);
});
beforeEach(async () => {
  servers = [];
  one = await start();
  await one.client.createBucket('box', { public: false });
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.end('SIGKILL')));
});
afterAll(async () => {
  await pool.end();
  await postgres.stop();
  await dir.remove();
});

const metadata = (objectName: string) => ({ bucketName: 'box', objectName, contentType: 'application/zip' });

async function download(server: ServerProcess, key: string): Promise<Buffer> {
  const { data, error } = await server.client.from('box').download(key);
  expect(error).toBeNull();
  return Buffer.from((await data?.arrayBuffer()) ?? new ArrayBuffer());
}

async function expectClean(): Promise<void> {
  expect(await auditStore(pool, storePath, 60)).toEqual(CLEAN);
  expect(await readdir(join(storePath, 'resumable'))).toEqual([]);
}

describe('tus-js-client', () => {
  it(
    'uploads nothing at all, with and without sending it along with the creation',
    async () => {
      const bytes = Buffer.alloc(0);
      await transfer({ url: one.url, bytes, metadata: metadata('apart'), uploadDataDuringCreation: false }).done;
      await transfer({ url: one.url, bytes, metadata: metadata('along') }).done;
      for (const key of ['apart', 'along']) expect(await download(one, key)).toHaveLength(0);
      await expectClean();
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'uploads in one piece and in parts of 6 MiB, byte for byte',
    async () => {
      const bytes = randomBytes(14 * MIB + 5);
      await transfer({ url: one.url, bytes, metadata: metadata('whole') }).done;
      await transfer({ url: one.url, bytes, metadata: metadata('parts'), chunkBytes: 6 * MIB }).done;
      for (const key of ['whole', 'parts']) expect((await download(one, key)).equals(bytes)).toBe(true);
      await expectClean();
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'goes on after a pause, from where it was',
    async () => {
      const bytes = randomBytes(9 * MIB);
      const { promise: paused, resolve } = Promise.withResolvers<string>();
      const options = { url: one.url, bytes, metadata: metadata('paused'), chunkBytes: MIB };
      transfer({
        ...options,
        onAcknowledged: (acknowledged, upload) => {
          if (acknowledged < 3 * MIB) return;
          void upload.abort().then(() => resolve(upload.url ?? ''));
        },
      });
      const uploadUrl = await paused;
      const offsets: number[] = [];
      await transfer({ ...options, uploadUrl, onAcknowledged: (acknowledged) => offsets.push(acknowledged) }).done;
      expect(offsets[0]).toBeGreaterThanOrEqual(3 * MIB);
      expect((await download(one, 'paused')).equals(bytes)).toBe(true);
      await expectClean();
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'goes on at a new server after kill -9 in the middle',
    async () => {
      const bytes = randomBytes(12 * MIB);
      const options = { url: one.url, bytes, metadata: metadata('killed'), chunkBytes: MIB };
      const { promise: reached, resolve } = Promise.withResolvers<string>();
      const { upload } = transfer({
        ...options,
        onAcknowledged: (acknowledged, current) => acknowledged >= 5 * MIB && resolve(current.url ?? ''),
      });
      const location = await reached;
      await one.end('SIGKILL');
      await upload.abort();
      const second = await start();
      const offsets: number[] = [];
      const uploadUrl = location.replace(one.url, second.url);
      await transfer({ ...options, url: second.url, uploadUrl, onAcknowledged: (acknowledged) => offsets.push(acknowledged) }).done;
      expect(offsets[0]).toBeGreaterThan(5 * MIB);
      expect((await download(second, 'killed')).equals(bytes)).toBe(true);
      await expectClean();
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'finishes when Postgres dies in the middle',
    async () => {
      const bytes = randomBytes(12 * MIB);
      const options = { url: one.url, bytes, metadata: metadata('restarted'), chunkBytes: MIB };
      let restart: Promise<void> | undefined;
      await transfer({
        ...options,
        onAcknowledged: (acknowledged) => {
          if (acknowledged < 4 * MIB || restart !== undefined) return;
          process.kill(postgres.pid, 'SIGKILL');
          restart = postgres.restart();
        },
      }).done;
      await restart;
      expect((await download(one, 'restarted')).equals(bytes)).toBe(true);
    },
    TEST_TIMEOUT_MS,
  );
});

describe('two servers with one store and one database', () => {
  it(
    'serve the parts of one upload in any order of servers',
    async () => {
      const two = await start();
      const bytes = randomBytes(10 * MIB);
      const created = await tusFetch(`${one.url}/upload/resumable`, {
        headers: { 'upload-length': String(bytes.length), 'upload-metadata': tusMetadata(metadata('spread')) },
      });
      const path = new URL(created.headers.get('location') ?? '').pathname;
      for (let offset = 0; offset < bytes.length; offset += MIB) {
        const server = (offset / MIB) % 2 === 0 ? two : one;
        const response = await tusFetch(server.url + path, {
          method: 'PATCH',
          body: bytes.subarray(offset, offset + MIB),
          headers: { 'content-type': PART_TYPE, 'upload-offset': String(offset) },
        });
        expect([response.status, response.headers.get('upload-offset')]).toEqual([204, String(offset + MIB)]);
        expect((await tusFetch((server === one ? two : one).url + path, { method: 'HEAD' })).headers.get('upload-offset')).toBe(
          String(offset + MIB),
        );
      }
      expect((await download(two, 'spread')).equals(bytes)).toBe(true);
      await expectClean();
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'hand an upload over whose connection hangs at the other one, with what had arrived',
    async () => {
      const two = await start();
      const bytes = randomBytes(2 * MIB);
      const created = await tusFetch(`${one.url}/upload/resumable`, {
        headers: { 'upload-length': String(bytes.length), 'upload-metadata': tusMetadata(metadata('hung')) },
      });
      const path = new URL(created.headers.get('location') ?? '').pathname;
      const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
      const hanging = new ReadableStream<Uint8Array>({
        async start(controller) {
          controller.enqueue(bytes.subarray(0, MIB));
          void stopped.then(() => controller.close());
        },
      });
      const first = tusFetch(one.url + path, {
        method: 'PATCH',
        body: hanging,
        headers: { 'content-type': PART_TYPE, 'upload-offset': '0' },
      }).catch(() => null);
      const offset = async () => (await tusFetch(two.url + path, { method: 'HEAD' })).headers.get('upload-offset');
      await expect.poll(offset, { timeout: 20_000 }).toBe(String(MIB));
      stop();
      await first;
      const rest = await tusFetch(two.url + path, {
        method: 'PATCH',
        body: bytes.subarray(MIB),
        headers: { 'content-type': PART_TYPE, 'upload-offset': String(MIB) },
      });
      expect(rest.status).toBe(204);
      expect((await download(one, 'hung')).equals(bytes)).toBe(true);
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'let running parts end early when one of them stops, and lose nothing',
    async () => {
      const two = await start();
      const bytes = randomBytes(30 * MIB);
      const options = { bytes, metadata: metadata('drained'), chunkBytes: 2 * MIB };
      const { promise: reached, resolve } = Promise.withResolvers<string>();
      const { upload } = transfer({
        ...options,
        url: one.url,
        onAcknowledged: (acknowledged, current) => acknowledged >= 6 * MIB && resolve(current.url ?? ''),
      });
      const location = await reached;
      expect(await one.end('SIGTERM')).toBe(0);
      await upload.abort();
      await transfer({ ...options, url: two.url, uploadUrl: location.replace(one.url, two.url) }).done;
      expect((await download(two, 'drained')).equals(bytes)).toBe(true);
      await expectClean();
    },
    TEST_TIMEOUT_MS,
  );
});
