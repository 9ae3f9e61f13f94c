import { StorageClient } from '@supabase/storage-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Pool } from 'pg';
import { type AdminHarness, QUIET, startAdminHarness } from '../testing/admin-harness.ts';
import { startStorageProcess, type StorageProcess } from '../testing/storage-process.ts';

const PATIENCE = { timeout: 90_000, interval: 500 };

let storage: StorageProcess;
let admins: AdminHarness[];
let token: string;
let database: Pool;

beforeAll(async () => {
  storage = await startStorageProcess();
  database = new Pool({ connectionString: storage.databaseUrl, max: 1 });
  const start = () =>
    startAdminHarness({
      ...storage.forAdmin,
      monitoring: { ...QUIET, isEnabled: true, periodMs: 300, scrapeUrls: [storage.url] },
    });
  admins = [await start(), await start()];
  token = (await admins[0]?.login()) ?? '';
}, 120_000);

afterAll(async () => {
  await Promise.all(admins.map((admin) => admin.stop()));
  await database.end();
  await storage.stop();
});

const ask = async (path: string) => (await admins.at(-1)?.call('GET', `/api/v1${path}`, { token }))?.body;

const overview = () => ask('/metrics/overview');
const SUM = `select coalesce(sum((points -> 'bytes.in' ->> 0)::float8), 0) as bytes from supastor.metric_frames where step_seconds = 15`;
const bytesCounted = async () => Number((await database.query(SUM)).rows[0]?.bytes);

describe('the built-in time series', () => {
  it('shows traffic of storage, what is stored, the disk and every instance, whichever server is asked', async () => {
    const client = new StorageClient(`${storage.url}/storage/v1`, { authorization: `Bearer ${storage.serviceRoleKey}` });
    // From here on it is known what the server had counted before.
    await expect.poll(async () => (await overview()).instances.length, PATIENCE).toBe(4);
    await client.createBucket('photos');
    for (const path of ['a', 'b', 'c']) await client.from('photos').upload(path, new Blob(['x'.repeat(1000)]));
    await client.from('photos').download('a');
    await expect.poll(async () => (await overview()).traffic.requestsPerSecond, PATIENCE).toBeGreaterThan(0);
    await expect.poll(async () => (await overview()).storage.objects, PATIENCE).not.toBeNull();
    const body = await overview();
    expect(body.traffic).toMatchObject({ errorRate: 0 });
    expect(body.traffic.p99Seconds).toBeGreaterThan(0);
    expect(body.disk.totalBytes).toBeGreaterThan(body.disk.freeBytes);
    expect(body.disk.forecast.state).toBe('notEnoughData');
    expect(body.instances.map((entry: { job: string; up: boolean }) => [entry.job, entry.up])).toEqual([
      ['admin', true],
      ['admin', true],
      ['postgres', true],
      ['storage', true],
    ]);
  }, 120_000);

  it('counts bytes once, also when two servers look and one of them goes', async () => {
    await admins[0]?.stop();
    admins.shift();
    const client = new StorageClient(`${storage.url}/storage/v1`, { authorization: `Bearer ${storage.serviceRoleKey}` });
    await client.from('photos').upload('d', new Blob(['x'.repeat(5000)]));
    await expect.poll(bytesCounted, PATIENCE).toBe(8000);
  }, 120_000);

  it('says in words what is wrong with a question', async () => {
    const answer = await admins.at(-1)?.call('GET', '/api/v1/metrics/query?series=nonsense', { token });
    expect(answer?.status).toBe(400);
    const backwards = await admins.at(-1)?.call('GET', '/api/v1/metrics/query?series=up&from=2099-01-01T00:00:00Z', { token });
    expect(backwards?.body.detail ?? backwards?.body.message).toContain('from');
  });
});
