import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, unlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { quarantineRestoredSchema } from '@supastor/contract/wire/maintenance';
import { createVersionId } from '../blobs/version-id.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { auditStore, CLEAN } from '../testing/audit.ts';
import { blobPath } from '../testing/damage.ts';
import { waitForRun } from '../testing/maintenance.ts';
import { ANON_TOKEN, startTestServer, type TestServer } from '../testing/server.ts';
import { Writers } from '../testing/writers.ts';

/** Raise it for a soak: SUPASTOR_STRAYS=500. */
const STRAYS = Number(process.env['SUPASTOR_STRAYS'] ?? '50');
const [DANGLING, UPLOADS] = [STRAYS, STRAYS / 5];
const WRITERS = 8;
/** Each stray is moved and synced by itself. */
const LONGEST_MS = 120_000 + STRAYS * 1000;
const OLD = new Date(Date.now() - 86_400_000);

let server: TestServer;

beforeEach(async () => {
  server = await startTestServer({ retiredGraceSeconds: 0 });
  await server.client().createBucket('box');
});
afterEach(() => server.stop());

const audit = () => auditStore({ query: async (text) => ({ rows: await server.sql(text) }) }, server.storePath, 1);
const insertRow = (version: string, key: string) =>
  server.sql(
    `insert into storage.objects (bucket_id, name, version, size_bytes, metadata)
     values ('box', $1, $2, 5, '{"eTag":"\\"x\\"","size":5,"mimetype":"text/plain","cacheControl":"no-cache"}')`,
    [key, version],
  );

async function strayFile(path: string, time: Date = OLD): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, 'stray');
  await utimes(path, time, time);
}

async function scan(options: object = {}) {
  const response = await server.fetch('/maintenance/scan', {
    method: 'POST',
    body: JSON.stringify(options),
    headers: { 'content-type': 'application/json' },
  });
  expect(response.status).toBe(202);
  return waitForRun(server, await response.json(), LONGEST_MS);
}

async function restore() {
  const entries = await server.sql('select id from storage.quarantine');
  const ids = entries.map(({ id }) => id);
  const body = JSON.stringify({ ids });
  const headers = { 'content-type': 'application/json' };
  const response = await server.fetch('/maintenance/quarantine/restore', { method: 'POST', body, headers });
  return quarantineRestoredSchema.parse(await response.json());
}

