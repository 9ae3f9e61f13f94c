import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempDir } from '@supastor/testkit/harness/temp-dir';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MIGRATIONS } from './metadata/migrate.ts';
import { startStorageApi } from './start.ts';
import { auditStore, CLEAN } from './testing/audit.ts';
import { defaultOptions, startTestServer, type TestServer } from './testing/server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ retiredGraceSeconds: 0 });
  await server.client().createBucket('box');
});
afterAll(() => server.stop());

const pool = () => ({ query: async (text: string) => ({ rows: await server.sql(text) }) });

async function files(): Promise<number> {
  const entries = await readdir(join(server.storePath, 'blobs'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}

describe('starting', () => {
  test('many servers at once on an empty database applies each migration once', async () => {
    const url = await server.postgres.createDatabase('fresh');
    const dir = await createTempDir('start');
    const started = await Promise.all(Array.from({ length: 4 }, () => startStorageApi(defaultOptions(url, dir))));
    const client = new Client({ connectionString: url });
    await client.connect();
    const applied = await client.query('select name from storage.supastor_migrations order by applied_at');
    expect(applied.rows).toEqual(MIGRATIONS.map(({ name }) => ({ name })));
    await client.end();
    await Promise.all(started.map((api) => api.stop()));
    await dir.remove();
  });

  test('keeps functions of an auth server that is there already', async () => {
    const url = await server.postgres.createDatabase('with_auth');
    const dir = await createTempDir('start');
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query(`create schema auth; create function auth.uid() returns uuid language sql as $$ select null::uuid $$`);
    const api = await startStorageApi(defaultOptions(url, dir));
    const { rows } = await client.query(`select prosrc from pg_proc where oid = 'auth.uid()'::regprocedure`);
    expect(rows[0].prosrc).toBe(' select null::uuid ');
    await client.end();
    await api.stop();
    await dir.remove();
  });

  test('without a database fails, and leaves no server behind', async () => {
    const dir = await createTempDir('start');
    const options = { ...defaultOptions('postgresql://x@127.0.0.1:1/x', dir), maxConnections: 2 };
    await expect(startStorageApi(options)).rejects.toMatchObject({ protocolCode: 'DatabaseUnavailable' });
    await dir.remove();
  });

  test('cleans up after a server that died, and only after that one', async () => {
    const dead = '0a000000-0000-4000-8000-000000000001';
    const [orphan, kept] = ['01a00000-0000-7000-8000-0000000000aa', '01a00000-0000-7000-8000-0000000000bb'];
    await server.client().from('box').upload('kept', 'x');
    await server.sql('update storage.objects set version = $1 where name = $2', [kept, 'kept']);
    const staging = join(server.storePath, 'staging', dead);
    await mkdir(staging);
    for (const version of [orphan, kept]) {
      await writeFile(join(server.storePath, 'blobs', version.slice(-2), version), 'x');
      await writeFile(join(staging, `${version}.intent`), '');
    }
    await writeFile(join(staging, `${orphan}.part`), 'half');
    await server.collect();
    expect(await readdir(join(server.storePath, 'staging'))).toHaveLength(1);
    expect(await (await server.fetch('/object/box/kept')).text()).toBe('x');
    await expect.poll(() => auditStore(pool(), server.storePath, 1)).toEqual(CLEAN);
    await server.client().emptyBucket('box');
    await server.collect();
  });
});

describe('bytes', () => {
  test('of replaced, deleted and moved objects are collected when their grace is over, those of live ones are not', async () => {
    const box = server.client().from('box');
    await box.upload('a', 'one');
    await box.upload('a', 'two', { upsert: true });
    await box.upload('b', 'gone');
    await box.remove(['b']);
    await box.move('a', 'c');
    expect(await files()).toBe(3);
    await server.collect();
    expect(await files()).toBe(1);
    expect(await (await server.fetch('/object/box/c')).text()).toBe('two');
  });

  test('of objects deleted by SQL are collected too', async () => {
    await server.sql(`delete from storage.objects`);
    await server.collect();
    expect(await files()).toBe(0);
    expect(await server.sql('select * from storage.retired_blobs')).toEqual([]);
  });

  test('change together with an event', async () => {
    await server.sql('delete from storage.object_events');
    const box = server.client().from('box');
    await box.upload('e', 'one');
    await box.update('e', 'two');
    await box.move('e', 'f');
    await box.remove(['f']);
    const events = await server.sql('select event, name, operation from storage.object_events order by id');
    expect(events).toEqual([
      { event: 'object.created', name: 'e', operation: 'storage.object.upload' },
      { event: 'object.created', name: 'e', operation: 'storage.object.upload_update' },
      { event: 'object.removed', name: 'e', operation: 'storage.object.move' },
      { event: 'object.created', name: 'f', operation: 'storage.object.move' },
      { event: 'object.removed', name: 'f', operation: 'storage.object.delete_many' },
    ]);
  });
});

describe('a server that was taken for dead', () => {
  test('cannot publish any more, and goes on under a new id', async () => {
    await server.sql('delete from storage.instances');
    const refused = await server.fetch('/object/box/zombie', { method: 'POST', body: 'x' });
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ statusCode: '503', code: 'SlowDown' });
    await server.collect();
    expect((await server.fetch('/object/box/zombie', { method: 'POST', body: 'x' })).status).toBe(200);
    await server.collect();
    await expect.poll(() => auditStore(pool(), server.storePath, 1)).toEqual(CLEAN);
  });
});
