import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { auditStore, CLEAN } from '../testing/audit.ts';
import { canMount, mountSmallDisk, type SmallDisk } from '../testing/disk.ts';
import { startTestServer, type TestServer } from '../testing/server.ts';

const POLL = { timeout: 20_000 };

let server: TestServer;

const audit = (target: TestServer) => auditStore({ query: async (text) => ({ rows: await target.sql(text) }) }, target.storePath, 1);
const put = (target: TestServer, key: string, body = randomBytes(5000)) =>
  target.fetch(`/object/box/${key}`, { method: 'POST', body, headers: { 'x-upsert': 'true' } });
const readiness = async (target: TestServer) => (await target.fetch('/health/ready')).status;

/** The wanted syncs fail as the kernel's do; the others are done another way. */
async function failSync(isWanted: (call: number) => boolean): Promise<void> {
  const probe = await open(import.meta.filename, 'r');
  const prototype: FileHandle = Object.getPrototypeOf(probe);
  await probe.close();
  let calls = 0;
  vi.spyOn(prototype, 'sync').mockImplementation(async function sync(this: FileHandle) {
    calls += 1;
    if (isWanted(calls)) throw Object.assign(new Error('EIO: i/o error, fsync'), { code: 'EIO', syscall: 'fsync' });
    await this.datasync();
  });
}

describe('a disk that cannot sync', () => {
  beforeAll(async () => {
    server = await startTestServer();
    await server.client().createBucket('box');
    await put(server, 'kept', Buffer.from('before'));
  });
  afterEach(() => vi.restoreAllMocks());
  afterAll(() => server.stop());

  test.each([
    ['of the bytes', (call: number) => call === 1],
    ['of their directory', (call: number) => call === 2],
    ['of everything', () => true],
  ])('answers an error when the sync %s fails, and keeps the old object only', async (_label, isWanted) => {
    await failSync(isWanted);
    const refused = await put(server, 'kept');
    expect(refused.status).toBe(500);
    expect(await refused.json()).toMatchObject({ statusCode: '500', code: 'StoreError' });
    vi.restoreAllMocks();
    expect(await (await server.fetch('/object/box/kept')).text()).toBe('before');
    await expect.poll(() => audit(server), POLL).toEqual(CLEAN);
    expect((await put(server, 'after')).status).toBe(200);
  });

  test('copies nothing', async () => {
    await failSync(() => true);
    expect((await server.client().from('box').copy('kept', 'copied')).error).toMatchObject({ statusCode: '500' });
    vi.restoreAllMocks();
    expect(await server.sql(`select from storage.objects where name = 'copied'`)).toEqual([]);
    await expect.poll(() => audit(server), POLL).toEqual(CLEAN);
  });

  test('is not ready, until it can', async () => {
    await failSync(() => true);
    await expect.poll(() => readiness(server), POLL).toBe(503);
    vi.restoreAllMocks();
    await expect.poll(() => readiness(server), POLL).toBe(200);
  });

  test('answers an error when the bytes cannot be put in place', async () => {
    const blobs = join(server.storePath, 'blobs');
    await rename(blobs, `${blobs}.away`);
    await writeFile(blobs, 'not a directory');
    const refused = await put(server, 'misplaced');
    await rm(blobs);
    await rename(`${blobs}.away`, blobs);
    expect(refused.status).toBe(500);
    expect(await server.sql(`select from storage.objects where name = 'misplaced'`)).toEqual([]);
    await expect.poll(() => audit(server), POLL).toEqual(CLEAN);
  });
});

describe.skipIf(!canMount())('a small disk', () => {
  let disk: SmallDisk;

  beforeAll(async () => {
    disk = await mountSmallDisk();
    server = await startTestServer({ storePath: join(disk.path, 'store'), retiredGraceSeconds: 0 });
    await server.client().createBucket('box');
  });
  afterAll(async () => {
    await server.stop();
    await disk.remove();
  });

  test('that is full says so, leaves nothing behind, and takes uploads again when there is space', async () => {
    expect((await put(server, 'fits', randomBytes(1_000_000))).status).toBe(200);
    const refused = await put(server, 'big', randomBytes(6_000_000));
    expect(refused.status).toBe(507);
    expect(await refused.json()).toMatchObject({ statusCode: '507', code: 'InsufficientStorage' });
    expect((await server.client().from('box').list()).data?.map(({ name }) => name)).toEqual(['fits']);
    await server.client().from('box').remove(['fits']);
    await server.collect();
    expect((await put(server, 'again', randomBytes(2_000_000))).status).toBe(200);
  });

  test('is not ready while it is full', async () => {
    await mkdir(join(disk.path, 'other'));
    await writeFile(join(disk.path, 'other', 'filler'), Buffer.alloc(8_000_000)).catch(() => {});
    await expect.poll(() => readiness(server), POLL).toBe(503);
    expect(await (await server.fetch('/health/ready')).json()).toMatchObject({
      healthy: false,
      dependencies: { database: { healthy: true }, store: { healthy: false, detail: 'The byte store has no space left' } },
    });
    await rm(join(disk.path, 'other'), { recursive: true });
    await expect.poll(() => readiness(server), POLL).toBe(200);
  });

  test('that is read-only refuses uploads, goes on serving, and recovers without a restart', async () => {
    await put(server, 'kept', Buffer.from('before'));
    await disk.setReadOnly(true);
    expect((await put(server, 'kept')).status).toBe(500);
    expect(await (await server.fetch('/object/box/kept')).text()).toBe('before');
    await expect.poll(() => readiness(server), POLL).toBe(503);
    await disk.setReadOnly(false);
    await expect.poll(() => readiness(server), POLL).toBe(200);
    expect((await put(server, 'kept', Buffer.from('later'))).status).toBe(200);
    await server.collect();
    await expect.poll(() => audit(server), POLL).toEqual(CLEAN);
  });
});
