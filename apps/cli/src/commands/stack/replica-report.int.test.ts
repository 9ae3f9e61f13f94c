import { configSchema } from '@supastor/contract/config/schema';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createStyle } from '../../output/style.ts';
import { formatReplicas, reportReplicas } from './replica-report.ts';

const style = createStyle(false);
let primary: TempPostgres;
let standby: TempPostgres;

beforeAll(async () => {
  primary = await startTempPostgres();
  const client = new Client({ connectionString: primary.url });
  await client.connect();
  await client.query('create role supabase_storage_admin login').finally(() => client.end());
  standby = await primary.createStandby();
}, 120_000);
afterAll(async () => {
  await standby?.stop();
  await primary?.stop();
});

const config = (replicas: readonly string[]) =>
  configSchema.parse({ postgres: { managed: false, host: primary.host, port: primary.port, storagePassword: 'none', replicas } });

test('status tells a replica that follows from one that is away', async () => {
  const follower = `127.0.0.1:${standby.port}`;
  await expect
    .poll(() => reportReplicas(config([follower, '127.0.0.1:1'])), { timeout: 30_000, interval: 200 })
    .toEqual([
      { address: follower, following: true, lagBytes: 0, detail: `${follower}, 0 bytes behind` },
      { address: '127.0.0.1:1', following: false, lagBytes: null, detail: expect.stringContaining('ECONNREFUSED') },
    ]);
}, 60_000);

test('without replicas nothing is asked and nothing is shown', async () => {
  expect(await reportReplicas(config([]))).toEqual([]);
  expect(formatReplicas([], style)).toEqual([]);
  const away = { address: 'db2:5432', following: false, lagBytes: null, detail: 'db2:5432 cannot be read from' };
  expect(formatReplicas([away], style).join('\n')).toMatch(/db2:5432 +not read from +- +db2:5432 cannot be read from/);
});
