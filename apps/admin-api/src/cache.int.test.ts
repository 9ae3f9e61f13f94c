import { StorageClient } from '@supabase/storage-js';
import { startTempRedis, type TempRedis, whyNoRedis } from '@supastor/testkit/harness/temp-redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdminHarness, startAdminHarness } from './testing/admin-harness.ts';
import { startStorageProcess, type StorageProcess } from './testing/storage-process.ts';

const PATIENCE = { timeout: 30_000 };
const obstacle = whyNoRedis();

describe.skipIf(obstacle !== null)('two servers with a Redis', () => {
  let redis: TempRedis;
  let storage: StorageProcess;
  let client: StorageClient;
  const servers: AdminHarness[] = [];
  let token: string;

  beforeAll(async () => {
    [redis, storage] = await Promise.all([startTempRedis(), startStorageProcess()]);
    const { forAdmin } = storage;
    client = new StorageClient(forAdmin.storageUrl, { authorization: `Bearer ${storage.serviceRoleKey}` });
    await client.createBucket('b');
    const limits = { perIdentity: 0, perAddress: 0, heavy: 100_000, signIn: 0 };
    for (const redisUrl of [redis.url, redis.url]) {
      servers.push(await startAdminHarness({ ...forAdmin, redisUrl, limits }));
    }
    token = (await servers[0]?.login()) ?? '';
  });
  afterAll(async () => {
    for (const server of servers) await server.stop();
    await storage?.stop();
    await redis?.stop();
  });

  const ask = async (server: AdminHarness) => {
    const { status, body } = await server.call('GET', '/api/v1/usage?bucket=b', { token });
    return status === 200 ? body.total.objects : status;
  };
  const askBoth = () => Promise.all(servers.map(ask));
  const upload = async (path: string) => expect((await client.from('b').upload(path, 'x')).error).toBeNull();

  it('both see a change soon, though answers are kept', async () => {
    expect(await askBoth()).toEqual([0, 0]);
    await upload('one');
    await expect.poll(askBoth, PATIENCE).toEqual([1, 1]);
  });

  it('answer all the same when it is killed, hangs or comes back empty, and go on to see every change', async () => {
    await redis.signal('SIGKILL');
    expect(await askBoth()).toEqual([1, 1]);
    await upload('two');
    await expect.poll(askBoth, PATIENCE).toEqual([2, 2]);
    await redis.start();
    await upload('three');
    await expect.poll(askBoth, PATIENCE).toEqual([3, 3]);
    await redis.signal('SIGSTOP');
    try {
      expect(await askBoth()).toEqual([3, 3]);
      await upload('four');
      await expect.poll(askBoth, PATIENCE).toEqual([4, 4]);
    } finally {
      await redis.signal('SIGCONT');
    }
    await upload('five');
    await expect.poll(askBoth, PATIENCE).toEqual([5, 5]);
  });

  it('refuse an API key at once after it was revoked, whatever is kept', async () => {
    const [one, two] = servers;
    const made = await one?.call('POST', '/api/v1/api-keys', { token, body: { name: 'k', permissions: ['objects:read'] } });
    const key = { token: made?.body.secret };
    expect((await two?.call('GET', '/api/v1/usage?bucket=b', key))?.status).toBe(200);
    await one?.call('DELETE', `/api/v1/api-keys/${made?.body.key.id}`, { token });
    expect((await one?.call('GET', '/api/v1/usage?bucket=b', key))?.status).toBe(401);
    await expect.poll(async () => (await two?.call('GET', '/api/v1/usage?bucket=b', key))?.status, PATIENCE).toBe(401);
  });
});
