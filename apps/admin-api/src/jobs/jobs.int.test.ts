import { StorageClient } from '@supabase/storage-js';
import type { Job } from '@supastor/contract/operations/jobs';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdminHarness, startAdminHarness } from '../testing/admin-harness.ts';
import { startAdminProcess } from '../testing/admin-process.ts';
import { startStorageProcess, type StorageProcess } from '../testing/storage-process.ts';

const PATIENCE = { timeout: 60_000, interval: 100 };

let storage: StorageProcess;
let admin: AdminHarness;
let token: string;
let database: Client;
let files: StorageClient;

const api = (method: string, path: string, body?: unknown, server: Pick<AdminHarness, 'call'> = admin) =>
  server.call(method, `/api/v1${path}`, { token, ...(body !== undefined && { body }) });
const job = async (id: string): Promise<Job> => (await api('GET', `/jobs/${id}`)).body;
const over = (id: string) => expect.poll(async () => (await job(id)).state, PATIENCE);
const names = async (bucket: string) =>
  (await database.query('select name from storage.objects where bucket_id = $1 order by name', [bucket])).rows.map((row) =>
    String(row.name),
  );

async function fill(bucket: string, folder: string, count: number): Promise<void> {
  for (let start = 0; start < count; start += 20) {
    const batch = Array.from({ length: Math.min(20, count - start) }, (_, index) => `${folder}${String(start + index).padStart(5, '0')}`);
    await Promise.all(batch.map(async (name) => expect((await files.from(bucket).upload(name, name)).error).toBeNull()));
  }
}

async function copy(ifExists: string): Promise<unknown> {
  const { body } = await api('POST', '/buckets/from/objects/copy-folder', { from: 'copy/', to: 'x/', toBucket: 'to', ifExists });
  await over(body.id).toBe('done');
  return (await job(body.id)).result;
}

async function move(ifExists: string): Promise<void> {
  const { body } = await api('POST', '/buckets/from/objects/move-folder', { from: 'm/', to: 'n/', ifExists });
  await over(body.id).toBe('done');
}

beforeAll(async () => {
  storage = await startStorageProcess();
  admin = await startAdminHarness(storage.forAdmin);
  token = await admin.login();
  database = new Client({ connectionString: storage.databaseUrl });
  await database.connect();
  files = new StorageClient(storage.forAdmin.storageUrl, { authorization: `Bearer ${storage.serviceRoleKey}` });
  for (const name of ['from', 'to']) await api('POST', '/buckets', { name });
});
afterAll(async () => {
  await database?.end();
  await admin?.stop();
  await storage?.stop();
});

