import type { SearchV2Options } from '@supabase/storage-js';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { isValidKey } from '../../objects/key.ts';
import { startTestServer, type TestServer } from '../../testing/server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  await server.client().createBucket('keys');
});
afterAll(() => server.stop());

const address = (key: string) => `/object/keys/${key.split('/').map(encodeURIComponent).join('/')}`;

/** Keys of all kinds: any Unicode, escapes that must not be decoded twice, dots, slashes, quotes, up to the limit in bytes. */
const segment = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
  fc.string({
    unit: fc.constantFrom('%', '2', 'e', 'f', '.', '+', ' ', '?', '#', '\\', "'", '"', '&', '=', ';', '*'),
    minLength: 1,
    maxLength: 12,
  }),
  fc.constantFrom('%2e%2e', '%25', '...', '~', 'x'.repeat(255), '日本'.repeat(60), "'; drop table storage.objects; --"),
);
/** With empty segments at the ends and in between, which make a key of its own each. */
const anyKey = fc
  .array(fc.oneof({ weight: 4, arbitrary: segment }, fc.constant('')), { minLength: 1, maxLength: 5 })
  .map((segments) => segments.join('/'))
  .filter(isValidKey);

test('any valid key is stored, listed, read, and removed under exactly its name', async () => {
  await fc.assert(
    fc.asyncProperty(anyKey, async (key) => {
      const upload = await server.fetch(address(key), { method: 'PUT', body: key });
      expect([upload.status, await upload.json()]).toEqual([200, { Id: expect.any(String), Key: `keys/${key}` }]);
      expect(await server.sql('select name from storage.objects')).toEqual([{ name: key }]);
      expect(await (await server.fetch(address(key))).text()).toBe(key);
      const listed = await server.client().from('keys').listV2({ prefix: key });
      expect(listed.data?.objects.map(({ name }) => name)).toEqual([key]);
      const removed = await server.client().from('keys').remove([key]);
      expect(removed.data?.map(({ name }) => name)).toEqual([key]);
    }),
    { numRuns: 120 },
  );
});

