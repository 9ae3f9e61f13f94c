import { createHash } from 'node:crypto';
import { access, mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type AdoptedBytes, adoptedBytesSchema, type MaintenanceRun } from '@supastor/contract/wire/maintenance';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startStorageApi } from '../start.ts';
import {
  type AdoptedBench,
  type AdoptedOptions,
  type AdoptedServer,
  GLOBAL_BUCKET,
  startAdoptedBench,
  TENANT,
  type UpstreamRow,
  upstreamPath,
  writeTree,
} from '../testing/adopted-server.ts';
import { auditStore, CLEAN } from '../testing/audit.ts';
import { waitForRun } from '../testing/maintenance.ts';
import { type ServerProcess, spawnServer } from '../testing/process.ts';
import { SERVICE_TOKEN } from '../testing/server.ts';

/** Raise it for a soak: SUPASTOR_SOAK_ROUNDS=50. */
const ROUNDS = Number(process.env['SUPASTOR_SOAK_ROUNDS'] ?? '3');

let bench: AdoptedBench;
let server: AdoptedServer;

const start = async (options: AdoptedOptions) => (server = await bench.start(options));
beforeAll(async () => {
  bench = await startAdoptedBench();
});
afterEach(() => server.stop());
afterAll(() => bench.stop());

const post = async (path: string, body: object = {}) => (await server.fetch(path, { method: 'POST', body: JSON.stringify(body) })).json();
const run = async (kind: string, options: object = {}): Promise<MaintenanceRun> =>
  waitForRun(server, await post(`/maintenance/${kind}`, options));
const adopted = async (): Promise<AdoptedBytes> => adoptedBytesSchema.parse(await (await server.fetch('/maintenance/adopted')).json());
const textOf = async (bucket: string, key: string) => (await server.fetch(`/object/authenticated/${bucket}/${encodeURI(key)}`)).text();
const treeAt = (path: string, isWritable: boolean) =>
  ({ upstream: { kind: 'file', path: join(path, 'tree'), bucket: GLOBAL_BUCKET, tenant: TENANT, isWritable } }) as const;
const writable = (path: string) => treeAt(path, true);

describe.each(['early', 'newest'] as const)('an import of a database of the stage "%s"', (stage) => {
  test('copies everything, knows its checksums, changes no object, and may remove the old bytes later', async () => {
    await start({ stage });
    const times = 'select name, updated_at, metadata, version from storage.objects order by name';
    const before = (await server.pool.query(times)).rows;
    // Of the history of the newest stage there is a version without bytes.
    const missing = stage === 'newest' ? 1 : 0;
    const first = await run('import');
    expect(first).toMatchObject({ state: 'done', counts: { imported: 4, bytesImported: 12 } });
    expect(first.counts['failed: missing'] ?? 0).toBe(missing);
    expect((await server.pool.query(times)).rows).toEqual(before);
    const digest = createHash('sha256').update('abc').digest('hex');
    const known = await server.pool.query(`select distinct sha256, crc32 is null as unknown from storage.objects`);
    expect(known.rows).toEqual([{ sha256: digest, unknown: false }]);
    expect(await adopted()).toMatchObject({ isReachable: true, isWritable: false, imported: 4, waiting: missing, failed: missing });

    await rename(server.treePath, `${server.treePath}.away`);
    for (const { bucket, name } of server.rows) expect(await textOf(bucket, name)).toBe('abc');
    await rename(`${server.treePath}.away`, server.treePath);

    expect(await run('import', { removeSource: true })).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('upstream.writable'),
    });
    await server.restart(writable(server.path));
    expect((await run('import', { removeSource: true })).counts).toMatchObject({ sourcesRemoved: 4 });
    expect(await readdir(join(server.treePath, GLOBAL_BUCKET, TENANT))).toEqual([]);
    for (const { bucket, name } of server.rows) expect(await textOf(bucket, name)).toBe('abc');
    expect(await adopted()).toMatchObject({ imported: 0, waiting: missing });
    expect((await run('scrub')).counts['damaged'] ?? 0).toBe(missing);
  });
});

