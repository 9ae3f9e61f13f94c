import { once } from 'node:events';
import { StorageClient } from '@supabase/storage-js';
import { bucketsCreate, bucketsDelete, bucketsGet, bucketsList } from '@supastor/contract/operations/buckets';
import { objectsList, objectsRemove } from '@supastor/contract/operations/objects';
import { createRemoteClient, type OperationClient } from '@supastor/core/operations/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type AdminHarness, startAdminHarness } from '../testing/admin-harness.ts';
import { FOREIGN_STORAGE_URL } from '../testing/foreign-storage.ts';
import { startStorageProcess, type StorageProcess } from '../testing/storage-process.ts';

let storage: StorageProcess;
let admin: AdminHarness;
let token: string;
let files: StorageClient;
let client: OperationClient;

beforeAll(async () => {
  storage = await startStorageProcess();
  admin = await startAdminHarness(storage.forAdmin);
  token = await admin.login();
  files = new StorageClient(storage.forAdmin.storageUrl, { authorization: `Bearer ${storage.serviceRoleKey}` });
  client = createRemoteClient(({ method, path, body }) => admin.call(method, path, { token, ...(body && { body }) }));
});
afterAll(async () => {
  await admin?.stop();
  await storage?.stop();
});

const api = (method: string, path: string, body?: unknown) =>
  admin.call(method, `/api/v1${path}`, { token, ...(body !== undefined && { body }) });
const signUpload = async (path: string, overwrite: boolean) =>
  (await api('POST', '/buckets/tree/objects/sign-upload', { paths: [path], overwrite })).body.uploads[0];
const put = (url: string, text: string) => fetch(url, { method: 'PUT', body: text, headers: { 'content-type': 'text/plain' } });
const upload = (bucket: string, path: string, text = path) => files.from(bucket).upload(path, text, { contentType: 'text/plain' });

describe('buckets', () => {
  it('are created, read, listed, changed and deleted', async () => {
    const created = await api('POST', '/buckets', { name: 'life', public: true, file_size_limit: 1000, allowed_mime_types: ['image/*'] });
    expect(created).toMatchObject({
      status: 200,
      body: { id: 'life', name: 'life', public: true, file_size_limit: 1000, allowed_mime_types: ['image/*'] },
    });
    expect((await api('GET', '/buckets?search=lif')).body.buckets).toEqual([created.body]);
    expect(await api('PATCH', '/buckets/life', { public: false })).toMatchObject({
      status: 200,
      body: { public: false, file_size_limit: 1000 },
    });
    expect(await api('PATCH', '/buckets/life', { file_size_limit: null, allowed_mime_types: null })).toMatchObject({
      status: 200,
      body: { public: false, file_size_limit: null, allowed_mime_types: null },
    });
    expect(await api('DELETE', '/buckets/life')).toMatchObject({ status: 200, body: {} });
    expect(await api('GET', '/buckets/life')).toMatchObject({ status: 404, body: { code: 'SJ_NOT_FOUND' } });
    // What is gone can be made again as it was.
    const [entry] = (await api('GET', '/audit?operation=buckets.delete')).body.entries;
    expect(entry).toMatchObject({ before: { id: 'life', public: false, file_size_limit: null }, after: null });
  });

  it('conflict when the name is taken, and when they are deleted with objects inside', async () => {
    await api('POST', '/buckets', { name: 'taken' });
    expect(await api('POST', '/buckets', { name: 'taken' })).toMatchObject({ status: 409, body: { code: 'SJ_CONFLICT' } });
    await upload('taken', 'a.txt');
    expect(await api('DELETE', '/buckets/taken')).toMatchObject({ status: 409, body: { code: 'SJ_CONFLICT' } });
    expect((await api('POST', '/buckets/taken/empty')).status).toBe(200);
    await expect.poll(async () => (await api('GET', '/buckets/taken/objects')).body.objects).toEqual([]);
    expect((await api('DELETE', '/buckets/taken')).status).toBe(200);
  });

  it.each([
    ['GET', '/buckets/missing', undefined],
    ['PATCH', '/buckets/missing', { public: true }],
    ['DELETE', '/buckets/missing', undefined],
    ['POST', '/buckets/missing/empty', {}],
    ['GET', '/buckets/missing/objects', undefined],
    ['POST', '/buckets/missing/objects/remove', { paths: ['a'] }],
    ['POST', '/buckets/missing/objects/move', { from: 'a', to: 'b' }],
  ])('answer 404 to %s %s', async (method, path, body) => {
    expect(await api(method, path, body)).toMatchObject({ status: 404, body: { code: 'SJ_NOT_FOUND' } });
  });
});

