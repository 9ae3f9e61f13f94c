import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { auditStore, CLEAN } from '../testing/audit.ts';
import { signToken, startTestServer, type TestServer } from '../testing/server.ts';

const WRITERS = 8;
const ALICE = '11111111-1111-4111-8111-111111111111';
const BOB = '22222222-2222-4222-8222-222222222222';
const alice = signToken({ role: 'authenticated', sub: ALICE });
const bob = signToken({ role: 'authenticated', sub: BOB });
const everyone = signToken({ role: 'service_role' });

let server: TestServer;
let bucket: string;
let round = 0;

beforeAll(async () => {
  server = await startTestServer({ retiredGraceSeconds: 0, maxConnections: 16 });
});
afterAll(() => server.stop());
beforeEach(async () => {
  for (const { policyname } of await server.sql(
    `select policyname from pg_policies where tablename = 'objects' and schemaname = 'storage'`,
  ))
    await server.sql(`drop policy "${String(policyname)}" on storage.objects`);
  await server.sql('delete from storage.quotas');
  bucket = `kept-${round++}`;
  await server.client().createBucket(bucket, { public: false, versioningStatus: 'ENABLED' });
});

const box = (token = everyone) => server.client(token).from(bucket);
const put = (key: string, body: string | Buffer, token?: string) => box(token).upload(key, body, { upsert: true });
const versionsOf = async (key: string, token?: string) =>
  (await box(token).list(key, { exactMatch: true, noncurrentVersions: 'include', deleteMarkers: 'include', limit: 1000 })).data ?? [];
const read = async (key: string, versionId: string | null | undefined, token?: string) => {
  const { data, error } = await box(token).download(key, { versionId: versionId ?? '' });
  return error ? error.message : data.text();
};
const audit = () => auditStore({ query: async (text) => ({ rows: await server.sql(text) }) }, server.storePath, 1);

const usedNow = async () => {
  const [row] = await server.sql('select used_bytes, used_objects from storage.quotas where subject = $1', [bucket]);
  return [Number(row?.['used_bytes']), Number(row?.['used_objects'])];
};
const limit = (bytes: number | null, objects: number | null) =>
  server.sql(`insert into storage.quotas (kind, subject, max_bytes, max_objects) values ('bucket', $1, $2, $3)`, [bucket, bytes, objects]);
const deadlocks = async () => (await server.sql(`select deadlocks from pg_stat_database where datname = 'postgres'`))[0]?.['deadlocks'];

