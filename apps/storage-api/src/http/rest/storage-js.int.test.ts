import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../../testing/server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe('storage-js', () => {
  test('creates a bucket, uploads, lists and downloads the same bytes', async () => {
    const client = server.client();
    expect(await client.createBucket('first')).toEqual({ data: { name: 'first' }, error: null });
    const body = randomBytes(300_000);
    const upload = await client.from('first').upload('a/b.bin', body, { contentType: 'application/x-test' });
    expect(upload).toEqual({ data: { id: expect.any(String), path: 'a/b.bin', fullPath: 'first/a/b.bin' }, error: null });
    const list = await client.from('first').list('a');
    expect(list.data?.map(({ name }) => name)).toEqual(['b.bin']);
    const download = await client.from('first').download('a/b.bin');
    expect(download.error).toBeNull();
    expect(Buffer.from(await (download.data ?? new Blob([])).arrayBuffer()).equals(body)).toBe(true);
  });
});
