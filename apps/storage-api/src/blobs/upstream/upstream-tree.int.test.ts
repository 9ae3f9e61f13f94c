import { access, mkdir, readdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  type AdoptedBench,
  type AdoptedOptions,
  type AdoptedServer,
  GLOBAL_BUCKET,
  startAdoptedBench,
  TENANT,
  upstreamPath,
  writeTree,
} from '../../testing/adopted-server.ts';
import { waitForRun } from '../../testing/maintenance.ts';
import { ALICE, UPSTREAM_STAGES } from '../../testing/upstream-schema.ts';

let bench: AdoptedBench;
let server: AdoptedServer;

const start = async (options: AdoptedOptions) => (server = await bench.start(options));
beforeAll(async () => {
  bench = await startAdoptedBench();
});
afterEach(() => server.stop());
afterAll(() => bench.stop());

/** Under `authenticated`: a bucket named `public` has no other way, here as in the original. */
const download = (bucket: string, key: string) => server.fetch(`/object/authenticated/${bucket}/${encodeURI(key)}`);
const textOf = async (bucket: string, key: string) => (await download(bucket, key)).text();
const run = async (kind: string, options: object = {}) =>
  waitForRun(server, await (await server.fetch(`/maintenance/${kind}`, { method: 'POST', body: JSON.stringify(options) })).json());
const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
const writable = (path: string) =>
  ({ upstream: { kind: 'file', path: join(path, 'tree'), bucket: GLOBAL_BUCKET, tenant: TENANT, isWritable: true } }) as const;

describe.each(UPSTREAM_STAGES)('the tree of files of a database of the stage "%s"', (stage) => {
  test('is served, whole and in part, and nothing is dangling', async () => {
    await start({ stage });
    expect(server.rows).toHaveLength(4);
    for (const { bucket, name } of server.rows) expect(await textOf(bucket, name)).toBe('abc');
    const part = await fetch(`${server.api.url}/object/public/public/a/b.txt`, { headers: { range: 'bytes=1-2' } });
    expect([part.status, await part.text(), part.headers.get('etag')]).toEqual([206, 'bc', '"900150983cd24fb0d6963f7d28e17f72"']);
    // The history of the newest stage has a version of which there are no bytes.
    expect((await run('scan')).counts).toMatchObject(stage === 'newest' ? { rowsSeen: 5, dangling: 1 } : { rowsSeen: 4 });
    expect((await run('scrub')).counts['damaged'] ?? 0).toBe(stage === 'newest' ? 1 : 0);
  });

  test('moves, copies and overwrites keep every object readable', async () => {
    await start({ stage });
    const avatars = server.client().from('avatars');
    const [zebra, apple] = [`${ALICE}/Zebra.txt`, `${ALICE}/apple.txt`];
    expect((await avatars.move(zebra, 'moved/once')).error).toBeNull();
    expect((await avatars.move('moved/once', 'moved/twice')).error).toBeNull();
    expect((await avatars.copy('moved/twice', 'copied')).error).toBeNull();
    expect((await avatars.copy('moved/twice', 'b.txt', { destinationBucket: 'public' })).error).toBeNull();
    expect((await avatars.upload(zebra, 'new')).error).toBeNull();
    expect((await avatars.upload(apple, 'over', { upsert: true })).error).toBeNull();
    await server.api.collect();
    expect(await textOf('avatars', 'moved/twice')).toBe('abc');
    expect(await textOf('avatars', 'copied')).toBe('abc');
    expect(await textOf('public', 'b.txt')).toBe('abc');
    expect(await textOf('avatars', zebra)).toBe('new');
    expect(await textOf('avatars', apple)).toBe('over');
    expect(await textOf('avatars', `${ALICE}/Äpfel/one.txt`)).toBe('abc');
  });
});

test('a tree in the directory of our own store, as the environment of the original has it, is served, scanned and imported', async () => {
  await start({ stage: 'folders', overrides: (path) => ({ ...writable(path), storePath: join(path, 'tree') }) });
  expect(await textOf('public', 'a/b.txt')).toBe('abc');
  expect((await run('scan', { graceSeconds: 0, removeDangling: true })).counts).toMatchObject({ rowsSeen: 4, removed: 0 });
  expect((await run('import', { removeSource: true })).counts).toMatchObject({ imported: 4, sourcesRemoved: 4 });
  for (const { bucket, name } of server.rows) expect(await textOf(bucket, name)).toBe('abc');
  expect((await run('scan', { graceSeconds: 0, removeDangling: true })).counts).toMatchObject({ versionsSeen: 4, removed: 0 });
});

