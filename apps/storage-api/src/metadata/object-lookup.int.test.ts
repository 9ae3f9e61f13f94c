import { createLogger } from '@supastor/adapters/telemetry/logger';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../testing/server.ts';
import { Database } from './database.ts';
import { ObjectLookup } from './object-lookup.ts';

let server: TestServer;
let database: Database;
let lookup: ObjectLookup;

const KEYS = Array.from({ length: 300 }, (_, index) => `key-${index}`);

beforeAll(async () => {
  server = await startTestServer();
  await server.client().createBucket('open', { public: true });
  await server.client().createBucket('shut');
  await server.sql(`insert into storage.objects (bucket_id, name) select 'open', key from unnest($1::text[]) key`, [KEYS]);
  await server.sql(`insert into storage.objects (bucket_id, name) values ('shut', 'secret')`);
  database = new Database({ url: server.databaseUrl, maxConnections: 4, logger: createLogger({ service: 'storage', level: 'fatal' }) });
  lookup = new ObjectLookup(database);
});
afterAll(async () => {
  await database.stop();
  await server.stop();
});

test('many that are asked for at once each get their own', async () => {
  const found = await Promise.all(KEYS.map((key) => lookup.find('open', key)));
  expect(found.map(({ row }) => row?.name)).toEqual(KEYS);
  expect(found.every(({ bucket }) => bucket?.public === true)).toBe(true);
});

test('what is not there is told apart from what is', async () => {
  const asked = [lookup.find('open', 'none'), lookup.find('none', 'key-1'), lookup.find('shut', 'secret'), lookup.find('open', 'key-1')];
  const [noObject, noBucket, shut, open] = await Promise.all(asked);
  expect(noObject).toMatchObject({ bucket: { public: true, file_size_limit: null, allowed_mime_types: null }, row: undefined });
  expect(noBucket).toEqual({ bucket: null, row: undefined, isUnrestricted: false, hasQuotas: true });
  expect(shut).toMatchObject({ bucket: { public: false }, row: { name: 'secret', bucket_id: 'shut' } });
  expect(open).toMatchObject({ row: { name: 'key-1', bucket_id: 'open', metadata: null } });
  expect(await lookup.find('open', 'key-2')).toMatchObject({ row: { name: 'key-2' } });
});

test('a key that Postgres cannot take fails alone', async () => {
  const results = await Promise.allSettled([lookup.find('open', 'key-3'), lookup.find('open', 'a\0b'), lookup.find('open', 'key-4')]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('says whom policies bind, as it is now', async () => {
  const ask = async (role: string) => (await lookup.find('shut', 'secret', role)).isUnrestricted;
  expect(await Promise.all(['service_role', 'authenticated', 'anon', 'nobody-at-all'].map(ask))).toEqual([true, false, false, false]);
  expect(lookup.wasBound('service_role')).toBe(false);
  expect(lookup.wasBound('anon')).toBe(true);
  await server.sql('revoke select on storage.objects from service_role');
  expect(await ask('service_role')).toBe(false);
  await server.sql('grant select on storage.objects to service_role');
  expect(await ask('service_role')).toBe(true);
});

const hasQuotas = async () => (await lookup.find('open', 'key-1', 'service_role')).hasQuotas;

test('says whether there are quotas', async () => {
  expect(await hasQuotas()).toBe(false);
  await server.sql(`insert into storage.quotas (kind, subject, max_bytes) values ('owner', 'somebody', 1)`);
  expect(await hasQuotas()).toBe(true);
  await server.sql('delete from storage.quotas');
  expect(await hasQuotas()).toBe(false);
});

test('sees what was committed a moment ago', async () => {
  for (const name of ['fresh-1', 'fresh-2', 'fresh-3']) {
    expect((await lookup.find('open', name)).row).toBeUndefined();
    await server.sql(`insert into storage.objects (bucket_id, name) values ('open', $1)`, [name]);
    expect((await lookup.find('open', name)).row?.name).toBe(name);
  }
});
