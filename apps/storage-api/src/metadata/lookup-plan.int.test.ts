import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../testing/server.ts';
import { LOOKUP_STATEMENTS } from './object-lookup.ts';

let server: TestServer;
let client: Client;

beforeAll(async () => {
  server = await startTestServer();
  client = new Client({ connectionString: server.databaseUrl });
  await client.connect();
  await client.query('set plan_cache_mode = force_generic_plan');
});
afterAll(async () => {
  await client.end();
  await server.stop();
});

/** A prepared statement keeps the plan that was made for a young database while the tables grow. */
test.each([
  ['find', `array['b', 'b'], array['k', 'l']`],
  ['findOne', `'b', 'k'`],
  ['findPublic', `'b', 'k'`],
] as const)('the plan of %s made over empty tables scans no table of objects', async (name, values) => {
  await client.query(`prepare ${name} as ${LOOKUP_STATEMENTS[name].text}`);
  const { rows } = await client.query(`explain execute ${name} (${values})`);
  const plan = rows.map((row) => String(row['QUERY PLAN'])).join('\n');
  expect(plan).not.toContain('Seq Scan on objects');
  expect(plan).toContain('bucketid_objname');
});