describe('objects', () => {
  beforeAll(async () => {
    await api('POST', '/buckets', { name: 'tree' });
    for (const path of ['a.txt', 'b b&ü.txt', 'docs/1.txt', 'docs/deep/2.txt', 'docs2/3.txt']) await upload('tree', path);
  });

  it('are listed one level at a time with full paths', async () => {
    const root = await api('GET', '/buckets/tree/objects');
    expect(root.body.folders).toEqual(['docs/', 'docs2/']);
    expect(root.body.objects.map(({ path }: { path: string }) => path)).toEqual(['a.txt', 'b b&ü.txt']);
    expect(root.body.objects[0]).toMatchObject({ sizeBytes: 5, mimeType: 'text/plain', etag: expect.any(String), id: expect.any(String) });
    const inside = await api('GET', '/buckets/tree/objects?prefix=docs/');
    expect(inside.body).toMatchObject({ folders: ['docs/deep/'], objects: [{ path: 'docs/1.txt' }], nextCursor: null });
  });

  it('are paged without a gap or a repetition', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page: { body: { folders: string[]; objects: { path: string }[]; nextCursor: string | null } } = await api(
        'GET',
        `/buckets/tree/objects?limit=1${query}`,
      );
      seen.push(...page.body.folders, ...page.body.objects.map(({ path }) => path));
      cursor = page.body.nextCursor;
    } while (cursor !== null);
    expect(seen.toSorted()).toEqual(['a.txt', 'b b&ü.txt', 'docs/', 'docs2/']);
  });

  it('get links that anyone can open, and an error for those that are not there', async () => {
    const { body } = await api('POST', '/buckets/tree/objects/sign', { paths: ['b b&ü.txt', 'missing.txt'], expiresInSeconds: 60 });
    expect(body.links).toMatchObject([
      { path: 'b b&ü.txt', error: null },
      { path: 'missing.txt', url: null, error: expect.any(String) },
    ]);
    expect(await (await fetch(body.links[0].url)).text()).toBe('b b&ü.txt');
  });

  it('can be uploaded by a plain PUT to a signed URL, and not overwritten unless asked for', async () => {
    expect((await put((await signUpload('new/ü.txt', false)).url, 'one')).status).toBe(200);
    expect(await signUpload('new/ü.txt', false)).toMatchObject({ url: null, error: expect.any(String) });
    expect((await put((await signUpload('new/ü.txt', true)).url, 'two')).status).toBe(200);
    expect(await (await files.from('tree').download('new/ü.txt')).data?.text()).toBe('two');
  });

  it('can be uploaded by storage-js with the token of such a URL', async () => {
    const { url } = (await api('POST', '/buckets/tree/objects/sign-upload', { paths: ['js.txt'] })).body.uploads[0];
    const { error } = await files.from('tree').uploadToSignedUrl('js.txt', new URL(url).searchParams.get('token') ?? '', new Blob(['js']));
    expect(error).toBeNull();
    expect(await (await files.from('tree').download('js.txt')).data?.text()).toBe('js');
  });

  it('are moved, but not over another one', async () => {
    await upload('tree', 'from.txt');
    expect((await api('POST', '/buckets/tree/objects/move', { from: 'from.txt', to: 'moved/to.txt' })).status).toBe(200);
    expect(await (await files.from('tree').download('moved/to.txt')).data?.text()).toBe('from.txt');
    expect(await api('POST', '/buckets/tree/objects/move', { from: 'moved/to.txt', to: 'a.txt' })).toMatchObject({ status: 409 });
    expect(await api('POST', '/buckets/tree/objects/move', { from: 'gone.txt', to: 'x.txt' })).toMatchObject({ status: 404 });
  });

  it('are removed by path and by prefix, and nothing beside the prefix', async () => {
    await api('POST', '/buckets', { name: 'clear' });
    for (const path of ['x/1', 'x/y/2', 'xy', 'z', 'keep']) await upload('clear', path);
    expect((await api('POST', '/buckets/clear/objects/remove', { paths: ['z', 'gone'], prefixes: ['x/'] })).body).toEqual({ removed: 3 });
    expect((await api('GET', '/buckets/clear/objects')).body).toMatchObject({ folders: [], objects: [{ path: 'keep' }, { path: 'xy' }] });
  });
});

