import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { StorageClient } from '@supabase/storage-js';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startStorageApi, type StorageApi } from '../../start.ts';
import { createTestPool } from '../../testing/pool.ts';
import { defaultOptions, SERVICE_TOKEN, signToken } from '../../testing/server.ts';
import { ALICE, UPSTREAM_ROLES, UPSTREAM_STAGES, UPSTREAM_VERSION, upstreamSchema } from '../../testing/upstream-schema.ts';
import { MIGRATIONS } from '../migrate.ts';

let postgres: TempPostgres;
let dir: TempDir;
let root: Pool;

beforeAll(async () => {
  postgres = await startTempPostgres();
  dir = await createTempDir('adopt');
  root = createTestPool(postgres.url, 1);
  await root.query(UPSTREAM_ROLES);
});
afterAll(async () => {
  await root.end();
  await postgres.stop();
  await dir.remove();
});

/** A database in the order of American English, as images of Supabase make it, with what the SQL puts into it. */
async function createDatabase(name: string, sql: string): Promise<{ pool: Pool; url: string }> {
  await root.query(`create database ${name} template template0 locale_provider icu icu_locale 'en-US'`);
  await root.query(`grant create on database ${name} to supabase_storage_admin`);
  const url = postgres.url.replace(/\/postgres$/, `/${name}`);
  const pool = createTestPool(url, 2);
  await pool.query(sql);
  return { pool, url: url.replace('postgres@', 'supabase_storage_admin@') };
}

const start = (url: string) => startStorageApi(defaultOptions(url, dir));
const client = (api: StorageApi, token: string) => new StorageClient(`${api.url}/storage/v1`, { authorization: `Bearer ${token}` });

