import { StorageClient } from '@supabase/storage-js';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdminHarness, startAdminHarness } from '../testing/admin-harness.ts';
import { type MetaProcess, startMetaProcess } from '../testing/meta-process.ts';
import { startStorageProcess, type StorageProcess } from '../testing/storage-process.ts';

let storage: StorageProcess;
let meta: MetaProcess;
let admin: AdminHarness;
let token: string;

const FILES: readonly (readonly [bucket: string, path: string, sizeBytes: number, type: string])[] = [
  ['photos', 'cats/tom.png', 300, 'image/png'],
  ['photos', 'cats/kit_ten.jpg', 200, 'image/jpeg'],
  ['photos', 'dogs/rex.png', 100, 'image/png'],
  ['photos', 'readme.txt', 10, 'text/plain;charset=utf-8'],
  ['docs', 'Cats.pdf', 400, 'application/pdf'],
  ['docs', 'a/b/c/deep.txt', 20, 'text/plain'],
];

const api = (path: string) => admin.call('GET', `/api/v1${path}`, { token });
const search = async (query: string) => {
  const { status, body } = await api(`/objects/search?${query}`);
  expect(status, body.detail).toBe(200);
  return body.objects.map(({ bucket, path }: Record<string, string>) => `${bucket}/${path}`);
};
const usage = async (query: string) => (await api(`/usage?${query}`)).body;

const keys = async (query: string) => (await usage(query)).groups.map(({ key }: { key: string }) => key);
const groups = async (by: string) =>
  Object.fromEntries((await usage(`by=${by}`)).groups.map(({ key, objects }: { key: string; objects: number }) => [key, objects]));

beforeAll(async () => {
  storage = await startStorageProcess();
  meta = await startMetaProcess(storage.databaseUrl);
  const { serviceRoleKey, databaseUrl, forAdmin } = storage;
  admin = await startAdminHarness({ ...forAdmin, metaUrl: meta.url });
  token = await admin.login();
  const files = new StorageClient(forAdmin.storageUrl, { authorization: `Bearer ${serviceRoleKey}` });
  for (const bucket of ['photos', 'docs']) await files.createBucket(bucket);
  for (const [bucket, path, sizeBytes, contentType] of FILES) {
    const metadata = path.includes('tom') ? { mood: 'sleepy' } : {};
    expect((await files.from(bucket).upload(path, Buffer.alloc(sizeBytes, 1), { contentType, metadata })).error).toBeNull();
  }
  const database = new Client({ connectionString: databaseUrl });
  await database.connect();
  await database.query(`alter table storage.objects disable trigger user`);
  await database.query(`update storage.objects set updated_at = now() - interval '40 days', owner_id = 'alice' where name = 'readme.txt'`);
  await database.query(`alter table storage.objects enable trigger user`);
  await database.end();
});
afterAll(async () => {
  await admin?.stop();
  await meta?.stop();
  await storage?.stop();
});