describe('what cannot be imported', () => {
  const PLACES = ['gone', 'short', 'altered', 'linked'] as const;
  const metadata = `{"size":3,"eTag":"\\"900150983cd24fb0d6963f7d28e17f72\\""}`;

  test('is told with its reason, stays where it is, and is tried again', async () => {
    const rows = [...PLACES, 'x/../../out'].map((name) => `('public', '${name}', gen_random_uuid(), '${metadata}')`);
    await start({
      stage: 'folders',
      overrides: writable,
      sql: `insert into storage.objects (bucket_id, name, version, metadata) values ${rows.join(', ')}`,
      store: async (found, treePath) => {
        const [gone, short, altered, linked] = PLACES.map((name) => found.find((row) => row.name === name));
        if (gone === undefined || short === undefined || altered === undefined || linked === undefined) throw new Error('no rows');
        await writeTree(
          found.filter(({ name }) => !['gone', 'linked', 'x/../../out'].includes(name)),
          treePath,
        );
        await writeFile(join(treePath, upstreamPath(short)), 'ab');
        await writeFile(join(treePath, upstreamPath(altered)), 'abd');
        await writeFile(join(treePath, '..', 'canary'), 'abc');
        await mkdir(dirname(join(treePath, upstreamPath(linked))), { recursive: true });
        await symlink(join(treePath, '..', 'canary'), join(treePath, upstreamPath(linked)));
      },
    });
    const { state, counts } = await run('import', { removeSource: true });
    expect({ state, counts }).toMatchObject({
      state: 'done',
      counts: {
        imported: 4,
        sourcesRemoved: 4,
        failed: 5,
        'failed: missing': 1,
        'failed: size': 1,
        'failed: digest': 1,
        'failed: unsafe': 2,
      },
    });
    const { failures } = await adopted();
    expect(Object.fromEntries(failures.map(({ path, reason }) => [path.slice('public/'.length, -37), reason]))).toEqual({
      gone: 'missing',
      short: 'size',
      altered: 'digest',
      linked: 'unsafe',
      'x/../../out': 'unsafe',
    });
    expect(await auditStore(server.pool, server.options.storePath, 1)).toMatchObject({ bytesWithoutRow: [], leftovers: [] });
    await writeTree(
      server.rows.filter(({ name }) => name === 'gone' || name === 'short' || name === 'altered'),
      server.treePath,
    );
    expect((await run('import')).counts).toMatchObject({ imported: 3, failed: 2 });
    expect(await textOf('public', 'altered')).toBe('abc');
    await access(join(server.path, 'canary'));
  });

  test('because nothing is configured or nothing is there, is said at once', async () => {
    await start({ stage: 'folders', overrides: () => ({ upstream: undefined }) });
    expect(await run('import')).toMatchObject({ state: 'failed', error: expect.stringContaining('not configured') });
    await server.restart({ upstream: { kind: 'file', path: server.treePath, bucket: GLOBAL_BUCKET, tenant: 'other', isWritable: false } });
    expect(await run('import')).toMatchObject({ state: 'failed', error: expect.stringContaining('stub/other. Check') });
  });
});

const COUNT = 40 * ROUNDS;
/** Content, size and digest follow from the name, which ends with how often its digest is repeated. */
const MANY = `insert into storage.objects (bucket_id, name, version, metadata)
  select 'public', name, gen_random_uuid(), jsonb_build_object('size', 32 * times, 'eTag', '"' || md5(repeat(md5(name), times)) || '"')
  from (select 'many/' || i || '-' || case when i % 10 = 0 then 4000 else i % 7 end as name, case when i % 10 = 0 then 4000 else i % 7 end as times
    from generate_series(1, ${COUNT}) as i) as made`;
const contentOf = (name: string) =>
  createHash('md5')
    .update(name)
    .digest('hex')
    .repeat(Number(name.split('-').at(-1)));