const KEYS = ['/', '//', '//a', '/a', 'a', 'a/', 'a//', 'a//b', 'a/b', 'a///b'] as const;
const box = () => server.client().from('slashes');
const read = async (key: string) => (await server.fetch(address(key).replace('/keys/', '/slashes/'))).text();
const post = (path: string, body: object) =>
  server.fetch(path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
const put = (key: string) => server.fetch(address(key).replace('/keys/', '/slashes/'), { method: 'PUT', body: `<${key}>` });

/** Every key that a walk through the folders finds, a page of one entry at a time. */
const walk = async (prefix: string, sortBy?: SearchV2Options['sortBy']): Promise<string[]> => {
  const found: string[] = [];
  for (let cursor: string | undefined; ;) {
    const { data, error } = await box().listV2({
      prefix,
      with_delimiter: true,
      limit: 1,
      ...(cursor === undefined ? {} : { cursor }),
      ...(sortBy === undefined ? {} : { sortBy }),
    });
    if (data === null) throw error;
    found.push(...data.objects.map(({ name }) => name));
    for (const folder of data.folders) found.push(...(await walk(folder.name, sortBy)));
    if (!data.hasNext) return found;
    cursor = data.nextCursor;
  }
};

describe('slashes at the ends and several in a row', () => {
  beforeAll(async () => {
    await server.client().createBucket('slashes');
    for (const key of KEYS) expect((await put(key)).status, key).toBe(200);
  });

  test('make objects of their own', async () => {
    for (const key of KEYS) expect(await read(key)).toBe(`<${key}>`);
    const names = await server.sql(`select name from storage.objects where bucket_id = 'slashes' order by name collate "C"`);
    expect(names.map(({ name }) => name)).toEqual([...KEYS].toSorted());
  });

  test.each<SearchV2Options['sortBy']>([
    undefined,
    { column: 'name', order: 'desc' },
    { column: 'created_at', order: 'asc' },
    { column: 'created_at', order: 'desc' },
  ])('are all found by a walk with list v2, sorted by %j', async (sortBy) => {
    expect((await walk('', sortBy)).toSorted()).toEqual([...KEYS].toSorted());
  });

  test('are all found by a walk with list v1, where a folder without a name has an empty one', async () => {
    const walkFolders = async (prefix: string): Promise<string[]> => {
      const response = await post('/object/list/slashes', { prefix, limit: 100 });
      const entries = z.array(z.object({ name: z.string(), id: z.string().nullable() })).parse(await response.json());
      const inner = entries.filter(({ id }) => id === null).map(({ name }) => walkFolders(`${prefix}${name}/`));
      return [...entries.filter(({ id }) => id !== null).map(({ name }) => prefix + name), ...(await Promise.all(inner)).flat()];
    };
    expect((await walkFolders('')).toSorted()).toEqual([...KEYS].toSorted());
  });

  test('are kept by links, copies, moves and deletions', async () => {
    for (const key of ['/a', 'a//b', 'a/']) {
      const signed = await post(`/object/sign/slashes/${key}`, { expiresIn: 60 });
      const { signedURL } = z.object({ signedURL: z.string() }).parse(await signed.json());
      expect(await (await server.fetch(signedURL, { token: '' })).text()).toBe(`<${key}>`);
    }
    expect((await post('/object/copy', { bucketId: 'slashes', sourceKey: 'a//b', destinationKey: 'copy//b/' })).status).toBe(200);
    expect(await read('copy//b/')).toBe('<a//b>');
    expect((await post('/object/move', { bucketId: 'slashes', sourceKey: 'copy//b/', destinationKey: '/moved//' })).status).toBe(200);
    expect(await read('/moved//')).toBe('<a//b>');
    const link = z.object({ url: z.string() }).parse(await (await post('/object/upload/sign/slashes/up//load', {})).json());
    expect((await server.fetch(link.url, { method: 'PUT', body: 'signed', token: '' })).status).toBe(200);
    expect(await read('up//load')).toBe('signed');
    const removed = await box().remove(['/moved//', 'up//load', 'up/load']);
    expect(removed.data?.map(({ name }) => name).toSorted()).toEqual(['/moved//', 'up//load']);
  });

  test('are kept by resumable uploads', async () => {
    const metadata = { bucketName: 'slashes', objectName: '/tus//x/' };
    const encoded = Object.entries(metadata).map(([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`);
    const response = await server.fetch('/upload/resumable', {
      method: 'POST',
      body: 'resumed',
      headers: {
        'tus-resumable': '1.0.0',
        'upload-length': '7',
        'upload-metadata': encoded.join(','),
        'content-type': 'application/offset+octet-stream',
      },
    });
    expect(response.status).toBe(201);
    expect(await read('/tus//x/')).toBe('resumed');
    await box().remove(['/tus//x/']);
  });

  test('and the segments "." and ".." are refused beside them', async () => {
    for (const destinationKey of ['a//../b', './a', 'a//.', '..', '/..']) {
      const copied = await post('/object/copy', { bucketId: 'slashes', sourceKey: 'a', destinationKey });
      expect(await copied.json()).toMatchObject({ code: 'InvalidKey' });
    }
    expect(await server.sql(`select name from storage.objects where bucket_id = 'slashes' and name ~ '(^|/)[.]+(/|$)'`)).toEqual([]);
  });
});

test.each([
  ['1,024 bytes', 'k'.repeat(1024), 200],
  ['1,024 bytes of three each but one', `${'日'.repeat(341)}x`, 200],
  ['1,025 bytes', 'k'.repeat(1025), 400],
])('a key of %s', async (_label, key, status) => {
  const response = await server.fetch(address(key), { method: 'PUT', body: 'x' });
  expect(response.status).toBe(status);
});