describe('policies', () => {
  const OWN = 'owner_id = auth.uid()::text';

  test('decide over each version by its own row, as they are now', async () => {
    await put('shared', 'of alice', alice);
    expect(await versionsOf('shared', alice)).toEqual([]);
    await server.sql(`create policy p on storage.objects for insert to authenticated with check (true)`);
    await server.sql(`create policy q on storage.objects for select to authenticated using (objects.${OWN})`);
    await put('shared', 'of alice');
    await server.sql('update storage.objects set owner_id = $1', [ALICE]);
    await put('shared', 'of bob');
    await server.sql('update storage.objects set owner_id = $1', [BOB]);
    const [ofAlice] = await versionsOf('shared', alice);
    const [ofBob] = await versionsOf('shared', bob);
    expect((await versionsOf('shared')).map(({ version }) => version)).toEqual([ofBob?.version, ofAlice?.version]);
    expect(await read('shared', ofAlice?.version, alice)).toBe('of alice');
    expect(await read('shared', ofBob?.version, alice)).toBe('Object not found');
    expect(await read('shared', ofAlice?.version, bob)).toBe('Object not found');
    expect((await box(bob).createSignedUrl('shared', 60, { versionId: ofAlice?.version ?? '' })).error?.message).toBe('Object not found');
    expect((await box(bob).copy('shared', 'mine', { sourceVersionId: ofAlice?.version ?? '' })).error?.message).toBe('Object not found');
    expect((await box(alice).copy('shared', 'mine', { sourceVersionId: ofAlice?.version ?? '' })).error).toBeNull();
    await server.sql('drop policy q on storage.objects');
    expect(await read('shared', ofAlice?.version, alice)).toBe('Object not found');
  });

  test('may show current objects only, and let nobody remove what they may not delete', async () => {
    await server.sql(`create policy p on storage.objects for select to authenticated using (archived_at is null)`);
    await put('k', 'one');
    const [first] = await versionsOf('k');
    await put('k', 'two');
    expect(await versionsOf('k', alice)).toHaveLength(1);
    expect(await read('k', first?.version, alice)).toBe('Object not found');
    const [second] = await versionsOf('k');
    expect((await box(alice).remove([{ path: 'k', versionId: second?.version ?? '' }])).data).toEqual([]);
    expect((await box(alice).remove(['k', 'absent'])).data).toEqual([]);
    expect(await versionsOf('k')).toHaveLength(2);
    expect(await versionsOf('absent')).toEqual([]);
    await server.sql(`create policy q on storage.objects for delete to authenticated using (name = 'k')`);
    expect((await box(alice).remove([{ path: 'k', versionId: first?.version ?? '' }])).data).toEqual([]);
    expect((await box(alice).remove([{ path: 'k', versionId: second?.version ?? '' }])).data).toHaveLength(1);
    expect((await versionsOf('k')).map(({ version }) => version)).toEqual([first?.version]);
  });

  test('let owners delete keys that do not exist, and upload over their own delete markers', async () => {
    await server.sql(`create policy p on storage.objects for all to authenticated using (${OWN}) with check (${OWN})`);
    expect((await box(alice).remove(['absent'])).data).toMatchObject([{ name: 'absent', is_delete_marker: true, owner_id: ALICE }]);
    expect((await box(alice).upload('absent', 'here')).error).toBeNull();
    expect((await box(bob).remove(['absent'])).data).toEqual([]);
    expect((await versionsOf('absent')).map(({ is_delete_marker }) => is_delete_marker)).toEqual([false, true]);
  });

  test('let whoever may rename an object move it, and versions be moved by those who may delete them', async () => {
    await server.sql(`create policy p on storage.objects for select to authenticated using (true)`);
    await server.sql(`create policy q on storage.objects for update to authenticated using (${OWN})`);
    await put('k', 'one');
    expect((await box(alice).move('k', 'there')).error?.message).toBe('Object not found');
    await server.sql('update storage.objects set owner_id = $1 where name = $2', [ALICE, 'k']);
    expect((await box(alice).move('k', 'there')).error).toBeNull();
    const [moved] = await versionsOf('there');
    expect(moved).toMatchObject({ name: 'there' });
    const { error } = await box(alice).move('there', 'back', { sourceVersionId: moved?.version ?? '' });
    expect(error).toMatchObject({ statusCode: '403' });
    expect(await versionsOf('back')).toEqual([]);
  });

  test('that cannot be carried over to versions grant nothing', async () => {
    await server.sql('alter table storage.objects add column extra text');
    await put('k', 'one');
    const [first] = await versionsOf('k');
    await put('k', 'two');
    await server.sql(`create policy p on storage.objects for select to authenticated using (true)`);
    await server.sql(`create policy r on storage.objects as restrictive for select to authenticated using (extra is null)`);
    expect((await box(alice).download('k')).error).toBeNull();
    expect(await read('k', first?.version, alice)).toBe('Object not found');
    await server.sql('drop policy r on storage.objects');
    await server.sql('alter table storage.objects drop column extra');
    expect(await read('k', first?.version, alice)).toBe('one');
  });

  test('and grants of objects are those of versions, as far as they read, tag and delete', async () => {
    const granted = async (privilege: string) => {
      await versionsOf('k', alice);
      const [row] = await server.sql(`select has_table_privilege('authenticated', 'storage_versions.objects', $1) as yes`, [privilege]);
      return row?.['yes'];
    };
    expect([await granted('select'), await granted('delete'), await granted('insert'), await granted('update')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    await server.sql('revoke delete on storage.objects from authenticated');
    expect(await granted('delete')).toBe(false);
    await server.sql('grant delete on storage.objects to authenticated');
    expect(await granted('delete')).toBe(true);
  });
});

describe('quotas', () => {
  test('count every version, but no delete markers', async () => {
    await put('k', Buffer.alloc(40));
    await put('k', Buffer.alloc(30));
    await limit(100, 3);
    expect(await usedNow()).toEqual([70, 2]);
    await box().remove(['k']);
    expect(await usedNow()).toEqual([70, 2]);
    expect((await put('k', Buffer.alloc(31))).error).toMatchObject({ message: 'The bucket may hold at most 100 bytes' });
    expect((await put('k', Buffer.alloc(30))).error).toBeNull();
    expect((await put('k', '')).error).toMatchObject({ message: 'The bucket may hold at most 3 objects' });
    const [current] = await versionsOf('k');
    await box().remove([{ path: 'k', versionId: current?.version ?? '' }]);
    expect(await usedNow()).toEqual([70, 2]);
  });

  test('refuse an overwrite that is smaller when the old version would not fit beside it', async () => {
    await put('k', Buffer.alloc(60));
    await limit(100, null);
    expect((await put('k', Buffer.alloc(41))).error).toMatchObject({ statusCode: '413' });
    expect((await put('k', Buffer.alloc(40))).error).toBeNull();
    await server.sql('update storage.quotas set max_bytes = 1');
    const [current] = await versionsOf('k');
    expect((await box().remove([{ path: 'k', versionId: current?.version ?? '' }])).error).toBeNull();
    expect(await usedNow()).toEqual([60, 1]);
  });
});

describe('object events', () => {
  test('tell a delete marker from what is gone for good', async () => {
    await put('k', 'one');
    await put('k', 'two');
    const [second, first] = await versionsOf('k');
    await box().remove(['k']);
    await box().remove([{ path: 'k', versionId: first?.version ?? '' }]);
    const plain = `${bucket}-plain`;
    await server.client().createBucket(plain);
    await server.client().from(plain).upload('p', 'x');
    await server.client().from(plain).remove(['p']);
    const rows = await server.sql(
      `select event, name, removal, version = $2 as second, version = $3 as first from storage.object_events
       where bucket_id in ($1, $4) order by id`,
      [bucket, second?.version, first?.version, plain],
    );
    expect(rows.map(({ event, removal, first: isFirst, second: isSecond }) => [event, removal, isFirst, isSecond])).toEqual([
      ['object.created', null, true, false],
      ['object.created', null, false, true],
      ['object.removed', 'marker', false, true],
      ['object.removed', 'version', true, false],
      ['object.created', null, false, false],
      ['object.removed', 'object', false, false],
    ]);
  });
});

describe(`${WRITERS} writers`, () => {
  test('of one key keep every version that was acknowledged, in an order that all agree on', async () => {
    const before = await deadlocks();
    const written = new Set<string>();
    await Promise.all(
      Array.from({ length: WRITERS }, async (_, writer) => {
        for (let turn = 0; turn < 12; turn += 1) {
          const body = `${writer}-${turn}`;
          if ((await put('k', body)).error === null) written.add(body);
          if (turn % 5 === 4) await box().remove(['k']);
        }
      }),
    );
    const versions = await versionsOf('k');
    const bodies = await Promise.all(
      versions.filter(({ is_delete_marker }) => is_delete_marker !== true).map(({ version }) => read('k', version)),
    );
    expect(new Set(bodies)).toEqual(written);
    expect(bodies).toHaveLength(written.size);
    expect(written.size).toBe(WRITERS * 12);
    for (let writer = 0; writer < WRITERS; writer += 1) {
      const own = bodies.filter((body) => body.startsWith(`${writer}-`)).map((body) => Number(body.split('-')[1]));
      expect(own).toEqual(own.toSorted((a, b) => b - a));
    }
    expect(versions.filter(({ archived_at }) => archived_at === null)).toHaveLength(1);
    expect(await deadlocks()).toBe(before);
  });

  test('doing everything at once leave one current version a key, exact quotas and no stray bytes', async () => {
    await server.sql(`insert into storage.quotas (kind, subject) values ('bucket', $1)`, [bucket]);
    await Promise.all(
      Array.from({ length: WRITERS }, async () => {
        for (let turn = 0; turn < 20; turn += 1) {
          const key = `key-${randomInt(3)}`;
          const versions = await versionsOf(key);
          const version = versions[randomInt(Math.max(versions.length, 1))]?.version ?? '';
          const action = randomInt(10);
          if (action < 4) await put(key, Buffer.alloc(randomInt(200)));
          else if (action < 6) await box().remove([key]);
          else if (action < 8) await box().remove([{ path: key, versionId: version }]);
          else if (action < 9) await box().move(key, key, { sourceVersionId: version });
          else await box().move(key, `key-${randomInt(3)}`);
        }
      }),
    );
    const current = await server.sql(
      `select name, count(*) as n from (select name from storage.objects where bucket_id = $1
         union all select name from storage_versions.objects where bucket_id = $1 and archived_at is null) c group by name having count(*) > 1`,
      [bucket],
    );
    expect(current).toEqual([]);
    const headless = await server.sql(
      `select distinct name from storage_versions.objects v where bucket_id = $1
         and not exists (select from storage.objects o where o.bucket_id = v.bucket_id and o.name = v.name)
         and not exists (select from storage_versions.objects m where m.bucket_id = v.bucket_id and m.name = v.name and m.archived_at is null)`,
      [bucket],
    );
    expect(headless).toEqual([]);
    const [counted] = await server.sql(`select used_bytes::int as bytes, used_objects::int as objects from storage.quotas`);
    const [actual] = await server.sql(
      `select coalesce(sum(size_bytes), 0)::int as bytes, count(*)::int as objects from (
         select size_bytes from storage.objects where bucket_id = $1
         union all select size_bytes from storage_versions.objects where bucket_id = $1 and not is_delete_marker) kept`,
      [bucket],
    );
    expect(counted).toEqual(actual);
    await server.collect();
    expect(await audit()).toEqual(CLEAN);
  });
});
