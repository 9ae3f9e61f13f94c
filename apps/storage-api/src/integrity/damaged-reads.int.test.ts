import { randomBytes } from 'node:crypto';
import { truncate, unlink } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blobPath, flipBit } from '../testing/damage.ts';
import { startTestServer, type TestServer } from '../testing/server.ts';

const POLL = { timeout: 15_000 };
const [SMALL, MEDIUM, LARGE] = [5000, 200_000, 3_000_000];

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  await server.client().createBucket('box');
});
afterAll(() => server.stop());

async function upload(key: string, sizeBytes: number): Promise<{ body: Buffer; path: string }> {
  const body = randomBytes(sizeBytes);
  const response = await server.fetch(`/object/box/${key}`, { method: 'POST', body, headers: { 'x-upsert': 'true' } });
  expect(response.status).toBe(200);
  const [row] = await server.sql('select version from storage.objects where name = $1', [key]);
  return { body, path: blobPath(server.storePath, String(row?.['version'])) };
}

/** The whole body, or null when the answer was an error or ended early. */
async function download(key: string, headers: Record<string, string> = {}): Promise<Buffer | null> {
  const response = await server.fetch(`/object/box/${key}`, { headers });
  if (!response.ok) return null;
  return response.arrayBuffer().then(
    (bytes) => Buffer.from(bytes),
    () => null,
  );
}

const marked = (key: string) => async () =>
  (await server.sql('select name from storage.objects where name = $1 and damaged_version = version', [key])).length;

const timesOf = (key: string) => server.sql('select updated_at, created_at from storage.objects where name = $1', [key]);

describe('bytes that changed on disk', () => {
  test.each([
    ['small', SMALL, 0],
    ['medium', MEDIUM, 100_000],
    ['large, in the first byte', LARGE, 0],
    ['large, in the last byte', LARGE, LARGE - 1],
  ])('are never served as the whole object: %s', async (label, sizeBytes, at) => {
    const key = `whole/${label}`;
    const { body, path } = await upload(key, sizeBytes);
    // Small ones that are read whole may come from memory for a while.
    expect((await download(key, { range: `bytes=0-${sizeBytes - 1}` }))?.equals(body)).toBe(true);
    await flipBit(path, at);
    expect(await download(key)).toBeNull();
    expect(await download(key, { range: `bytes=0-${sizeBytes - 1}` })).toBeNull();
    await expect.poll(marked(key), POLL).toBe(1);
    const refused = await server.fetch(`/object/box/${key}`);
    expect(refused.status).toBe(500);
    expect(await refused.json()).toMatchObject({ statusCode: '500', code: 'ObjectDamaged' });
    expect(refused.headers.get('etag')).toBeNull();
    expect(refused.headers.get('cache-control')).toBe('no-store');
  });

  test('are not served in ranges either, once they are known', async () => {
    const { path } = await upload('range', SMALL);
    await flipBit(path);
    await download('range');
    await expect.poll(marked('range'), POLL).toBe(1);
    expect((await server.fetch('/object/box/range', { headers: { range: 'bytes=100-199' } })).status).toBe(500);
  });

  test('are not copied once they are known', async () => {
    const { path } = await upload('source', SMALL);
    await flipBit(path);
    await download('source');
    await expect.poll(marked('source'), POLL).toBe(1);
    expect((await server.client().from('box').copy('source', 'target')).error).toMatchObject({ statusCode: '500' });
    expect(await server.sql(`select from storage.objects where name = 'target'`)).toEqual([]);
  });

  test('damage a copy that shares them, and it is noticed there too', async () => {
    const { path } = await upload('original', SMALL);
    await server.client().from('box').copy('original', 'twin');
    await flipBit(path);
    expect(await download('twin')).toBeNull();
  });

  test('are healed by another upload', async () => {
    const { path } = await upload('healed', SMALL);
    await flipBit(path);
    expect(await download('healed')).toBeNull();
    await expect.poll(marked('healed'), POLL).toBe(1);
    const { body } = await upload('healed', SMALL);
    expect((await download('healed'))?.equals(body)).toBe(true);
  });

  test('leave the times of their object alone when they are marked', async () => {
    const { path } = await upload('times', SMALL);
    const before = await timesOf('times');
    await flipBit(path);
    await download('times');
    await expect.poll(marked('times'), POLL).toBe(1);
    expect(await timesOf('times')).toEqual(before);
  });
});

describe('bytes that are cut off or gone', () => {
  test.each([
    ['truncated', (path: string) => truncate(path, 100)],
    ['missing', (path: string) => unlink(path)],
  ])('are an error, and recorded as %s', async (reason, damage) => {
    const { path } = await upload(reason, SMALL);
    await damage(path);
    expect((await server.fetch(`/object/box/${reason}`)).status).toBe(500);
    await expect
      .poll(() => server.sql('select reason, found_by, bucket_id, size_bytes from storage.damaged_blobs where name = $1', [reason]), POLL)
      .toEqual([{ reason, found_by: 'read', bucket_id: 'box', size_bytes: String(SMALL) }]);
  });
});

test('every way to write records a checksum', async () => {
  await upload('rest', SMALL);
  await server.client().from('box').copy('rest', 'copied');
  expect(await server.sql(`select name from storage.objects where name in ('rest', 'copied') and crc32 is not null`)).toHaveLength(2);
});
