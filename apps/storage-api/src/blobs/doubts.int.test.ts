import { randomBytes } from 'node:crypto';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startStorageApi, type StorageApi } from '../start.ts';
import { auditStore, CLEAN } from '../testing/audit.ts';
import { SERVICE_TOKEN, startTestServer, type TestServer } from '../testing/server.ts';

let server: TestServer;
/** A second server on the same store, whose connections to Postgres the test can cut. */
let cut: { api: StorageApi; proxy: Server; sockets: Set<Socket> };

beforeAll(async () => {
  server = await startTestServer();
  await server.client().createBucket('box');
  cut = await startBehindProxy();
  // Makes every commit last, with the row written, until the test lets it go on.
  await server.sql(`
    create function storage.test_hold() returns trigger language plpgsql security definer as $$
      begin perform pg_advisory_xact_lock(4711); return null; end $$;
    create constraint trigger test_hold after insert on storage.objects deferrable initially deferred
      for each row when (new.name like 'held-%') execute function storage.test_hold()`);
});
afterAll(async () => {
  await cut.api.stop();
  cut.proxy.close();
  await server.stop();
});

const pool = () => ({ query: async (text: string) => ({ rows: await server.sql(text) }) });

async function startBehindProxy(): Promise<typeof cut> {
  const sockets = new Set<Socket>();
  const proxy = createServer((inbound) => {
    const outbound = connect(server.postgres.port, server.postgres.host);
    for (const socket of [inbound, outbound]) socket.on('error', () => {});
    // The way to Postgres stays open when the server's side is cut, as it does when a network breaks.
    inbound.on('data', (chunk) => outbound.write(chunk));
    outbound.pipe(inbound);
    sockets.add(inbound);
    outbound.on('close', () => inbound.destroy());
    inbound.on('end', () => outbound.end());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const databaseUrl = server.databaseUrl.replace(/:\d+\//, `:${port}/`);
  return { api: await startStorageApi({ ...server.options, databaseUrl }), proxy, sockets };
}

async function uploadWhileHeld(url: string, key: string): Promise<{ answer: Promise<Response>; pid: number; letGo: () => Promise<void> }> {
  const holder = new Client({ connectionString: server.postgres.url });
  await holder.connect();
  await holder.query('select pg_advisory_lock(4711)');
  const headers = { authorization: `Bearer ${SERVICE_TOKEN}` };
  const answer = fetch(`${url}/object/box/${key}`, { method: 'POST', body: randomBytes(100), headers });
  let pid = 0;
  await expect
    .poll(
      async () => {
        const rows = await server.sql(
          `select pid from pg_stat_activity where usename = 'supabase_storage_admin' and wait_event = 'advisory'`,
        );
        pid = Number(rows[0]?.['pid'] ?? 0);
        return pid;
      },
      { timeout: 5000 },
    )
    .toBeGreaterThan(0);
  return { answer, pid, letGo: () => holder.end() };
}

test('a commit that Postgres was killed in is undone at once, bytes included', async () => {
  const { answer, pid, letGo } = await uploadWhileHeld(server.url, 'held-lost');
  await server.sql('select pg_terminate_backend($1)', [pid]);
  expect((await answer).status).toBe(503);
  await letGo();
  await expect.poll(() => auditStore(pool(), server.storePath, 2), { timeout: 10_000 }).toEqual(CLEAN);
  expect((await server.fetch('/object/box/held-lost')).status).toBe(400);
});

test('a commit that goes on after the connection broke keeps its bytes, however long it takes', async () => {
  const { answer, letGo } = await uploadWhileHeld(cut.api.url, 'held-kept');
  for (const socket of cut.sockets) socket.destroy();
  expect((await answer).status).toBe(503);
  await sleep(1500);
  await cut.api.collect();
  await letGo();
  await expect.poll(async () => (await server.sql(`select from storage.objects where name = 'held-kept'`)).length).toBe(1);
  await cut.api.collect();
  expect((await (await server.fetch('/object/box/held-kept')).arrayBuffer()).byteLength).toBe(100);
  await expect.poll(() => auditStore(pool(), server.storePath, 2), { timeout: 10_000 }).toEqual(CLEAN);
});
