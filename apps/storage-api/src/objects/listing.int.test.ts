import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../testing/server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  await server.client().createBucket('list');
});
afterAll(() => server.stop());

/** Rows without bytes are enough to list. */
async function fill(keys: readonly string[]): Promise<void> {
  await server.sql('delete from storage.objects');
  await server.sql(
    `insert into storage.objects (bucket_id, name, created_at, updated_at, metadata)
     select 'list', key, timestamptz '2020-01-01' + position * interval '1 second', timestamptz '2021-01-01' - position * interval '1 second', '{}'
     from unnest($1::text[]) with ordinality as k(key, position)`,
    [keys],
  );
}

async function namesBy(column: string, order: string): Promise<string[] | undefined> {
  const { data } = await server.client().from('list').list('', { sortBy: { column, order } });
  return data?.map(({ name }) => name);
}

const compareBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** What a listing should show, computed the slow way. */
function expectedEntries(keys: readonly string[], prefix: string, withDelimiter: boolean): string[] {
  const inside = keys.filter((key) => key.startsWith(prefix));
  const entries = inside.map((key) => {
    const slash = withDelimiter ? key.indexOf('/', prefix.length) : -1;
    return slash === -1 ? key : key.slice(0, slash + 1);
  });
  return [...new Set(entries)].toSorted(compareBytes);
}

async function listAllV2(options: Record<string, unknown>): Promise<string[]> {
  const entries: string[] = [];
  let cursor: string | undefined;
  do {
    const { data, error } = await server
      .client()
      .from('list')
      .listV2({ ...options, ...(cursor === undefined ? {} : { cursor }) });
    if (error !== null) throw error;
    const page = [...data.folders, ...data.objects].map(({ name }) => name);
    const order = options['sortBy'] === undefined ? compareBytes : () => 0;
    entries.push(...page.toSorted(order));
    cursor = data.hasNext ? data.nextCursor : undefined;
  } while (cursor !== undefined);
  return entries;
}

const key = fc
  .array(fc.string({ unit: fc.constantFrom('a', 'b', 'B', '.', '0', '!', '-', 'é', '😀', '~'), minLength: 1, maxLength: 3 }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((parts) => parts.join('/'))
  .filter((text) => !/(^|\/)\.{1,2}(\/|$)/.test(text));
const keys = fc.uniqueArray(key, { minLength: 0, maxLength: 40 });

describe('listing against a model', () => {
  test('v2 pages through every key and folder once, in byte order', async () => {
    await fc.assert(
      fc.asyncProperty(
        keys,
        fc.boolean(),
        fc.integer({ min: 1, max: 7 }),
        fc.constantFrom('', 'a', 'a/', 'b/a', 'é'),
        async (all, withDelimiter, limit, prefix) => {
          await fill(all);
          const found = await listAllV2({ with_delimiter: withDelimiter, limit, prefix });
          expect(found).toEqual(expectedEntries(all, prefix, withDelimiter));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('v1 pages by offset, forwards and backwards, show a folder', async () => {
    await fc.assert(
      fc.asyncProperty(
        keys,
        fc.integer({ min: 1, max: 7 }),
        fc.constantFrom('', 'a', 'b/a'),
        fc.boolean(),
        async (all, limit, folder, descending) => {
          await fill(all);
          const prefix = folder === '' ? '' : `${folder}/`;
          const names: string[] = [];
          for (let offset = 0; ; offset += limit) {
            const { data } = await server
              .client()
              .from('list')
              .list(folder, { limit, offset, sortBy: { column: 'name', order: descending ? 'desc' : 'asc' } });
            if (data === null || data.length === 0) break;
            names.push(...data.map(({ name, id }) => (id === null ? `${name}/` : name)));
          }
          const expected = expectedEntries(all, prefix, true).map((entry) => entry.slice(prefix.length));
          expect(names).toEqual(descending ? expected.toReversed() : expected);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('listing', () => {
  beforeEach(() => fill(['one', 'dir/x', 'Two', 'dir/sub/y', 'three', 'tWo-2']));

  test('v1 filters by the beginning of the name, whatever the case', async () => {
    const { data } = await server.client().from('list').list('', { search: 'tw' });
    expect(data?.map(({ name }) => name)).toEqual(['Two', 'tWo-2']);
  });

  test('v1 by time puts folders first', async () => {
    expect(await namesBy('created_at', 'asc')).toEqual(['dir', 'one', 'Two', 'three', 'tWo-2']);
    expect(await namesBy('updated_at', 'asc')).toEqual(['dir', 'tWo-2', 'three', 'Two', 'one']);
    expect(await namesBy('created_at', 'desc')).toEqual(['dir', 'tWo-2', 'three', 'Two', 'one']);
  });

  test.each([
    ['created_at', 'asc', ['one', 'dir/', 'Two', 'three', 'tWo-2']],
    ['created_at', 'desc', ['tWo-2', 'three', 'Two', 'dir/', 'one']],
  ] as const)('v2 by %s %s pages with folders among the objects', async (column, order, expected) => {
    expect(await listAllV2({ with_delimiter: true, limit: 1, sortBy: { column, order } })).toEqual(expected);
  });

  test('v2 by name descending', async () => {
    const found = await listAllV2({ limit: 1, with_delimiter: true, sortBy: { column: 'name', order: 'desc' } });
    expect(found).toEqual(['three', 'tWo-2', 'one', 'dir/', 'Two']);
  });

  test('v2 names the last segment only with a delimiter', async () => {
    const deep = await server.client().from('list').listV2({ prefix: 'dir/', with_delimiter: true });
    expect(deep.data).toMatchObject({
      hasNext: false,
      folders: [{ key: 'sub', name: 'dir/sub/' }],
      objects: [{ key: 'x', name: 'dir/x' }],
    });
    const flat = await server.client().from('list').listV2({ prefix: 'dir/x' });
    expect(flat.data?.objects[0]).not.toHaveProperty('key');
  });

  test('of a bucket that does not exist is empty', async () => {
    expect((await server.client().from('none').list()).data).toEqual([]);
    expect((await server.client().from('none').listV2()).data).toEqual({ hasNext: false, folders: [], objects: [] });
  });

  test.each([
    '!!!',
    'bDp0d28=\0',
    Buffer.from('a:drop').toString('base64'),
    Buffer.from('l:one\nc:created_at\na:x').toString('base64'),
    btoa('l:one\nc:created_at\na:2020-01-01 00:00:00.5+00'),
  ])('takes any cursor without failing: %j', async (cursor) => {
    expect((await server.client().from('list').listV2({ cursor })).error).toBeNull();
  });
});
