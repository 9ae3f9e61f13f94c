import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Client } from 'pg';
import { signToken, startTestServer, type TestServer } from '../testing/server.ts';

const ALICE = '11111111-1111-4111-8111-111111111111';
const KEYS = ['Beta.txt', 'alpha.txt', 'dir/one.txt', 'dir/sub/two.txt', 'dir.txt', 'dir2/x', 'ünïcode/é'];

let server: TestServer;
let sql: Client;

beforeAll(async () => {
  server = await startTestServer();
  await server.client().createBucket('box');
  for (const key of KEYS) await server.client().from('box').upload(key, `bytes of ${key}`);
  sql = new Client({ connectionString: server.postgres.url });
  await sql.connect();
});
afterAll(async () => {
  await sql.end();
  await server.stop();
});

const rows = async (text: string, values?: unknown[]) => (await sql.query(text, values)).rows;
const names = async (text: string, values?: unknown[]) => (await rows(text, values)).map(({ name }) => name);
const sorted = (list: readonly string[]) => list.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

const attemptInsert = async (bucket: string) => {
  await sql.query('begin; set local role authenticated');
  const failure = await sql.query(`select storage.can_insert_object($1, 'probe', null, '{}')`, [bucket]).catch((error: unknown) => error);
  await sql.query('rollback');
  return failure;
};

describe('storage.search', () => {
  test('shows what lies directly in a folder, with names relative to it', async () => {
    expect(await names(`select * from storage.search('', 'box')`)).toEqual(['Beta.txt', 'alpha.txt', 'dir.txt', 'dir', 'dir2', 'ünïcode']);
    expect(await names(`select * from storage.search('dir/', 'box', 100, 2)`)).toEqual(['one.txt', 'sub']);
    expect(await rows(`select name, id from storage.search('dir/', 'box', 100, 2) where name = 'sub'`)).toEqual([
      { name: 'sub', id: null },
    ]);
  });

  test.each(['name', 'created_at', 'updated_at', 'last_accessed_at'])(
    'agrees with the REST list by %s, page by page and both ways',
    async (column) => {
      for (const order of ['asc', 'desc'] as const) {
        const { data } = await server.client().from('box').list('', { sortBy: { column, order } });
        const page = (offset: number) => names(`select name from storage.search('', 'box', 2, 1, $1, '', $2, $3)`, [offset, column, order]);
        const pages = [await page(0), await page(2), await page(4)];
        expect(pages.flat()).toEqual(data?.map(({ name }) => name));
      }
    },
  );

  test('filters by the beginning of names, whatever the case', async () => {
    expect(await names(`select * from storage.search('', 'box', 100, 1, 0, 'BE')`)).toEqual(['Beta.txt']);
    expect(await names(`select * from storage.search('dir/o', 'box', 100, 2)`)).toEqual(['one.txt']);
    expect(await names(`select * from storage.search('dir/', 'box', 100, 2, 0, 'S', 'created_at')`)).toEqual(['sub']);
  });

  test('takes no SQL in its sort options', async () => {
    expect(await names(`select name from storage.search('dir/', 'box', 100, 2, 0, '', 'name; drop table x', 'asc; select 1')`)).toEqual([
      'one.txt',
      'sub',
    ]);
  });
});

