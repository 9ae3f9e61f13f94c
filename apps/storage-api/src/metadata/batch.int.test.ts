import { createLogger } from '@supastor/adapters/telemetry/logger';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Database } from './database.ts';
import { type Step, step } from './step.ts';

let postgres: TempPostgres;
let database: Database;

beforeAll(async () => {
  postgres = await startTempPostgres();
  // One connection, so that every test meets what the one before has left on it.
  database = new Database({ url: postgres.url, maxConnections: 1, logger: createLogger({ service: 'storage', level: 'fatal' }) });
  await database.script((client) => client.query('create table things (id integer primary key, label text, tags text[])'));
});
afterAll(async () => {
  await database.stop();
  await postgres.stop();
});

const INSERT = { name: 'thing_insert', text: 'insert into things (id, label, tags) values ($1, $2, $3)' };
const COUNT = { name: 'thing_count', text: 'select count(*)::int as count from things' };
const FIND = { name: 'thing_find', text: 'select id, label, tags from things where id = $1' };
const BROKEN = { name: 'thing_broken', text: 'select nothing from nowhere' };

async function count(): Promise<number> {
  const counted: Step<{ count: number }> = step(COUNT);
  await database.read(counted);
  return counted.rows[0]?.count ?? -1;
}

test('values come back as they were sent, the second time without being described', async () => {
  const label = 'quote \' " back\\slash {brace} ü';
  await database.transact({ steps: [step(INSERT, [1, label, ['a,b', '"', '\\', '', null]])] });
  for (let round = 0; round < 2; round += 1) {
    const [found, none]: Step<{ id: number; label: string; tags: string[] }>[] = [step(FIND, [1]), step(FIND, [99])];
    if (found === undefined || none === undefined) throw new Error('unreachable');
    await database.read(found, none);
    expect(found.rows).toEqual([{ id: 1, label, tags: ['a,b', '"', '\\', '', null] }]);
    expect([found.rowCount, none.rows, none.rowCount]).toEqual([1, [], 0]);
  }
});

test('names that differ only behind what Postgres reads of them are statements of their own', async () => {
  const long = 'x'.repeat(63);
  const [one, two] = ['a', 'b'].map((end) => step<{ it: string }>({ name: `${long}${end}`, text: `select '${end}' as it` }));
  if (one === undefined || two === undefined) throw new Error('unreachable');
  await database.read(one);
  await database.read(two);
  await database.read(one, two);
  expect([one.rows, two.rows]).toEqual([[{ it: 'a' }], [{ it: 'b' }]]);
});

test('all steps stay or none, and the connection goes on', async () => {
  const before = await count();
  await expect(database.transact({ steps: [step(INSERT, [2, 'x', null]), step(INSERT, [2, 'y', null])] })).rejects.toThrow();
  expect(await count()).toBe(before);
  await database.transact({ steps: [step(INSERT, [2, 'x', null]), step(INSERT, [3, 'y', null])] });
  expect(await count()).toBe(before + 2);
});

test('a probe leaves nothing, whether it succeeds or fails, and no transaction stays open', async () => {
  const before = await count();
  await database.transact({ steps: [step(INSERT, [4, 'x', null])], end: 'rollback' });
  await expect(database.transact({ steps: [step(INSERT, [1, 'x', null])], end: 'rollback' })).rejects.toThrow();
  expect(await count()).toBe(before);
  const observer = new Client({ connectionString: postgres.url });
  await observer.connect();
  const { rows } = await observer.query("select state from pg_stat_activity where application_name = 'supastor-storage'");
  await observer.end();
  expect(rows).toEqual([{ state: 'idle' }]);
});

test('rows of a step before the one that was refused are kept', async () => {
  const found: Step<{ id: number }> = step(FIND, [1]);
  await expect(database.transact({ prelude: [found], steps: [step(BROKEN)] })).rejects.toThrow();
  expect(found.rows).toMatchObject([{ id: 1 }]);
});

test('a statement that Postgres could not prepare, or never got to, is prepared the next time', async () => {
  const later: Step<{ one: number }> = step({ name: 'thing_later', text: 'select 1 as one' });
  for (let round = 0; round < 2; round += 1) await expect(database.read(step(BROKEN), later)).rejects.toThrow();
  await database.read(later);
  expect(later.rows).toEqual([{ one: 1 }]);
  const refused = step({ name: 'thing_refused', text: 'select 1 / $1::int as quotient' }, [0]);
  for (let round = 0; round < 2; round += 1) await expect(database.read(refused)).rejects.toThrow();
  const fine: Step<{ quotient: number }> = step(refused.statement, [1]);
  await database.read(fine);
  expect(fine.rows).toEqual([{ quotient: 1 }]);
});

test('what cannot be sent fails before anything is', async () => {
  await expect(database.transact({ steps: [step(INSERT, [5, { an: 'object' }, null])] })).rejects.toThrow();
  await database.transact({ steps: [step(INSERT, [5, 'x', null])] });
});