describe('the live channel', () => {
  it('tells of an upload that went to storage directly, and of a bucket made by an operation', async () => {
    const socket = new WebSocket(`${admin.url.replace('http', 'ws')}/api/v1/events`, { headers: { authorization: `Bearer ${token}` } });
    const changes: string[] = [];
    socket.on('message', (data) => {
      const message = JSON.parse(Buffer.isBuffer(data) ? data.toString() : '{}');
      if (message.type === 'event') changes.push(`${message.topic} ${message.payload.bucket}`);
    });
    await once(socket, 'message');
    socket.send(JSON.stringify({ type: 'subscribe', topics: ['buckets', 'objects:watched'] }));
    await api('POST', '/buckets', { name: 'watched' });
    await expect.poll(() => changes, { timeout: 10_000 }).toContain('buckets.created watched');
    await files.from('watched').upload('direct.txt', 'x', { upsert: true });
    await expect.poll(() => changes, { timeout: 20_000 }).toContain('objects.changed watched');
    socket.terminate();
  });
});

describe('a remote operation client', () => {
  it('runs operations with typed answers and the errors of the server', async () => {
    expect((await client.run(bucketsCreate, { name: 'remote' })).name).toBe('remote');
    expect((await client.run(bucketsList, { search: 'remote', limit: 5 })).buckets).toHaveLength(1);
    await upload('remote', 'f/1');
    expect((await client.run(objectsList, { bucket: 'remote', prefix: 'f/' })).objects[0]?.path).toBe('f/1');
    expect(await client.run(objectsRemove, { bucket: 'remote', prefixes: ['f/'] })).toEqual({ removed: 1 });
    await client.run(bucketsDelete, { bucket: 'remote' });
    await expect(client.run(bucketsGet, { bucket: 'remote' })).rejects.toMatchObject({ code: 'SJ_NOT_FOUND' });
  });
});

describe.skipIf(FOREIGN_STORAGE_URL !== undefined)('a wrong service key and a dead server', () => {
  it('are told apart', async () => {
    const url = `${storage.url}/storage/v1`;
    const wrong = await startAdminHarness({ storageUrl: url, serviceRoleKey: 'wrong' });
    try {
      const { status, body } = await wrong.call('GET', '/api/v1/buckets', { token: await wrong.login() });
      expect(status).toBe(502);
      expect(body.hint).toContain('SERVICE_ROLE_KEY');
    } finally {
      await wrong.stop();
    }
    expect((await admin.call('GET', '/health/ready')).body.dependencies).toMatchObject({
      storage: { state: 'up' },
      postgres: { state: 'up' },
    });
    await storage.kill();
    expect(await api('GET', '/buckets')).toMatchObject({ status: 502, body: { code: 'SJ_UPSTREAM_FAILED' } });
  });
});