describe('storage.search_v2 and list_objects_with_delimiter', () => {
  test('show full names, and continue after one', async () => {
    expect(await rows(`select key, name from storage.search_v2('dir/', 'box', 100, 2)`)).toEqual([
      { key: 'one.txt', name: 'dir/one.txt' },
      { key: 'sub', name: 'dir/sub' },
    ]);
    expect(await names(`select name from storage.search_v2('', 'box', 2, 1, 'Beta.txt')`)).toEqual(['alpha.txt', 'dir']);
    expect(await names(`select name from storage.search_v2('', 'box', 2, 1, 'dir', 'desc')`)).toEqual(['alpha.txt', 'Beta.txt']);
  });

  test('by time, continue after a time and a name', async () => {
    const all = await rows(`select name, created_at from storage.search_v2('', 'box', 100, 1, '', 'asc', 'created_at')`);
    const [first] = await rows(`select name, created_at::text as at from storage.search_v2('', 'box', 1, 1, '', 'asc', 'created_at')`);
    const rest = await names(
      `select name from storage.search_v2('', 'box', 100, 1, $1, 'asc', 'created_at', date_trunc('milliseconds', $2::timestamptz)::text)`,
      [first.name, first.at],
    );
    expect([first.name, ...rest]).toEqual(all.map(({ name }) => name));
  });

  test('take any delimiter, and none', async () => {
    expect(await names(`select name from storage.list_objects_with_delimiter('box', 'dir', '.')`)).toEqual([
      'dir',
      'dir/one',
      'dir/sub/two',
      'dir2/x',
    ]);
    expect(await names(`select name from storage.list_objects_with_delimiter('box', '', '')`)).toEqual(sorted(KEYS));
    expect(await names(`select name from storage.list_objects_with_delimiter('box', '', '/', 2, '', 'dir.txt')`)).toEqual([
      'dir2',
      'ünïcode',
    ]);
  });

  test('find common prefixes', async () => {
    const prefixes = `select storage.get_common_prefix('a/b/c', 'a/', '/') as inside, storage.get_common_prefix('a', '', '/') as none,
      storage.get_common_prefix('b/c', 'a/', '/') as other, storage.get_common_prefix('a/b', '', '') as without`;
    expect(await rows(prefixes)).toEqual([{ inside: 'a/b/', none: null, other: null, without: null }]);
  });
});

describe('row-level security', () => {
  test('holds inside the functions', async () => {
    await server.sql(`create policy p on storage.objects for select to authenticated using (name like 'dir/%')`);
    await sql.query('begin; set local role authenticated');
    expect(await names(`select name from storage.search('', 'box')`)).toEqual(['dir']);
    expect(await names(`select name from storage.search('', 'box', 100, 1, 0, '', 'created_at')`)).toEqual(['dir']);
    expect(await names(`select name from storage.search_v2('', 'box')`)).toEqual(['dir']);
    expect(await rows('select size::int from storage.get_size_by_bucket()')).toEqual([
      { size: 'bytes of dir/one.txtbytes of dir/sub/two.txt'.length },
    ]);
    await sql.query('rollback');
    await server.sql('drop policy p on storage.objects');
  });

  test('can_insert_object tells whether a row could be inserted, and inserts none', async () => {
    await server.sql(`create policy p on storage.objects for insert to authenticated with check (bucket_id = 'box')`);
    expect(await attemptInsert('box')).toMatchObject({ code: 'PT200' });
    expect(await attemptInsert('other')).toMatchObject({ code: '42501' });
    expect(await rows(`select from storage.objects where name = 'probe'`)).toEqual([]);
    await server.sql('drop policy p on storage.objects');
  });

  test('can be bound to operations, with and without the prefix', async () => {
    const alice = server.client(signToken({ role: 'authenticated', sub: ALICE })).from('box');
    for (const condition of [
      `storage.allow_only_operation('object.list')`,
      `storage.allow_any_operation(array['storage.object.list', 'object.copy'])`,
    ]) {
      await server.sql(`create policy p on storage.objects for select to authenticated using (${condition})`);
      expect((await alice.list('dir')).data).toHaveLength(2);
      expect((await alice.download('dir/one.txt')).error).not.toBeNull();
      await server.sql('drop policy p on storage.objects');
    }
    expect(await rows(`select storage.allow_only_operation('') as empty, storage.allow_only_operation(null) as nothing`)).toEqual([
      { empty: false, nothing: false },
    ]);
  });
});

test('a row deleted by SQL takes its bytes along, with or without the setting that the original asks for', async () => {
  for (const setting of ['', `set local storage.allow_delete_query = 'true';`]) {
    await server.client().from('box').upload('deleted-by-sql', 'x', { upsert: true });
    const [row] = await rows(`select version from storage.objects where name = 'deleted-by-sql'`);
    await sql.query(`begin; ${setting} delete from storage.objects where name = 'deleted-by-sql'; commit`);
    expect(await rows('select version from storage.retired_blobs where version = $1', [row.version])).toHaveLength(1);
  }
});