describe('bytes of objects that are gone', () => {
  const keys = [`${ALICE}/Zebra.txt`, `${ALICE}/apple.txt`];

  test('stay in a tree that may only be read', async () => {
    await start({ stage: 'folders' });
    await server.client().from('avatars').remove(keys);
    await server.api.collect();
    for (const row of server.rows) expect(await isThere(join(server.treePath, upstreamPath(row)))).toBe(true);
    expect((await server.pool.query('select from storage.adopted_blobs')).rowCount).toBe(2);
  });

  test('are collected from one that may be written, with the directories that became empty', async () => {
    await start({ stage: 'folders', overrides: writable });
    await server
      .client()
      .from('avatars')
      .remove([...keys, `${ALICE}/Äpfel/one.txt`]);
    await server.api.collect();
    expect(await readdir(join(server.treePath, GLOBAL_BUCKET, TENANT))).toEqual(['public']);
    expect(await textOf('public', 'a/b.txt')).toBe('abc');
  });

  test('stay while another object lies in the same place', async () => {
    const inner = 'b0000000-0000-4000-8000-000000000001';
    await start({
      stage: 'folders',
      overrides: writable,
      sql: `insert into storage.objects (bucket_id, name, version, metadata) values
        ('public', 'twin', '${inner}', '{"size":3}'), ('public', 'twin/${inner}', null, '{"size":3}')`,
    });
    await server.client().from('public').remove(['twin']);
    await server.api.collect();
    expect(await textOf('public', `twin/${inner}`)).toBe('abc');
  });
});

describe('bytes that could not be removed, or may be needed again', () => {
  test('are removed once their store is back', async () => {
    await start({ stage: 'folders', overrides: () => ({ upstream: undefined }) });
    await server.client().from('public').remove(['a/b.txt']);
    await server.api.collect();
    await server.restart(writable(server.path));
    await server.api.collect();
    expect(await readdir(join(server.treePath, GLOBAL_BUCKET, TENANT))).toEqual(['avatars']);
    expect((await server.pool.query('select from storage.adopted_blobs')).rowCount).toBe(3);
  });

  test('are found again when a row comes back from the quarantine', async () => {
    await start({ stage: 'folders', overrides: writable });
    const row = server.rows.find(({ bucket }) => bucket === 'public');
    const path = join(server.treePath, row === undefined ? '' : upstreamPath(row));
    await rename(path, `${path}.away`);
    expect((await run('scan', { removeDangling: true })).counts).toMatchObject({ dangling: 1, danglingRemoved: 1 });
    await server.api.collect();
    await rename(`${path}.away`, path);
    await server.restart(writable(server.path));
    await server.api.collect();
    const [entry] = (await server.pool.query('select id from storage.quarantine')).rows;
    await server.fetch('/maintenance/quarantine/restore', { method: 'POST', body: JSON.stringify({ ids: [entry.id] }) });
    await run('scan');
    expect(await textOf('public', 'a/b.txt')).toBe('abc');
    await server.restart(writable(server.path));
    await server.api.collect();
    expect(await textOf('public', 'a/b.txt')).toBe('abc');
    expect((await server.pool.query('select from storage.adopted_blobs where orphaned_at is null')).rowCount).toBe(4);
  });
});

describe('a version that was replaced', () => {
  test('is read by its id, from where the original has put it', async () => {
    await start({
      stage: 'newest',
      sql: `update storage.buckets set versioning_status = 'ENABLED' where id = 'avatars';
        update storage.objects set metadata = '{"size":5,"mimetype":"text/plain"}' where version = 'old'`,
      store: async (rows, treePath) => {
        await writeTree(rows, treePath);
        const old = rows.find(({ version }) => version === 'old');
        await writeFile(join(treePath, old === undefined ? '' : upstreamPath(old)), 'older');
      },
    });
    const [{ version }] = (await server.pool.query(`select version from storage.adopted_blobs where upstream_version = 'old'`)).rows;
    const response = await server.fetch(`/object/authenticated/avatars/${ALICE}/apple.txt?versionId=${version}`);
    expect(await response.text()).toBe('older');
  });
});