describe.each(UPSTREAM_STAGES)('a schema of the stage "%s"', (stage) => {
  let pool: Pool;
  let url: string;
  let api: StorageApi;
  const before: Record<string, unknown[]> = {};
  const rows = async (text: string) => (await pool.query(text)).rows;
  const KEPT = {
    objects: `select id, bucket_id, name, owner, created_at, updated_at, last_accessed_at, metadata, path_tokens from storage.objects
      where metadata is not null order by bucket_id, name`,
    buckets: 'select id, name, owner, public, created_at, updated_at from storage.buckets order by id',
    policies: `select tablename, policyname, permissive, roles, cmd, qual, with_check from pg_policies
      where schemaname = 'storage' and tablename in ('objects', 'buckets') order by policyname`,
    migrations: 'select * from storage.migrations order by id',
    view: 'select * from public.my_files where metadata is not null order by name',
  };

  beforeAll(async () => {
    ({ pool, url } = await createDatabase(`stage_${stage}`, upstreamSchema(stage)));
    for (const [name, text] of Object.entries(KEPT)) before[name] = await rows(text);
    const both = await Promise.all([start(url), start(url)]);
    await both[1].stop();
    api = both[0];
  });
  afterAll(async () => {
    await api.stop();
    await pool.end();
  });

  test('keeps every row, policy and view', async () => {
    expect(before['objects']).toHaveLength(4);
    for (const [name, text] of Object.entries(KEPT)) expect(await rows(text), name).toEqual(before[name]);
    expect(await rows('select name from storage.supastor_migrations order by name')).toEqual(
      MIGRATIONS.map(({ name }) => ({ name })).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    );
  });

  test('knows the sizes, owners and versions of its objects', async () => {
    expect(await rows(`select distinct size_bytes, owner_id from storage.objects where bucket_id = 'avatars'`)).toEqual([
      { size_bytes: '3', owner_id: ALICE },
    ]);
    const [first] = await rows(`select version from storage.objects where name like '%Zebra.txt'`);
    if (stage === 'early') expect(first).toEqual({ version: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    else expect(first).toEqual({ version: UPSTREAM_VERSION });
    expect(await rows('select sum(size)::int as size from storage.get_size_by_bucket()')).toEqual([{ size: 12 }]);
    expect(await rows('select public.sizes()::int as size')).toEqual([{ size: 12 }]);
  });

  test('knows where the original has put their bytes', async () => {
    const places = await rows(`select path from storage.adopted_blobs where upstream_version is distinct from 'old' order by path`);
    const [first, second, third, fourth] = [1, 2, 3, 4].map((number) =>
      stage === 'early' ? '' : `/${UPSTREAM_VERSION.slice(0, -1)}${number}`,
    );
    expect(places.map(({ path }) => path)).toEqual([
      `avatars/${ALICE}/Zebra.txt${first}`,
      `avatars/${ALICE}/apple.txt${second}`,
      `avatars/${ALICE}/Äpfel/one.txt${third}`,
      `public/a/b.txt${fourth}`,
    ]);
  });

  test('lists by bytes, as everywhere else', async () => {
    const { data } = await client(api, SERVICE_TOKEN).from('avatars').list(ALICE);
    expect(data?.map(({ name }) => name)).toEqual(['Zebra.txt', 'apple.txt', 'Äpfel']);
    const page = await client(api, SERVICE_TOKEN)
      .from('avatars')
      .listV2({ prefix: `${ALICE}/`, with_delimiter: true, limit: 2 });
    expect(page.data?.objects.map(({ name }) => name)).toEqual([`${ALICE}/Zebra.txt`, `${ALICE}/apple.txt`]);
    const rest = await client(api, SERVICE_TOKEN)
      .from('avatars')
      .listV2({ prefix: `${ALICE}/`, with_delimiter: true, cursor: page.data?.nextCursor ?? '' });
    expect(rest.data).toMatchObject({ hasNext: false, folders: [{ name: `${ALICE}/Äpfel/` }], objects: [] });
  });

  test('takes uploads, overwrites, moves and deletions under the policies it had', async () => {
    const alice = client(api, signToken({ role: 'authenticated', sub: ALICE }));
    const bob = client(api, signToken({ role: 'authenticated', sub: '22222222-2222-4222-8222-222222222222' }));
    expect((await alice.from('avatars').upload(`${ALICE}/new.txt`, 'new')).error).toBeNull();
    expect((await bob.from('avatars').upload(`${ALICE}/bob.txt`, 'new')).error).toMatchObject({ statusCode: '403' });
    expect((await bob.from('avatars').list(ALICE)).data).toEqual([]);
    expect((await alice.from('avatars').upload(`${ALICE}/apple.txt`, 'over', { upsert: true })).error).toBeNull();
    expect(await (await alice.from('avatars').download(`${ALICE}/apple.txt`)).data?.text()).toBe('over');
    expect((await alice.from('avatars').move(`${ALICE}/new.txt`, `${ALICE}/moved.txt`)).error).toBeNull();
    expect((await alice.from('avatars').remove([`${ALICE}/moved.txt`, `${ALICE}/Zebra.txt`])).data).toHaveLength(2);
    expect(await rows(`select name from public.uploads_seen where name like '%/new.txt'`)).toHaveLength(1);
  });

  test('makes and removes buckets', async () => {
    const service = client(api, SERVICE_TOKEN);
    expect((await service.createBucket('fresh', { public: true })).error).toBeNull();
    expect((await service.from('fresh').upload('x/y', 'z')).error).toBeNull();
    expect((await service.emptyBucket('public')).error).toBeNull();
    expect((await service.deleteBucket('public')).error).toBeNull();
  });

  test('puts aside what it cannot serve, and leaves what is not its own', async () => {
    const tables = (await rows(`select relname from pg_class where relnamespace = 'storage'::regnamespace and relkind = 'r'`)).map(
      (row) => row.relname,
    );
    if (stage === 'early') return expect(tables.filter((name) => name.startsWith('upstream_'))).toEqual([]);
    expect(tables).toContain('buckets_analytics');
    expect(await rows('select id from storage.upstream_s3_multipart_uploads')).toEqual([{ id: 'open' }]);
    if (stage === 'folders') expect(tables).not.toContain('prefixes');
    if (stage === 'newest')
      expect(
        await rows(`select coalesce(u.upstream_version, v.version) as version from storage_versions.objects v
        left join storage.adopted_blobs u on u.version = v.version where v.version = 'marker' or u.upstream_version = 'old' order by 1`),
      ).toEqual([{ version: 'marker' }, { version: 'old' }]);
  });

  test('gives roles of tokens no more rights on our tables and functions than a fresh schema', async () => {
    const { pool: fresh, url: freshUrl } = await createDatabase(`fresh_${stage}`, '');
    await (await start(freshUrl)).stop();
    const RIGHTS = `select kind, name, role from (
        select 'table' as kind, c.oid::regclass::text as name, r.role from pg_class c, unnest(array['anon', 'authenticated', 'service_role']) as r(role)
        where c.relnamespace = 'storage'::regnamespace and c.relkind = 'r' and has_table_privilege(r.role, c.oid, 'select, insert, update, delete')
        union all
        select 'function', p.oid::regprocedure::text, r.role from pg_proc p, unnest(array['anon', 'authenticated', 'service_role']) as r(role)
        where p.pronamespace = 'storage'::regnamespace and has_function_privilege(r.role, p.oid, 'execute')) as rights order by 1, 2, 3`;
    const allowed = new Set((await fresh.query(RIGHTS)).rows.map((row) => JSON.stringify(row)));
    const ours = new Set(
      (
        await fresh.query(`select oid::regclass::text as name from pg_class where relnamespace = 'storage'::regnamespace
      union select oid::regprocedure::text from pg_proc where pronamespace = 'storage'::regnamespace`)
      ).rows.map(({ name }) => name),
    );
    const extra = (await rows(RIGHTS)).filter(
      (row) =>
        (ours.has(row.name) || row.name.includes('upstream_s3') || row.name.includes('upstream_object')) &&
        !allowed.has(JSON.stringify(row)),
    );
    await fresh.end();
    expect(extra).toEqual([]);
  });
});

describe('a schema that cannot be taken over', () => {
  test.each([
    ['belongs to others', 'alter table storage.objects owner to postgres', 'storage.objects belongs to postgres: connect as postgres'],
    ['has a table of our name', 'create table storage.webhooks (id int)', 'storage.webhooks exists already'],
    ['has another shape', 'alter table storage.buckets drop column name', 'storage.buckets.name is missing'],
    [
      'has two objects of one key',
      'drop index storage.bucketid_objname; insert into storage.objects (bucket_id, name) select bucket_id, name from storage.objects',
      'several current rows',
    ],
    ['has a function of others', 'alter function storage.foldername owner to postgres', 'storage.foldername() belongs to postgres'],
    ['has no buckets', 'drop table storage.objects cascade', 'storage.objects is missing'],
  ])('because it %s is refused with words, and nothing is changed', async (label, sql, words) => {
    const name = `refused_${label.replaceAll(' ', '_')}`;
    const { pool, url } = await createDatabase(name, `${upstreamSchema('early')}; ${sql}`);
    const shape = async () =>
      (await pool.query(`select table_name, column_name from information_schema.columns where table_schema = 'storage' order by 1, 2`))
        .rows;
    const before = await shape();
    await expect(start(url)).rejects.toMatchObject({ code: 'SJ_SCHEMA_REFUSED', message: expect.stringContaining(words) });
    expect(await shape()).toEqual(before);
    await pool.end();
  });
});
