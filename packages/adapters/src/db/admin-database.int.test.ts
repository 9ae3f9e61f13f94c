import { randomUUID } from 'node:crypto';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type AdminDatabase, createAdminDatabase } from './admin-database.ts';

const TABLE = `create schema storage;
  create table storage.object_events (id bigint generated always as identity primary key, bucket_id text not null)`;

let postgres: TempPostgres;
let count = 0;
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  postgres = await startTempPostgres();
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});
afterAll(() => postgres.stop());

async function setUp(): Promise<{ database: AdminDatabase; connect: () => Promise<Client> }> {
  count += 1;
  const url = await postgres.createDatabase(`admin_${count}`);
  const database = createAdminDatabase({ url, processId: randomUUID(), onIdleError: () => {} });
  ends.push(() => database.close());
  const connect = async () => {
    const client = new Client({ connectionString: url });
    await client.connect();
    ends.unshift(() => client.end());
    return client;
  };
  return { database, connect };
}

const insert = (client: Client, bucket: string) => client.query('insert into storage.object_events (bucket_id) values ($1)', [bucket]);

describe('the feed of object changes', () => {
  it('names each bucket once per question, and nothing from before the first', async () => {
    const { database, connect } = await setUp();
    const client = await connect();
    await client.query(TABLE);
    await insert(client, 'old');
    expect(await database.objectFeed.changedBuckets()).toEqual([]);
    for (const bucket of ['a', 'b', 'a']) await insert(client, bucket);
    expect((await database.objectFeed.changedBuckets())?.toSorted()).toEqual(['a', 'b']);
    expect(await database.objectFeed.changedBuckets()).toEqual([]);
  });

  it('sees a transaction that commits after a later one', async () => {
    const { database, connect } = await setUp();
    const [slow, fast] = [await connect(), await connect()];
    await fast.query(TABLE);
    await database.objectFeed.changedBuckets();
    await slow.query('begin');
    await insert(slow, 'slow');
    await insert(fast, 'fast');
    expect(await database.objectFeed.changedBuckets()).toEqual(['fast']);
    await slow.query('commit');
    expect(await database.objectFeed.changedBuckets()).toEqual(['slow']);
  });

  it('is absent on a server that keeps no such record, until it does', async () => {
    const { database, connect } = await setUp();
    expect(await database.objectFeed.changedBuckets()).toBeNull();
    await (await connect()).query(TABLE);
    expect(await database.objectFeed.changedBuckets()).toEqual([]);
  });
});

describe('revoked sessions in Postgres', () => {
  it('keep what has not expired, and take the same session twice', async () => {
    const { database } = await setUp();
    await database.revocations.load();
    const soon = Math.floor(Date.now() / 1000) * 1000 + 60_000;
    await database.revocations.add([
      { sessionId: 'open', expiresAtMs: soon },
      { sessionId: 'expired', expiresAtMs: 1000 },
    ]);
    await database.revocations.add([{ sessionId: 'open', expiresAtMs: soon }]);
    expect(await database.revocations.load()).toEqual([{ sessionId: 'open', expiresAtMs: soon }]);
  });

  it('survive a restart of Postgres under the pool', async () => {
    const { database } = await setUp();
    await database.revocations.load();
    process.kill(postgres.pid, 'SIGKILL');
    await expect
      .poll(() =>
        database.ping().then(
          () => 'up',
          () => 'down',
        ),
      )
      .toBe('down');
    await expect
      .poll(
        () =>
          postgres.restart().then(
            () => 'started',
            () => 'not yet',
          ),
        { timeout: 10_000 },
      )
      .toBe('started');
    await expect
      .poll(
        () =>
          database.ping().then(
            () => 'up',
            () => 'down',
          ),
        { timeout: 10_000 },
      )
      .toBe('up');
  });
});