describe('a tree that cannot be looked into', () => {
  test('makes nothing dangling and lets nothing be removed', async () => {
    await start({ stage: 'folders', overrides: () => ({ upstream: undefined }) });
    await server.client().from('public').upload('ours', 'x');
    expect(await (await download('public', 'a/b.txt')).json()).toMatchObject({ statusCode: '503', code: 'StoreUnavailable' });
    const { state, counts } = await run('scan', { removeDangling: true, force: true });
    expect({ state, counts }).toMatchObject({ state: 'done', counts: { rowsSeen: 5, unreachable: 4 } });
    expect(counts['dangling'] ?? 0).toBe(0);
    expect((await run('scrub')).counts).toMatchObject({ unreachable: 4, versionsChecked: 1 });
    expect((await server.pool.query('select from storage.damaged_blobs')).rowCount).toBe(0);
    await server.restart({ upstream: { kind: 'file', path: server.treePath, bucket: GLOBAL_BUCKET, tenant: TENANT, isWritable: false } });
    expect(await textOf('public', 'a/b.txt')).toBe('abc');
  });

  test('is a disk that is not mounted too', async () => {
    await start({ stage: 'folders' });
    await rename(server.treePath, `${server.treePath}.away`);
    await server.restart();
    expect((await run('scan', { removeDangling: true })).counts).toMatchObject({ unreachable: 4 });
    await rename(`${server.treePath}.away`, server.treePath);
    await expect.poll(() => textOf('public', 'a/b.txt'), { timeout: 20_000 }).toBe('abc');
  });
});

describe('names that lead out of the tree', () => {
  test.each([
    ['segments ".."', '../../../../canary', null],
    ['the version', 'x', '../../../../../canary'],
  ])('through %s are refused', async (_label, name, version) => {
    await start({
      stage: 'folders',
      overrides: writable,
      sql: `insert into storage.objects (bucket_id, name, version, metadata) values
        ('public', '${name}', ${version === null ? 'null' : `'${version}'`}, '{"size":6}');`,
      store: async (rows, treePath) => {
        await writeTree(
          rows.filter((row) => row.name !== name),
          treePath,
        );
        await writeFile(join(treePath, '..', 'canary'), 'secret');
      },
    });
    await server.pool.query(`update storage.objects set name = 'plain' where size_bytes = 6`);
    expect(await textOf('public', 'plain')).not.toContain('secret');
    await server.client().from('public').remove(['plain']);
    await server.api.collect();
    expect(await isThere(join(server.path, 'canary'))).toBe(true);
  });

  test('through symbolic links are refused: of a bucket, of a folder, of the file itself', async () => {
    await start({
      stage: 'folders',
      overrides: writable,
      sql: `insert into storage.objects (bucket_id, name, version, metadata) values ('public', 'linked/canary', null, '{"size":6}'),
        ('public', 'file', 'b0000000-0000-4000-8000-000000000001', '{"size":6}'), ('public', 'inside', null, '{"size":3}');`,
      store: async (rows, treePath) => {
        await writeTree(rows.slice(0, 4), treePath);
        const [outside, home] = [join(treePath, '..', 'outside'), join(treePath, GLOBAL_BUCKET, TENANT, 'public')];
        await mkdir(outside);
        await writeFile(join(outside, 'canary'), 'secret');
        await symlink(outside, join(home, 'linked'));
        await mkdir(join(home, 'file'));
        await symlink(join(outside, 'canary'), join(home, 'file', 'b0000000-0000-4000-8000-000000000001'));
        await symlink(join(treePath, GLOBAL_BUCKET, TENANT, 'public', 'a', 'b.txt', rows[3]?.version ?? ''), join(home, 'inside'));
      },
    });
    expect(await textOf('public', 'linked/canary')).not.toContain('secret');
    expect(await textOf('public', 'file')).not.toContain('secret');
    expect(await textOf('public', 'inside')).toBe('abc');
    await server.client().from('public').remove(['linked/canary', 'file']);
    await server.api.collect();
    expect(await readdir(join(server.path, 'outside'))).toEqual(['canary']);
  });
});
