import { configSchema } from '@supastor/contract/config/schema';
import { Secret } from '@supastor/contract/secret';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { probeReplica } from './replica-probe.ts';

const WAIT = { timeout: 30_000, interval: 100 };

let primary: TempPostgres;
let standby: TempPostgres;

beforeAll(async () => {
  primary = await startTempPostgres();
  await run(primary, 'create role supabase_storage_admin login');
  standby = await primary.createStandby();
}, 120_000);
afterAll(async () => {
  await standby?.stop();
  await primary?.stop();
});

async function run({ url }: TempPostgres, text: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(text).finally(() => client.end());
}

const probe = ({ host, port }: { host: string; port: number }) => {
  const postgres = { managed: false, host: primary.host, port: primary.port, replicas: [`${host}:${port}`] };
  return probeReplica(configSchema.parse({ postgres }), 0, new Secret('none'));
};

test('a standby that follows, one whose replay is paused, the primary itself and nobody are told apart', async () => {
  await expect.poll(() => probe(standby), WAIT).toEqual({ kind: 'ready', standby: true, sameCluster: true, lagBytes: 0, paused: false });
  await run(standby, 'select pg_wal_replay_pause()');
  await run(primary, 'create table filled as select * from generate_series(1, 1000)');
  await expect
    .poll(() => probe(standby), WAIT)
    .toMatchObject({ paused: true, lagBytes: expect.toSatisfy((bytes: number) => bytes > 1000) });
  await run(standby, 'select pg_wal_replay_resume()');
  await expect.poll(() => probe(standby), WAIT).toMatchObject({ paused: false, lagBytes: 0 });
  expect(await probe(primary)).toMatchObject({ kind: 'ready', standby: false, sameCluster: true });
  expect(await probe({ host: '127.0.0.1', port: 1 })).toMatchObject({ kind: 'refused', reason: expect.stringContaining('ECONNREFUSED') });
}, 120_000);
