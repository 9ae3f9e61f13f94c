import { StorageClient } from '@supabase/storage-js';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdminHarness, startAdminHarness } from '../testing/admin-harness.ts';
import { startStorageProcess, type StorageProcess } from '../testing/storage-process.ts';

let storage: StorageProcess;
let admin: AdminHarness;
let token: string;
let files: StorageClient;

beforeAll(async () => {
  storage = await startStorageProcess();
  admin = await startAdminHarness(storage.forAdmin);
  token = await admin.login();
  files = new StorageClient(storage.forAdmin.storageUrl, { authorization: `Bearer ${storage.serviceRoleKey}` });
  await api('POST', '/buckets', { name: 'kept', versioning_status: 'ENABLED' });
  await api('POST', '/buckets', { name: 'plain' });
});
afterAll(async () => {
  await admin?.stop();
  await storage?.stop();
});

const api = (method: string, path: string, body?: unknown) =>
  admin.call(method, `/api/v1${path}`, { token, ...(body !== undefined && { body }) });
const put = async (bucket: string, path: string, text: string) => {
  const { error } = await files.from(bucket).upload(path, text, { contentType: 'text/plain', upsert: true });
  if (error) throw error;
};
const read = async (bucket: string, path: string) => (await files.from(bucket).download(path)).data?.text();
const at = (bucket: string, path: string) => `/buckets/${bucket}/objects/${path}`;

describe('one object', () => {
  it('is described, and described anew, without its bytes', async () => {
    await put('plain', 'dir/a b.txt', 'hello');
    const change = { path: 'dir/a b.txt', mimeType: 'text/markdown', cacheControl: 'max-age=60', metadata: { author: 'Zoë' } };
    const changed = await api('PUT', at('plain', 'info'), change);
    expect(changed).toMatchObject({ status: 200, body: { ...change, sizeBytes: 5 } });
    expect((await api('GET', at('plain', `info?path=${encodeURIComponent('dir/a b.txt')}`))).body).toEqual(changed.body);
    expect(await read('plain', 'dir/a b.txt')).toBe('hello');
    expect(await api('PUT', at('plain', 'info'), { ...change, mimeType: 'nonsense' })).toMatchObject({ status: 400 });
  });

  it('is copied, also into another bucket, and replaces only when asked to', async () => {
    await put('plain', 'from', 'one');
    await put('plain', 'taken', 'two');
    expect((await api('POST', at('plain', 'copy'), { from: 'from', to: 'to', toBucket: 'kept' })).status).toBe(200);
    expect(await read('kept', 'to')).toBe('one');
    expect((await api('POST', at('plain', 'copy'), { from: 'from', to: 'taken' })).status).toBe(409);
    expect((await api('POST', at('plain', 'copy'), { from: 'from', to: 'taken', overwrite: true })).status).toBe(200);
    expect(await read('plain', 'taken')).toBe('one');
  });

  it('has a link to itself, to a version and to nothing that is not there', async () => {
    await put('kept', 'v', 'first');
    await put('kept', 'v', 'second');
    const { versions } = (await api('GET', at('kept', 'versions?path=v'))).body;
    const open = async (body: object) => (await fetch((await api('POST', at('kept', 'sign-one'), body)).body.url)).text();
    expect(await open({ path: 'v' })).toBe('second');
    expect(await open({ path: 'v', versionId: versions[1].versionId })).toBe('first');
    expect((await api('POST', at('kept', 'sign-one'), { path: 'gone' })).status).toBe(404);
  });

  it('comes back in an earlier version, or after it was deleted', async () => {
    await put('kept', 'undo', 'first');
    await put('kept', 'undo', 'second');
    const before = (await api('GET', at('kept', 'versions?path=undo'))).body.versions;
    expect(before.map((each: { isCurrent: boolean; sizeBytes: number }) => [each.isCurrent, each.sizeBytes])).toEqual([
      [true, 6],
      [false, 5],
    ]);
    expect((await api('POST', at('kept', 'restore'), { path: 'undo', versionId: before[1].versionId })).status).toBe(200);
    expect(await read('kept', 'undo')).toBe('first');
    await api('POST', at('kept', 'remove'), { paths: ['undo'] });
    expect((await api('GET', at('kept', 'versions?path=undo'))).body.versions[0]).toMatchObject({ isCurrent: true, isDeleteMarker: true });
    expect((await api('POST', at('kept', 'restore'), { path: 'undo' })).status).toBe(200);
    expect(await read('kept', 'undo')).toBe('first');
  });

  it('that has no versions says so', async () => {
    await put('plain', 'lost', 'x');
    await api('POST', at('plain', 'remove'), { paths: ['lost'] });
    expect(await api('POST', at('plain', 'restore'), { path: 'lost' })).toMatchObject({ status: 404, body: { code: 'SJ_NOT_FOUND' } });
    expect((await api('GET', at('plain', 'versions?path=lost'))).status).toBe(404);
  });

  it('is not purged where there is no cache to purge', async () => {
    await put('plain', 'cached', 'x');
    expect((await api('POST', at('plain', 'purge'), { path: 'cached' })).status).toBeGreaterThanOrEqual(400);
  });
});

