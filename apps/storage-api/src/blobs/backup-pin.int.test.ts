import { BACKUP_PIN } from '@supastor/contract/wire/backup';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../testing/server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ retiredGraceSeconds: 0, collectPeriodMs: 20 });
  await server.client().createBucket('box');
}, 60_000);
afterAll(() => server.stop());

const POLL = { timeout: 30_000, interval: 50 };
const PIN = [BACKUP_PIN.space, BACKUP_PIN.key];

const lastRound = async () => String((await server.sql('select seen_at::text from storage.instances'))[0]?.['seen_at']);

/** A whole round of the collector begins and ends. */
async function roundsPass(): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    const before = await lastRound();
    await expect.poll(lastRound, POLL).not.toBe(before);
  }
}

const readVersion = async (version: string) => {
  const response = await server.fetch(`/maintenance/blobs/${version}`);
  const text = await response.text();
  return response.status === 200 ? text : /"code":"(\w+)"/.exec(text)?.[1];
};

async function put(body: string): Promise<string> {
  const { error } = await server.client().from('box').upload('a.txt', body, { upsert: true });
  expect(error).toBeNull();
  return String((await server.sql("select version from storage.objects where name = 'a.txt'"))[0]?.['version']);
}

it('keeps replaced bytes while a backup is made, and removes them when its connection is gone', async () => {
  const version = await put('first');
  const pin = new Client({ connectionString: server.postgres.url });
  await pin.connect();
  try {
    await pin.query('select pg_advisory_lock($1, $2)', PIN);
    expect(await put('second')).not.toBe(version);
    await roundsPass();
    expect(await readVersion(version)).toBe('first');
  } finally {
    await pin.end();
  }
  await expect.poll(() => readVersion(version), POLL).toBe('NoSuchKey');
});

it('is not held up by a backup of another database of the same server, nor by other locks', async () => {
  const elsewhere = new Client({ connectionString: await server.postgres.createDatabase('elsewhere') });
  const here = new Client({ connectionString: server.postgres.url });
  await Promise.all([elsewhere.connect(), here.connect()]);
  try {
    await elsewhere.query('select pg_advisory_lock($1, $2)', PIN);
    await here.query('select pg_advisory_lock($1::bigint)', [BACKUP_PIN.key]);
    const version = await put('third');
    await put('fourth');
    await expect.poll(() => readVersion(version), POLL).toBe('NoSuchKey');
  } finally {
    await Promise.all([elsewhere.end(), here.end()]);
  }
});

it('says that there is no such version, and what is no version id', async () => {
  expect(await readVersion('00000000-0000-7000-8000-000000000000')).toBe('NoSuchKey');
  expect(await readVersion('..%2f..%2fetc')).toBe('InvalidRequest');
});
