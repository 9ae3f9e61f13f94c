import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { auditStore, CLEAN } from './testing/audit.ts';
import { type FaultyLink, startFaultyLink } from './testing/faulty-link.ts';
import { createTestPool } from './testing/pool.ts';
import { type ServerProcess, spawnServer } from './testing/process.ts';
import { BOOTSTRAP_SQL, SERVICE_TOKEN } from './testing/server.ts';

const WAIT = { timeout: 60_000, interval: 200 };
/** A server that answered nothing for so long would have hung. */
const LONGEST_MS = 90_000;
const TEST_MS = 240_000;
const ENV = {
  DATABASE_CONNECTION_TIMEOUT: '3000',
  DATABASE_STATEMENT_TIMEOUT: '3000',
  SUPASTOR_RETIRED_GRACE_SECONDS: '1',
  SUPASTOR_COLLECT_PERIOD_MS: '500',
};

let postgres: TempPostgres;
let dir: TempDir;
let pool: Pool;
let link: FaultyLink;
let servers: readonly ServerProcess[] = [];
const acknowledged = new Map<string, string>();

/** Two servers, one database behind one link, one directory. */
beforeAll(async () => {
  [postgres, dir] = await Promise.all([startTempPostgres(), createTempDir('database-faults')]);
  pool = createTestPool(postgres.url, 2);
  await pool.query(BOOTSTRAP_SQL);
  const url = new URL(postgres.url);
  link = await startFaultyLink(Number(url.port));
  url.username = 'supabase_storage_admin';
  url.port = String(link.port);
  const first = await spawnServer(url.href, `${dir.path}/store`, ENV);
  servers = [first, await spawnServer(url.href, `${dir.path}/store`, ENV)];
  await first.client.createBucket('box');
}, 120_000);
afterEach(() => link.set('up'));
afterAll(async () => {
  await Promise.all(servers.map((server) => server.end('SIGKILL')));
  await link.stop();
  await pool.end();
  await postgres.stop();
  await dir.remove();
});

const ask = (server: ServerProcess, path: string, init: { method?: string; body?: string; headers?: Record<string, string> } = {}) =>
  fetch(`${server.url}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${SERVICE_TOKEN}`, ...init.headers },
    signal: AbortSignal.timeout(LONGEST_MS),
  });

async function put(server: ServerProcess, key: string, body = key): Promise<Response> {
  const response = await ask(server, `/object/box/${key}`, { method: 'POST', body });
  if (response.ok) acknowledged.set(key, body);
  return response;
}

/** Every kind of work at every server, at once. */
const everything = (name: string) =>
  servers.flatMap((server, at) => [
    put(server, `${name}-${at}`),
    put(server, `${name}-${at}-large`, 'x'.repeat(300_000)),
    ask(server, '/object/box/first'),
    ask(server, '/object/list/box', { method: 'POST', body: '{"prefix":""}', headers: { 'content-type': 'application/json' } }),
    ask(server, '/bucket/box'),
  ]);

async function expectRecovered(name: string): Promise<void> {
  link.set('up');
  for (const server of servers) await expect.poll(async () => (await ask(server, '/health/ready')).status, WAIT).toBe(200);
  for (const answer of await Promise.all(everything(`${name}-after`))) expect([name, answer.status]).toEqual([name, 200]);
  for (const server of servers) {
    for (const [key, body] of acknowledged)
      expect([key, (await (await ask(server, `/object/box/${key}`)).text()) === body]).toEqual([key, true]);
  }
  await expect.poll(() => auditStore(pool, `${dir.path}/store`, servers.length), { timeout: 150_000, interval: 500 }).toEqual(CLEAN);
}

async function expectRefused(answers: readonly Promise<Response>[]): Promise<void> {
  for (const answer of await Promise.all(answers)) {
    expect([503, 544]).toContain(answer.status);
    const text = await answer.text();
    expect(JSON.parse(text)).toMatchObject({ statusCode: String(answer.status), message: expect.any(String) });
    expect(text).not.toMatch(/postgres|127\.0\.0\.1|ECONN|select |insert /i);
  }
}

test(
  'a slow database makes answers late, and nothing else',
  async () => {
    for (const server of servers) expect((await put(server, server === servers[0] ? 'first' : 'second')).status).toBe(200);
    link.set('slow');
    for (const answer of await Promise.all(everything('slow'))) expect(answer.status).toBe(200);
    await expectRecovered('slow');
  },
  TEST_MS,
);

test(
  'a database whose tables are locked is a clear error in time, and needs no restart',
  async () => {
    const client = await pool.connect();
    await client.query('begin; lock table storage.objects, storage.buckets in access exclusive mode');
    await expectRefused(everything('locked')).finally(async () => {
      await client.query('rollback');
      client.release();
    });
    await expectRecovered('locked');
  },
  TEST_MS,
);

test(
  'a database that is gone is a clear error, and needs no restart',
  async () => {
    link.set('down');
    await expectRefused(everything('gone'));
    for (const server of servers) {
      expect((await ask(server, '/health/ready')).status).toBe(503);
      expect((await ask(server, '/bucket/box')).headers.get('retry-after')).not.toBeNull();
    }
    await expectRecovered('gone');
  },
  TEST_MS,
);

test(
  'a database that no longer answers, on connections that stay, is a clear error, and needs no restart',
  async () => {
    link.set('stalled');
    await expectRefused(everything('stalled'));
    for (const server of servers) expect((await ask(server, '/health/ready')).status).toBe(503);
    await expectRecovered('stalled');
  },
  TEST_MS,
);