describe('one scan', () => {
  test(
    `removes ${STRAYS + DANGLING + UPLOADS} strays under ${WRITERS} writers and nothing that lives`,
    async () => {
      await server.sql(
        `insert into storage.s3_multipart_uploads (id, bucket_id, key, role, owner_id, head, created_at)
         select 'stale-' || n, 'box', 'stale', 'service_role', '', '{}', now() - interval '30 days' from generate_series(1, $1::int) n`,
        [UPLOADS],
      );
      const parts = Array.from({ length: UPLOADS }, () => randomUUID());
      await server.sql(
        `insert into storage.s3_multipart_uploads_parts (upload_id, part_number, version, size_bytes, etag, created_at)
         select 'stale-' || n, 1, ($1::text[])[n], 5, 'x', now() - interval '30 days' from generate_series(1, $2::int) n`,
        [parts, UPLOADS],
      );
      for (const version of parts) await strayFile(blobPath(server.storePath, version));
      for (let index = 0; index < DANGLING; index += 1) await insertRow(randomUUID(), `dangling/${index}`);
      for (let index = 0; index < STRAYS; index += 1) await strayFile(blobPath(server.storePath, randomUUID()));
      const writers = new Writers('box', WRITERS);
      const stop = new AbortController();
      const writing = writers.run(server.client(), WRITERS, stop.signal);
      await expect.poll(() => writers.acknowledgements, { timeout: 30_000 }).toBeGreaterThan(50);
      const { state, counts } = await scan({ graceSeconds: 0, removeDangling: true });
      stop.abort();
      await writing;
      expect({ state, counts }).toMatchObject({
        state: 'done',
        counts: { strays: STRAYS, danglingRemoved: DANGLING, uploadsEnded: UPLOADS, removed: STRAYS + DANGLING + UPLOADS },
      });
      expect(await writers.verify(server.client())).toEqual([]);
      await server.collect();
      await expect.poll(audit, { timeout: 15_000 }).toEqual(CLEAN);
    },
    2 * LONGEST_MS,
  );

  test('leaves young bytes alone, and those of a write that is not committed', async () => {
    const [young, marked, copied] = [randomUUID(), randomUUID(), createVersionId()];
    await strayFile(blobPath(server.storePath, young), new Date());
    // A copy may be a second name of old bytes; its version id is young.
    await strayFile(blobPath(server.storePath, copied));
    await strayFile(blobPath(server.storePath, marked));
    const [instance] = await server.sql('select id from storage.instances');
    await writeFile(join(server.storePath, 'staging', String(instance?.['id']), `${marked}.intent`), '');
    expect((await scan()).counts['strays'] ?? 0).toBe(0);
    expect(await audit()).toMatchObject({ bytesWithoutRow: expect.arrayContaining([young, marked, copied]) });
  });

  test('takes files that are no versions, wherever they lie', async () => {
    const { storePath } = server;
    const shard = join(storePath, 'blobs', 'aa');
    const loose = [join(shard, 'notes.txt'), join(shard, `${randomUUID().slice(0, -2)}bb`), join(storePath, 'staging', 'x.tmp')];
    for (const path of [...loose, join(storePath, 'resumable', randomUUID())]) await strayFile(path);
    expect((await scan()).counts['strays']).toBe(4);
    expect(await restore()).toMatchObject({ refused: [] });
    expect((await scan()).counts['strays']).toBe(4);
  });

  test('records rows without bytes, and removes them only when asked to; both can be undone', async () => {
    const [kept, lost] = [randomBytes(2000), randomBytes(2000)];
    await server.client().from('box').upload('kept', kept);
    await server.client().from('box').upload('lost', lost);
    const [row] = await server.sql(`select version from storage.objects where name = 'lost'`);
    const path = blobPath(server.storePath, String(row?.['version']));
    await unlink(path);
    expect((await scan()).counts).toMatchObject({ dangling: 1, rowsSeen: 2 });
    expect(await (await server.fetch('/maintenance/damaged')).json()).toMatchObject({
      damaged: [{ bucket: 'box', key: 'lost', reason: 'missing', foundBy: 'scan' }],
    });
    expect(await server.sql('select name from storage.objects order by name')).toEqual([{ name: 'kept' }, { name: 'lost' }]);

    expect((await scan({ removeDangling: true })).counts).toMatchObject({ danglingRemoved: 1, removed: 1 });
    expect(await server.sql('select name from storage.objects')).toEqual([{ name: 'kept' }]);
    expect((await restore()).restored).toHaveLength(1);
    await writeFile(path, lost);
    await scan();
    expect(await (await server.fetch('/maintenance/damaged')).json()).toEqual({ damaged: [] });
    expect(await server.sql('select name from storage.objects order by name')).toEqual([{ name: 'kept' }, { name: 'lost' }]);
    expect((await server.fetch('/object/box/lost')).status).toBe(200);
  });

  test('brings bytes back that a row refers to again', async () => {
    const version = randomUUID();
    await strayFile(blobPath(server.storePath, version));
    expect((await scan()).counts['strays']).toBe(1);
    await insertRow(version, 'back');
    expect((await scan()).counts).toMatchObject({ reclaimed: 1 });
    expect(await (await server.fetch('/object/box/back')).text()).toBe('stray');
  });

  test('refuses to remove every row there is', async () => {
    await insertRow(randomUUID(), 'a');
    await insertRow(randomUUID(), 'b');
    expect(await scan({ removeDangling: true })).toMatchObject({ state: 'failed', error: expect.stringContaining('wrong byte store') });
    expect(await server.sql('select name from storage.objects')).toHaveLength(2);
  });

  test('is for service_role only, and says what is wrong with a request', async () => {
    const post = (body: string, token?: string) =>
      server.fetch('/maintenance/scan', { method: 'POST', body, headers: { 'content-type': 'application/json' }, ...(token && { token }) });
    expect(await (await post('{}', ANON_TOKEN)).json()).toMatchObject({ statusCode: '403', code: 'AccessDenied' });
    expect(await (await post('{"graceSeconds":-1,"foo":1}')).json()).toMatchObject({ message: expect.stringMatching(/graceSeconds.*foo/) });
    expect(await (await server.fetch(`/maintenance/runs/${randomUUID()}`)).json()).toMatchObject({ statusCode: '404' });
  });
});

test('what was in quarantine for long enough is removed for good', async () => {
  await strayFile(blobPath(server.storePath, randomUUID()));
  await scan();
  await server.sql(`update storage.quarantine set quarantined_at = now() - interval '30 days'`);
  await scan();
  expect(await (await server.fetch('/maintenance/quarantine')).json()).toEqual({ entries: [] });
});
