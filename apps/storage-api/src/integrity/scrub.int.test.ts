import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startStorageApi } from '../start.ts';
import { blobPath, flipBit } from '../testing/damage.ts';
import { waitForRun } from '../testing/maintenance.ts';
import { SERVICE_TOKEN, startTestServer, type TestServer } from '../testing/server.ts';

const [OBJECTS, FLIPPED] = [1000, 100];
const PARALLEL = 20;

let server: TestServer;

beforeEach(async () => {
  server = await startTestServer();
  await server.client().createBucket('box');
});
afterEach(() => server.stop());

const post = (path: string, body: object = {}) =>
  server.fetch(path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
const scrub = async (options: object = { bytesPerSecond: 1_000_000_000 }) =>
  waitForRun(server, await (await post('/maintenance/scrub', options)).json());

async function upload(key: string, body = randomBytes(2000)): Promise<void> {
  const response = await server.fetch(`/object/box/${key}`, { method: 'POST', body, headers: { 'x-upsert': 'true' } });
  expect(response.status).toBe(200);
}

async function uploadMany(count: number): Promise<void> {
  for (let index = 0; index < count; index += PARALLEL) {
    await Promise.all(Array.from({ length: Math.min(PARALLEL, count - index) }, (_, offset) => upload(`many/${index + offset}`)));
  }
}

async function pathOf(key: string): Promise<string> {
  const [row] = await server.sql('select version from storage.objects where name = $1', [key]);
  return blobPath(server.storePath, String(row?.['version']));
}

test(`one scrub finds ${FLIPPED} changed files of ${OBJECTS}, and none of them is served`, async () => {
  await uploadMany(OBJECTS);
  const flipped = Array.from({ length: FLIPPED }, (_, index) => `many/${index * 10}`);
  for (const key of flipped) await flipBit(await pathOf(key), 1000);
  const { state, counts } = await scrub();
  expect({ state, counts }).toMatchObject({ state: 'done', counts: { versionsChecked: OBJECTS, damaged: FLIPPED } });
  const found = await server.sql('select name from storage.damaged_blobs');
  expect(new Set(found.map(({ name }) => name))).toEqual(new Set(flipped));
  for (const key of flipped) {
    expect((await server.fetch(`/object/box/${key}`)).status, key).toBe(500);
    expect((await server.fetch(`/object/box/${key}`, { headers: { range: 'bytes=0-10' } })).status, key).toBe(500);
  }
  expect((await server.fetch('/object/box/many/1')).status).toBe(200);
  expect(await (await server.fetch('/metrics')).text()).toContain(`storage_damaged_blobs_total{found_by="scrub"} ${FLIPPED}`);
}, 180_000);

test('bytes that were brought back are served again after a scrub of what is damaged', async () => {
  await uploadMany(3);
  const path = await pathOf('many/1');
  await flipBit(path);
  expect((await scrub()).counts).toMatchObject({ damaged: 1, versionsChecked: 3 });
  await flipBit(path);
  expect((await server.fetch('/object/box/many/1')).status).toBe(500);
  expect((await scrub({ onlyDamaged: true })).counts).toMatchObject({ healed: 1, versionsChecked: 1 });
  expect((await server.fetch('/object/box/many/1')).status).toBe(200);
});

test('an object that was written anew is nobody’s damage any more', async () => {
  await upload('again');
  await flipBit(await pathOf('again'));
  await scrub();
  await upload('again');
  await scrub();
  expect(await server.sql('select from storage.damaged_blobs')).toEqual([]);
});

test('there is one at a time; it can be cancelled', async () => {
  await upload('slow', randomBytes(3_000_000));
  const begun = await (await post('/maintenance/scrub', { bytesPerSecond: 1000 })).json();
  const second = await post('/maintenance/scrub');
  expect(await second.json()).toMatchObject({ statusCode: '409', code: 'MaintenanceUnderWay', message: expect.stringContaining('cancel') });
  const [{ id } = { id: '' }] = await server.sql('select id from storage.maintenance_runs');
  await post(`/maintenance/runs/${String(id)}/cancel`);
  expect(await waitForRun(server, begun)).toMatchObject({ state: 'cancelled' });
});

test('another server goes on where one stopped', async () => {
  await uploadMany(250);
  await upload('zz-last', randomBytes(2_000_000));
  const other = await startStorageApi({ ...server.options, collectPeriodMs: 100 });
  // Slow enough to be still under way, fast enough that a page is done.
  const begun = await (await fetchOf(other.url, '/maintenance/scrub', { bytesPerSecond: 300_000 })).json();
  const checked = async () =>
    Number((await server.sql(`select counts->>'versionsChecked' as n from storage.maintenance_runs`))[0]?.['n'] ?? 0);
  await expect.poll(checked, { timeout: 20_000 }).toBeGreaterThan(50);
  await other.stop();
  expect(await server.sql(`select state from storage.maintenance_runs`)).toEqual([{ state: 'waiting' }]);
  const third = await startStorageApi({ ...server.options, collectPeriodMs: 100 });
  const { state, counts } = await waitForRun(server, begun);
  await third.stop();
  expect(state).toBe('done');
  expect(counts['damaged'] ?? 0).toBe(0);
  expect(counts['versionsChecked']).toBeGreaterThanOrEqual(251);
}, 90_000);

const fetchOf = (url: string, path: string, body: object) =>
  fetch(`${url}${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', authorization: `Bearer ${SERVICE_TOKEN}` },
  });