describe('jobs', () => {
  it('move a folder, bytes and all, and tell how far they are', async () => {
    await fill('from', 'a/', 30);
    const started = await api('POST', '/buckets/from/objects/move-folder', { from: 'a/', to: 'b/c/' });
    expect(started).toMatchObject({ status: 200, body: { state: 'queued', kind: 'objects.moveFolder', by: 'admin@localhost.local' } });
    await over(started.body.id).toBe('done');
    expect(await job(started.body.id)).toMatchObject({ done: 30, total: 30, result: { objects: 30, skipped: 0 }, attempts: 1 });
    expect(await names('from')).toEqual(Array.from({ length: 30 }, (_, index) => `b/c/${String(index).padStart(5, '0')}`));
    expect(await (await files.from('from').download('b/c/00007')).data?.text()).toBe('a/00007');
  });

  it('copy into another bucket, leaving alone or replacing what is there', async () => {
    await fill('from', 'copy/', 3);
    await files.from('to').upload('x/00001', 'mine');
    expect(await copy('skip')).toEqual({ objects: 2, skipped: 1 });
    expect(await (await files.from('to').download('x/00001')).data?.text()).toBe('mine');
    expect(await copy('overwrite')).toEqual({ objects: 3, skipped: 0 });
    expect(await (await files.from('to').download('x/00001')).data?.text()).toBe('copy/00001');
  });

  it('move over what is there when told to, and never lose the source otherwise', async () => {
    await fill('from', 'm/', 2);
    await files.from('from').upload('n/00000', 'taken');
    await move('skip');
    expect((await names('from')).filter((name) => /^[mn]\//.test(name))).toEqual(['m/00000', 'n/00000', 'n/00001']);
    await move('overwrite');
    expect((await names('from')).filter((name) => /^[mn]\//.test(name))).toEqual(['n/00000', 'n/00001']);
    expect(await (await files.from('from').download('n/00000')).data?.text()).toBe('m/00000');
  });

  it('delete a folder and nothing beside it', async () => {
    await fill('to', 'gone/', 25);
    await files.from('to').upload('gone.txt', 'stays');
    const { body } = await api('POST', '/buckets/to/objects/remove-folder', { folder: 'gone/' });
    await over(body.id).toBe('done');
    expect((await job(body.id)).result).toEqual({ objects: 25 });
    expect((await names('to')).filter((name) => name.startsWith('gone'))).toEqual(['gone.txt']);
  });

  it.each([
    ['into itself', '/buckets/from/objects/move-folder', { from: 'a/', to: 'a/b/' }, 400, 'SJ_INPUT_INVALID'],
    ['without a slash', '/buckets/from/objects/move-folder', { from: 'a', to: 'b/' }, 400, 'SJ_INPUT_INVALID'],
    ['of the whole bucket', '/buckets/from/objects/remove-folder', { folder: '' }, 400, 'SJ_INPUT_INVALID'],
    ['into a bucket that is not there', '/buckets/from/objects/copy-folder', { from: 'a/', to: '', toBucket: 'none' }, 404, 'SJ_NOT_FOUND'],
  ])('are not started %s', async (_, path, body, status, code) => {
    expect(await api('POST', path, body)).toMatchObject({ status, body: { code } });
  });

  it('are listed newest first, page by page, and removed when they are over', async () => {
    const first = (await api('GET', '/jobs?limit=2')).body;
    const second = (await api('GET', `/jobs?limit=2&cursor=${encodeURIComponent(first.nextCursor)}`)).body;
    const times = [...first.jobs, ...second.jobs].map(({ createdAt }: Job) => createdAt);
    expect(times).toEqual(times.toSorted((a, b) => b.localeCompare(a)));
    expect(new Set([...first.jobs, ...second.jobs].map(({ id }: Job) => id)).size).toBe(4);
    expect((await api('GET', '/jobs?cursor=nonsense')).status).toBe(400);
    const id = first.jobs[0].id;
    expect((await api('POST', `/jobs/${id}/cancel`)).status).toBe(409);
    expect((await api('POST', `/jobs/${id}/retry`)).status).toBe(409);
    expect((await api('DELETE', `/jobs/${id}`)).status).toBe(200);
    expect((await api('GET', `/jobs/${id}`)).status).toBe(404);
  });

  it('stop when they are cancelled and go on when they are tried again', async () => {
    await fill('from', 'long/', 400);
    const { body } = await api('POST', '/buckets/from/objects/move-folder', { from: 'long/', to: 'short/' });
    await expect.poll(async () => (await job(body.id)).done, PATIENCE).toBeGreaterThan(0);
    await api('POST', `/jobs/${body.id}/cancel`);
    await over(body.id).toMatch(/cancelled|done/);
    const retried = await api('POST', `/jobs/${body.id}/retry`);
    if (retried.status === 200) await over(body.id).toBe('done');
    expect((await names('from')).filter((name) => name.startsWith('short/'))).toHaveLength(400);
    expect((await names('from')).filter((name) => name.startsWith('long/'))).toEqual([]);
  });
});

describe('a server that dies with jobs', () => {
  it('another one finishes each of them once', async () => {
    const folders = Array.from({ length: 12 }, (_, index) => `crash/${index}/`);
    for (const folder of folders) await fill('from', folder, 25);
    const doomed = await startAdminProcess(storage);
    const ids = await Promise.all(
      folders.map(async (folder) => {
        const target = folder.replace('crash/', 'safe/');
        return (await api('POST', '/buckets/from/objects/move-folder', { from: folder, to: target }, doomed)).body.id;
      }),
    );
    await expect.poll(async () => (await names('from')).filter((name) => name.startsWith('safe/')).length, PATIENCE).toBeGreaterThan(5);
    await doomed.kill();
    for (const id of ids) await over(id).toBe('done');
    const { rows } = await database.query(
      `select count(*) filter (where state = 'done')::int as done, count(*)::int as all from supastor.jobs where id = any($1)`,
      [ids],
    );
    expect(rows).toEqual([{ done: 12, all: 12 }]);
    expect((await names('from')).filter((name) => name.startsWith('safe/'))).toHaveLength(300);
    expect((await names('from')).filter((name) => name.startsWith('crash/'))).toEqual([]);
  }, 300_000);
});