describe('search', () => {
  it.each([
    ['text=CAT', ['docs/Cats.pdf', 'photos/cats/kit_ten.jpg', 'photos/cats/tom.png']],
    ['text=_', ['photos/cats/kit_ten.jpg']],
    ['glob=**/*.png', ['photos/cats/tom.png', 'photos/dogs/rex.png']],
    ['glob=*.*', ['docs/Cats.pdf', 'photos/readme.txt']],
    ['type=image/*&bucket=photos', ['photos/cats/kit_ten.jpg', 'photos/cats/tom.png', 'photos/dogs/rex.png']],
    ['type=image', ['photos/cats/kit_ten.jpg', 'photos/cats/tom.png', 'photos/dogs/rex.png']],
    ['type=text/plain', ['docs/a/b/c/deep.txt']],
    ['minBytes=200&maxBytes=300', ['photos/cats/kit_ten.jpg', 'photos/cats/tom.png']],
    ['bucket=photos&prefix=cats/', ['photos/cats/kit_ten.jpg', 'photos/cats/tom.png']],
    ['owner=alice', ['photos/readme.txt']],
    ['metadata=mood%3Dsleepy', ['photos/cats/tom.png']],
    ['sort=largest&limit=2', ['docs/Cats.pdf', 'photos/cats/tom.png']],
    ['sort=oldest&limit=1', ['photos/readme.txt']],
    ['text=nothing-like-it', []],
  ])('%s', async (query, found) => {
    expect(await search(query)).toEqual(found);
  });

  it('by date', async () => {
    const limit = new Date(Date.now() - 86_400_000 * 10).toISOString();
    expect(await search(`changedBefore=${limit}`)).toEqual(['photos/readme.txt']);
    expect(await search(`changedAfter=${limit}`)).toHaveLength(5);
  });

  it('goes on page by page', async () => {
    const found: string[] = [];
    let cursor = '';
    do {
      const { body } = await api(`/objects/search?limit=2${cursor && `&cursor=${cursor}`}`);
      found.push(...body.objects.map(({ path }: { path: string }) => path));
      cursor = body.nextCursor ?? '';
    } while (cursor !== '');
    expect(found).toEqual(
      FILES.map(([bucket, path]) => ({ bucket, path }))
        .toSorted(byAddress)
        .map(({ path }) => path),
    );
  });

  it.each(['prefix=a/', 'type=no%20type', 'metadata=x', 'cursor=x', 'minBytes=-1', 'changedAfter=yesterday'])(
    'refuses %s',
    async (query) => {
      expect(await api(`/objects/search?${query}`)).toMatchObject({ status: 400, body: { code: 'SJ_INPUT_INVALID' } });
    },
  );
});

function byAddress(a: { bucket: string; path: string }, b: { bucket: string; path: string }): number {
  return Buffer.compare(Buffer.from(`${a.bucket}/${a.path}`), Buffer.from(`${b.bucket}/${b.path}`));
}

describe('usage', () => {
  it('by bucket, with the total and what is left out', async () => {
    expect(await usage('by=bucket')).toMatchObject({
      total: { objects: 6, bytes: 1030 },
      groups: [
        { key: 'photos', objects: 4, bytes: 610 },
        { key: 'docs', objects: 2, bytes: 420 },
      ],
      rest: { objects: 0, bytes: 0 },
    });
    expect(await usage('by=bucket&limit=1')).toMatchObject({ groups: [{ key: 'photos' }], rest: { objects: 2, bytes: 420 } });
  });

  it('by folder, from the root and below a prefix', async () => {
    expect(await keys('by=folder&bucket=photos')).toEqual(['cats/', 'dogs/', 'readme.txt']);
    expect(await keys('by=folder&bucket=docs&prefix=a/b/')).toEqual(['c/']);
  });

  it('by type, owner and age', async () => {
    expect(await groups('type')).toEqual({ 'image/png': 2, 'image/jpeg': 1, 'text/plain': 2, 'application/pdf': 1 });
    expect(await groups('owner')).toEqual({ '': 5, alice: 1 });
    expect(await groups('age')).toEqual({ day: 5, year: 1 });
  });

  it('of nothing is nothing', async () => {
    expect(await usage('text=nothing-like-it')).toEqual({ total: { objects: 0, bytes: 0 }, groups: [], rest: { objects: 0, bytes: 0 } });
  });
});

describe('the database', () => {
  it('shows schemas, tables with columns, roles and grants', async () => {
    expect((await api('/database/schemas')).body.schemas).toContainEqual({ name: 'storage', owner: 'supabase_storage_admin' });
    const { tables } = (await api('/database/tables?schema=storage')).body;
    const objects = tables.find(({ name }: { name: string }) => name === 'objects');
    expect(objects).toMatchObject({ isSecured: true, primaryKey: ['id'] });
    expect(objects.columns).toContainEqual(expect.objectContaining({ name: 'bucket_id', type: 'text' }));
    expect((await api('/database/roles')).body.roles).toContainEqual(expect.objectContaining({ name: 'service_role', bypassesRls: true }));
    const { grants } = (await api('/database/grants?schema=storage')).body;
    expect(grants).toContainEqual({ table: 'objects', role: 'anon', privileges: expect.arrayContaining(['SELECT', 'INSERT']) });
    expect((await api('/database/tables?schema=nowhere')).body).toEqual({ tables: [] });
  });
});
