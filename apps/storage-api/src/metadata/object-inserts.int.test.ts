import { randomUUID } from 'node:crypto';
import { createLogger } from '@supastor/adapters/telemetry/logger';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { registerInstance } from '../blobs/instance-registry.ts';
import { startTestServer, type TestServer } from '../testing/server.ts';
import { connectionLostIn } from './connection-lost.ts';
import { Database } from './database.ts';
import { ObjectInserts } from './object-inserts.ts';

let server: TestServer;
let database: Database;
let inserts: ObjectInserts;
let instanceId: string;

beforeAll(async () => {
  server = await startTestServer();
  await server.client().createBucket('box');
  database = new Database({ url: server.databaseUrl, maxConnections: 4, logger: createLogger({ service: 'storage', level: 'fatal' }) });
  inserts = new ObjectInserts(database);
  instanceId = await registerInstance(database);
});
beforeEach(async () => void (await server.sql('truncate storage.objects, storage.object_events')));
afterAll(async () => {
  await database.stop();
  await server.stop();
});

const scope = { role: 'service_role', claims: '{}', subject: '', token: '', headers: '{}', method: 'POST', path: '/', operation: 'op' };
const facts = { metadata: {}, userMetadata: null, sizeBytes: 1, sha256: null, crc32: null };
const row = (key: string) => ({ id: randomUUID(), bucket: 'box', key, subject: '', version: randomUUID(), ...facts });
const insert = (key: string, caller = {}) => inserts.insert({ row: row(key), scope: { ...scope, ...caller }, instanceId });
const names = async () => (await server.sql('select name from storage.objects order by name')).map(({ name }) => name);
const numbered = (count: number) => Array.from({ length: count }, (_, index) => `key-${String(index).padStart(3, '0')}`);

describe('rows that arrive at once', () => {
  test('are all there, in far fewer transactions than rows', async () => {
    const keys = numbered(200);
    await Promise.all(keys.toReversed().map((key) => insert(key)));
    expect(await names()).toEqual(keys);
    const [used] = await server.sql('select count(distinct xmin::text)::int as transactions from storage.objects');
    expect(used?.['transactions']).toBeLessThan(30);
  });

  test('are each written on behalf of their own caller', async () => {
    const keys = numbered(40);
    await Promise.all(keys.map((key) => insert(key, { subject: `user of ${key}`, operation: `operation of ${key}` })));
    const events = await server.sql('select name, actor, operation from storage.object_events order by name');
    expect(events).toEqual(keys.map((name) => ({ name, actor: `user of ${name}`, operation: `operation of ${name}` })));
  });

  test('fail each for themselves', async () => {
    await insert('key-005');
    const keys = numbered(20);
    const results = await Promise.allSettled(keys.map((key) => insert(key)));
    expect(results.flatMap(({ status }, index) => (status === 'rejected' ? [keys[index]] : []))).toEqual(['key-005']);
    expect(results[5]).toMatchObject({ reason: { protocolCode: 'ResourceAlreadyExists' } });
    expect(await names()).toEqual(keys);
  });

  test('of one key end with one of them', async () => {
    const results = await Promise.allSettled(numbered(30).map(() => insert('same')));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await names()).toEqual(['same']);
  });

  test('do not wait for a lock that one of them needs', async () => {
    const other = new Client({ connectionString: server.postgres.url });
    await other.connect();
    await other.query(`begin; insert into storage.objects (bucket_id, name) values ('box', 'key-003')`);
    const keys = numbered(20);
    const done = keys.map((key) => insert(key));
    await Promise.all(done.filter((_, index) => index !== 3));
    await other.query('rollback');
    await done[3];
    await other.end();
    expect(await names()).toEqual(keys);
  });

  test('of a server that was taken for dead are all refused', async () => {
    const results = await Promise.allSettled(numbered(10).map((key) => inserts.insert({ row: row(key), scope, instanceId: randomUUID() })));
    expect(results.map((result) => result.status === 'rejected' && result.reason.status)).toEqual(results.map(() => 503));
    expect(await names()).toEqual([]);
  });
});

test('when the connection breaks, nobody is told more than is known', async () => {
  const other = new Client({ connectionString: server.postgres.url });
  await other.connect();
  await other.query('begin; lock table storage.objects in access exclusive mode');
  const pending = Promise.allSettled(numbered(3).map((key) => insert(key)));
  const waiting = `select pid from pg_stat_activity where application_name = 'supastor-storage' and wait_event_type = 'Lock'`;
  await expect.poll(async () => (await server.sql(waiting)).length, { timeout: 10_000 }).toBeGreaterThan(0);
  await server.sql(`select pg_terminate_backend(pid) from (${waiting}) blocked`);
  await other.query('rollback');
  await other.end();
  const results = await pending;
  const lost = results.filter((result) => result.status === 'rejected' && connectionLostIn(result.reason) !== undefined);
  expect(lost.length).toBeGreaterThan(0);
  expect(await names()).toHaveLength(results.length - lost.length);
});
