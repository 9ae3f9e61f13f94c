import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SILENT } from '../../testing/test-database.ts';
import { Database } from '../database.ts';
import { askPrimary, askStandby, positionOf, refusalOf, replayedBy, type StandbyRow, type WalPosition } from './standby-check.ts';

const WAIT = { timeout: 60_000, interval: 100 };

let old: TempPostgres;
let chosen: TempPostgres;
let left: TempPostgres;
/** Follows the one that is chosen. */
let loyal: TempPostgres;
const databases: Database[] = [];

beforeAll(async () => {
  old = await startTempPostgres();
  await run(old, 'create role reader login in role pg_read_all_stats');
  chosen = await old.createStandby();
  left = await old.createStandby();
  loyal = await chosen.createStandby();
}, 120_000);
afterAll(async () => {
  for (const database of databases) await database.stop();
  await loyal?.stop();
  await left?.stop();
  await chosen?.stop();
  await old?.stop();
});

async function run({ url }: TempPostgres, text: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(text).finally(() => client.end());
}

function open({ url }: TempPostgres): Database {
  const database = new Database({ url: url.replace('postgres@', 'reader@'), maxConnections: 2, logger: SILENT });
  databases.push(database);
  return database;
}

async function askOf(database: Database): Promise<WalPosition> {
  const ask = askPrimary();
  await database.read(ask);
  return ask.rows.map(positionOf)[0] ?? expect.unreachable('the primary says where it is');
}

async function standbyOf(database: Database): Promise<StandbyRow> {
  const ask = askStandby();
  await database.read(ask);
  return ask.rows[0] ?? expect.unreachable('the standby says where it is');
}

test('after a failover the log of one that still follows the old primary is not taken for the new one, and one that goes along is used', async () => {
  const [before, after, standby] = [open(old), open(chosen), open(left)];
  const position = await askOf(before);
  await expect.poll(async () => refusalOf(await standbyOf(standby), position), WAIT).toBeNull();
  await run(chosen, 'select pg_promote()');
  const promoted = await askOf(after);
  expect(promoted).toMatchObject({ systemId: position.systemId, timeline: 2 });
  await run(old, 'create table lost as select * from generate_series(1, 10000)');
  await expect.poll(async () => replayedBy(await standbyOf(standby)) > promoted.bytes, WAIT).toBe(true);
  expect(refusalOf(await standbyOf(standby), promoted)).toBe('other-timeline');
  expect(refusalOf(await standbyOf(after), promoted)).toBe('promoted');
  const follower = open(loyal);
  await expect.poll(async () => refusalOf(await standbyOf(follower), await askOf(after)), WAIT).toBeNull();
}, 120_000);