const isMany = ({ name }: UpstreamRow) => name.startsWith('many/');
const store = async (rows: readonly UpstreamRow[], treePath: string) => {
  await writeTree(rows, treePath);
  for (const row of rows.filter(isMany)) await writeFile(join(treePath, upstreamPath(row)), contentOf(row.name));
};
const env = () => ({
  SUPASTOR_UPSTREAM_BACKEND: 'file',
  SUPASTOR_UPSTREAM_PATH: server.treePath,
  SUPASTOR_UPSTREAM_TENANT: TENANT,
  SUPASTOR_UPSTREAM_WRITABLE: 'true',
  SUPASTOR_COLLECT_PERIOD_MS: '200',
  SUPASTOR_RETIRED_GRACE_SECONDS: '1',
});
const importedSoFar = async () =>
  Number((await server.pool.query('select count(*) as n from storage.adopted_blobs where imported_at is not null')).rows[0].n);
const verifyAll = async (gone: ReadonlySet<string> = new Set()) => {
  for (const { name } of server.rows.filter(isMany)) {
    if (!gone.has(name)) expect(await textOf('public', name), name).toBe(contentOf(name));
  }
};
const beginOn = (url: string, body: object) =>
  fetch(`${url}/maintenance/import`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { authorization: `Bearer ${SERVICE_TOKEN}`, 'content-type': 'application/json' },
  });

describe('a large import', () => {
  test(
    `survives ${ROUNDS} times kill -9, with deletions and overwrites beside it`,
    async () => {
      await start({ stage: 'folders', sql: MANY, store });
      await server.halt();
      const gone = new Set<string>();
      const names = server.rows.filter(isMany).map(({ name }) => name);
      const state = async () => (await server.pool.query('select state from storage.maintenance_runs')).rows[0].state;
      let process: ServerProcess = await spawnServer(server.options.databaseUrl, server.options.storePath, env());
      try {
        expect((await beginOn(process.url, { bytesPerSecond: 200_000 })).status).toBe(202);
        for (let round = 0; round < ROUNDS; round += 1) {
          const before = await importedSoFar();
          const hasMoved = async () => (await importedSoFar()) > before || (await state()) === 'done';
          await expect.poll(hasMoved, { timeout: 60_000 }).toBe(true);
          const [removed, over] = [names[round] ?? '', names[COUNT - 1 - round] ?? ''];
          expect((await process.client.from('public').remove([removed])).error).toBeNull();
          expect((await process.client.from('public').upload(over, 'over', { upsert: true })).error).toBeNull();
          gone.add(removed).add(over);
          await process.end('SIGKILL');
          // A run is taken over when its server was not heard from for a minute.
          await server.pool.query(`update storage.maintenance_runs set seen_at = now() - interval '2 minutes'`);
          process = await spawnServer(server.options.databaseUrl, server.options.storePath, env());
        }
        await expect.poll(state, { timeout: 120_000 }).toBe('done');
        await expect.poll(async () => (await server.pool.query('select from storage.retired_blobs')).rowCount, { timeout: 30_000 }).toBe(0);
      } finally {
        await process.end('SIGKILL');
      }
      await rm(server.treePath, { recursive: true });
      await server.restart(writable(server.path));
      await verifyAll(gone);
      expect(await auditStore(server.pool, server.options.storePath, 1)).toEqual(CLEAN);
      expect(await adopted()).toMatchObject({ waiting: 0, failed: 0, imported: 4 + COUNT - 2 * ROUNDS });
    },
    ROUNDS * 80_000,
  );

  test('by two servers at once copies everything and loses nothing', async () => {
    await start({ stage: 'folders', sql: MANY, store, overrides: writable });
    const other = await startStorageApi({ ...server.options, collectPeriodMs: 200 });
    const begun = await post('/maintenance/import', { bytesPerSecond: 400_000 });
    await expect.poll(importedSoFar, { timeout: 60_000 }).toBeGreaterThan(0);
    // As if the first one had been paused: it goes on until it notices.
    await server.pool.query(`update storage.maintenance_runs set seen_at = now() - interval '2 minutes'`);
    expect(await waitForRun(server, begun)).toMatchObject({ state: 'done' });
    await other.stop();
    await rm(server.treePath, { recursive: true });
    await server.restart();
    await verifyAll();
    expect(await auditStore(server.pool, server.options.storePath, 1)).toEqual(CLEAN);
  }, 120_000);
});