describe('a folder', () => {
  it('has a link to a zip of it', async () => {
    await put('plain', 'zip/a b.txt', 'hello');
    const { status, body } = await api('POST', at('plain', 'sign-folder'), { folder: 'zip/' });
    expect([status, body.objects, body.bytes]).toEqual([200, 1, 5]);
    const bytes = new Uint8Array(await (await fetch(body.url)).arrayBuffer());
    expect(Object.keys(unzipSync(bytes))).toEqual(['zip/a b.txt']);
    expect((await api('POST', at('plain', 'sign-folder'), { folder: 'nothing/' })).status).toBe(404);
  });

  it('that was deleted comes back, and what was deleted before it does not', async () => {
    for (const path of ['back/early', 'back/a', 'back/deep/b']) await put('kept', path, path);
    await api('POST', at('kept', 'remove'), { paths: ['back/early'] });
    const job = (await api('POST', at('kept', 'remove-folder'), { folder: 'back/' })).body;
    const over = (id: string) => expect.poll(async () => (await api('GET', `/jobs/${id}`)).body.state, { timeout: 30_000 });
    await over(job.id).toBe('done');
    const deleted = (await api('GET', at('kept', 'deleted?prefix=back/'))).body.objects;
    expect(deleted.map(({ path }: { path: string }) => path)).toEqual(['back/a', 'back/deep/b', 'back/early']);
    const restore = await api('POST', at('kept', 'restore-folder'), { folder: 'back/', since: job.createdAt });
    await over(restore.body.id).toBe('done');
    expect(await read('kept', 'back/deep/b')).toBe('back/deep/b');
    expect((await api('GET', at('kept', 'deleted?prefix=back/'))).body.objects).toMatchObject([{ path: 'back/early' }]);
    expect(await api('POST', at('plain', 'restore-folder'), { folder: 'back/' })).toMatchObject({ status: 409 });
  });

  it('is narrowed to names that start with a text', async () => {
    for (const path of ['find/alpha', 'find/alpine/x', 'find/beta']) await put('plain', path, path);
    const { body } = await api('GET', at('plain', '').replace(/\/$/, '?prefix=find/&startsWith=alp'));
    expect([body.folders, body.objects.map(({ path }: { path: string }) => path)]).toEqual([['find/alpine/'], ['find/alpha']]);
  });

  it('object moves into another bucket', async () => {
    await put('plain', 'goes', 'x');
    expect((await api('POST', at('plain', 'move'), { from: 'goes', to: 'went', toBucket: 'kept' })).status).toBe(200);
    expect(await read('kept', 'went')).toBe('x');
    expect((await files.from('plain').download('goes')).error).not.toBeNull();
  });
});
