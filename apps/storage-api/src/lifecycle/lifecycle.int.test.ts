import { randomUUID } from 'node:crypto';
import {
  CreateMultipartUploadCommand,
  DeleteBucketLifecycleCommand,
  GetBucketLifecycleConfigurationCommand,
  type LifecycleRule,
  ListMultipartUploadsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { createLogger } from '@supastor/adapters/telemetry/logger';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Database } from '../metadata/database.ts';
import { auditStore, CLEAN } from '../testing/audit.ts';
import { s3Client, s3ErrorOf, TEST_S3 } from '../testing/s3.ts';
import { signToken, startTestServer, type TestServer } from '../testing/server.ts';
import { DUE_STATEMENTS } from './due-queries.ts';
import { LifecycleRunner } from './lifecycle-runner.ts';

const DAY_MS = 86_400_000;
const logger = createLogger({ level: 'fatal', service: 'test' });
let server: TestServer;
let s3: S3Client;
let bucket = '';
let round = 0;
const databases: Database[] = [];

beforeAll(async () => {
  server = await startTestServer({ s3: TEST_S3, retiredGraceSeconds: 0 });
  s3 = s3Client(`${server.url}/storage/v1/s3`);
});
afterAll(async () => {
  await Promise.all(databases.map((database) => database.stop()));
  await server.stop();
});
beforeEach(async () => {
  // Runners work on all buckets, and counts are to be of one.
  await server.sql('delete from storage.bucket_lifecycle');
  bucket = `lifecycle-${round++}`;
});

const create = (versioningStatus: 'ENABLED' | 'DISABLED' = 'DISABLED') =>
  server.client().createBucket(bucket, { public: false, versioningStatus });
const box = () => server.client().from(bucket);
const put = async (key: string, body = 'text') => {
  const { error } = await box().upload(key, body, { upsert: true });
  if (error) throw error;
};
const keys = async () =>
  (await server.sql('select name from storage.objects where bucket_id = $1 order by 1', [bucket])).map(({ name }) => name);
const versions = async () =>
  Number((await server.sql('select count(*) from storage_versions.objects where bucket_id = $1', [bucket]))[0]?.['count']);

/** Makes the objects nine days old; a trigger would date the update itself. */
const backdate = () =>
  server.sql(`begin; set local session_replication_role = replica; update storage.objects
    set created_at = now() - interval '9 days', updated_at = now() - interval '9 days' where bucket_id = '${bucket}'; commit`);

/** A server of its own on the same database, which believes that so many days have passed. */
function runnerIn(days: number): LifecycleRunner {
  const database = new Database({ url: server.databaseUrl, maxConnections: 3, logger });
  databases.push(database);
  return new LifecycleRunner({ database, logger, periodMs: 3_600_000, now: async () => new Date(Date.now() + days * DAY_MS) });
}
async function setRules(...Rules: LifecycleRule[]) {
  await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket: bucket, LifecycleConfiguration: { Rules } }));
}
const request = (method: string, body?: unknown, path = '', token?: string) =>
  server.fetch(`/storage/v1/bucket/${bucket}/lifecycle${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    ...(token === undefined ? {} : { token }),
  });

describe('the configuration', () => {
  it('is read, replaced and deleted with storage-js', async () => {
    await create('ENABLED');
    const client = server.client();
    expect((await client.getBucketLifecycle(bucket)).error).toMatchObject({ statusCode: '404' });
    const noncurrentVersionExpiration = { noncurrentDays: 30, newerNoncurrentVersions: 2 };
    const rule = { status: 'Enabled' as const, filter: {}, noncurrentVersionExpiration };
    const stored = await client.updateBucketLifecycle(bucket, { rules: [{ id: 'history', ...rule }, rule] });
    expect(stored.data?.rules).toEqual([
      { id: 'history', ...rule },
      { id: expect.stringMatching(/^[\w-]{36}$/), ...rule },
    ]);
    expect((await client.getBucketLifecycle(bucket)).data).toEqual(stored.data);
    for (let times = 0; times < 2; times++)
      expect((await client.deleteBucketLifecycle(bucket)).data).toEqual({ message: 'Successfully deleted' });
    expect((await client.getBucketLifecycle(bucket)).error?.message).toBe('The lifecycle configuration does not exist');
  });

  it('is changed by nobody who may not change the bucket', async () => {
    await create();
    const rules = [{ id: 'a', status: 'Enabled', filter: {}, expiration: { days: 1 } }];
    expect((await request('PUT', { rules })).status).toBe(200);
    const token = signToken({ role: 'authenticated', sub: 'someone' });
    for (const [method, body] of [['PUT', { rules }], ['DELETE'], ['GET'], ['POST', {}, '/preview']] as const) {
      const answer = await request(method, body, method === 'POST' ? '/preview' : '', token);
      expect([method, answer.status]).toEqual([method, 400]);
      expect(await answer.json()).toMatchObject({ code: expect.stringMatching(/^(NoSuchBucket|AccessDenied)$/) });
    }
    expect(await (await request('GET')).json()).toEqual({ rules });
  });

  it('is refused with the names of the fields that are wrong, and nothing changes', async () => {
    await create();
    const rule = { id: 'a', status: 'Enabled', filter: {}, expiration: { days: 1 } };
    const cases: readonly (readonly [unknown, RegExp])[] = [
      [[], /rules: needs at least one rule/],
      [[rule, rule], /rules: ids must be unique/],
      [[{ ...rule, filter: undefined }], /rules\.0\.filter/],
      [[{ ...rule, status: 'On' }], /rules\.0\.status/],
      [[{ ...rule, expiration: { days: 0 } }], /rules\.0\.expiration\.days: must be a positive number/],
      [[{ ...rule, expiration: { days: 1, date: '2030-01-01T00:00:00Z' } }], /rules\.0\.expiration: needs exactly one/],
      [[{ ...rule, expiration: { date: '2030-01-01T10:00:00Z' } }], /rules\.0\.expiration\.date: must be midnight UTC/],
      [[{ ...rule, expiration: undefined }], /rules\.0: needs expiration/],
      [[{ ...rule, filter: { prefx: 'a' } }], /rules\.0\.filter: .*prefx/],
      [[{ ...rule, filter: { objectSizeGreaterThan: 9, objectSizeLessThan: 9 } }], /rules\.0\.filter: objectSizeGreaterThan/],
      [[{ ...rule, filter: { tags: { a: 'b' } }, abortIncompleteMultipartUpload: { daysAfterInitiation: 1 } }], /cannot be combined/],
    ];
    for (const [rules, message] of cases) {
      const answer = await request('PUT', { rules });
      expect([answer.status, await answer.json()]).toEqual([
        400,
        expect.objectContaining({ code: 'InvalidRequest', message: expect.stringMatching(message) }),
      ]);
    }
    expect((await request('GET')).status).toBe(400);
  });

  it('goes over S3 and back', async () => {
    await create();
    const get = () => s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket }));
    expect(await s3ErrorOf(get())).toBe('404 NoSuchLifecycleConfiguration');
    const Tag = { Key: 'ü', Value: '<&>' };
    const rules: LifecycleRule[] = [
      { ID: 'all', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 3 } },
      { ID: 'tag', Status: 'Disabled', Filter: { Tag }, Expiration: { Date: new Date('2030-01-01T00:00:00Z') } },
      {
        ID: 'and',
        Status: 'Enabled',
        Filter: { And: { Prefix: 'logs/', Tags: [Tag], ObjectSizeGreaterThan: 1, ObjectSizeLessThan: 9 } },
        NoncurrentVersionExpiration: { NoncurrentDays: 4, NewerNoncurrentVersions: 5 },
      },
      {
        ID: 'rest',
        Status: 'Enabled',
        Filter: { Prefix: 'a' },
        Expiration: { ExpiredObjectDeleteMarker: true },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 6 },
      },
    ];
    await setRules(...rules);
    expect((await get()).Rules).toEqual(rules);
    const [rule] = rules;
    if (rule === undefined) throw new Error('no rule');
    const refused = (change: Partial<LifecycleRule>) => s3ErrorOf(setRules({ ...rule, ...change }));
    expect(await refused({ Expiration: { Days: 0 } })).toBe('400 InvalidArgument');
    expect(await refused({ Expiration: undefined })).toBe('400 InvalidRequest');
    expect(await refused({ Filter: undefined })).toBe('400 MalformedXML');
    expect(await refused({ Transitions: [{ Days: 1, StorageClass: 'GLACIER' }] })).toBe('501 NotImplemented');
    expect((await get()).Rules).toEqual(rules);
    await s3.send(new DeleteBucketLifecycleCommand({ Bucket: bucket }));
    expect(await s3ErrorOf(get())).toBe('404 NoSuchLifecycleConfiguration');
  });
});

describe('the runner', () => {
  it('deletes what is old enough and matches, and only that', async () => {
    await create();
    for (const key of ['logs/a', 'logs/b', 'log', 'other']) await put(key);
    await put('logs/big', 'x'.repeat(100));
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'tagged', Body: 'x', Tagging: 'keep=no' }));
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'tagged-else', Body: 'x', Tagging: 'keep=yes' }));
    const Expiration = { Days: 10 };
    await setRules(
      { ID: 'small', Status: 'Enabled', Filter: { And: { Prefix: 'logs/', ObjectSizeLessThan: 50 } }, Expiration },
      { ID: 'tag', Status: 'Enabled', Filter: { Tag: { Key: 'keep', Value: 'no' } }, Expiration },
      { ID: 'off', Status: 'Disabled', Filter: { Prefix: '' }, Expiration: { Days: 1 } },
    );
    expect(await runnerIn(9.99).runOnce()).toBe(0);
    expect(await keys()).toHaveLength(7);
    expect(await runnerIn(12).runOnce()).toBe(3);
    const events = await server.sql(
      `select name from storage.object_events where bucket_id = $1 and event = 'object.removed'
      and operation = 'storage.lifecycle.expire' order by name`,
      [bucket],
    );
    expect(events.map(({ name }) => name)).toEqual(['logs/a', 'logs/b', 'tagged']);
    expect(await keys()).toEqual(['log', 'logs/big', 'other', 'tagged-else']);
    await server.collect();
    expect(await auditStore({ query: async (text) => ({ rows: await server.sql(text) }) }, server.storePath, 1)).toEqual(CLEAN);
  });

  it('leaves delete markers where versions are kept, then removes versions, then markers that are alone', async () => {
    await create('ENABLED');
    for (const body of ['1', '2', '3', '4']) await put('k', body);
    const Filter = { Prefix: '' };
    await setRules({ ID: 'hide', Status: 'Enabled', Filter, Expiration: { Days: 2 } });
    expect(await runnerIn(5).runOnce()).toBe(1);
    expect([await keys(), await versions()]).toEqual([[], 5]);
    await setRules({
      ID: 'keep',
      Status: 'Enabled',
      Filter,
      NoncurrentVersionExpiration: { NoncurrentDays: 2, NewerNoncurrentVersions: 3 },
    });
    expect(await runnerIn(5).runOnce()).toBe(1);
    expect(await versions()).toBe(4);
    await setRules(
      { ID: 'old', Status: 'Enabled', Filter, NoncurrentVersionExpiration: { NoncurrentDays: 2 } },
      { ID: 'marker', Status: 'Enabled', Filter, Expiration: { ExpiredObjectDeleteMarker: true } },
    );
    expect(await runnerIn(5).runOnce()).toBe(4);
    expect([await keys(), await versions()]).toEqual([[], 0]);
    await server.collect();
    expect(await auditStore({ query: async (text) => ({ rows: await server.sql(text) }) }, server.storePath, 1)).toEqual(CLEAN);
  });

  it('never touches the current version of a key, nor a marker that hides one, by rules for old ones', async () => {
    await create('ENABLED');
    for (const body of ['1', '2']) await put('current', body);
    await put('hidden');
    await box().remove(['hidden']);
    await setRules({ ID: 'a', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { ExpiredObjectDeleteMarker: true } });
    expect(await runnerIn(5).runOnce()).toBe(0);
    await setRules({ ID: 'b', Status: 'Enabled', Filter: { Prefix: 'current' }, NoncurrentVersionExpiration: { NoncurrentDays: 1 } });
    expect(await runnerIn(5).runOnce()).toBe(1);
    expect(await (await box().download('current')).data?.text()).toBe('2');
    expect([await keys(), await versions()]).toEqual([['current'], 2]);
  });

  it('ends multipart uploads nobody finished', async () => {
    await create();
    for (const Key of ['a/1', 'b/1']) await s3.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key }));
    await setRules({ ID: 'a', Status: 'Enabled', Filter: { Prefix: 'a/' }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } });
    expect(await runnerIn(3).runOnce()).toBe(1);
    const { Uploads } = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    expect(Uploads?.map(({ Key }) => Key)).toEqual(['b/1']);
  });

  it('deletes each thing once when two servers work at once, in batches', async () => {
    await create();
    await put('seed');
    await server.sql(`insert into storage.objects (bucket_id, name) select $1, 'n' || i from generate_series(1, 1200) i`, [bucket]);
    await setRules({ ID: 'a', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 1 } });
    const counts = await Promise.all([runnerIn(3), runnerIn(3), runnerIn(3)].map((runner) => runner.runOnce()));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1201);
    expect(await keys()).toEqual([]);
    await put('later');
    expect(await runnerIn(3).runOnce()).toBe(0);
    expect(await runnerIn(4).runOnce()).toBe(1);
  });

  it('leaves an object alone that was overwritten while the rule was about to delete it', async () => {
    await create();
    await put('k', 'old');
    await backdate();
    await setRules({ ID: 'a', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 2 } });
    const rival = new Database({ url: server.databaseUrl, maxConnections: 1, logger });
    databases.push(rival);
    const running = await rival.script(async (client) => {
      await client.query('begin');
      await client.query('update storage.objects set updated_at = now() where bucket_id = $1', [bucket]);
      const work = runnerIn(0).runOnce();
      await expect
        .poll(
          async () =>
            (await server.sql(`select from pg_stat_activity where wait_event_type = 'Lock' and query like '%due as materialized%'`)).length,
          { timeout: 20_000 },
        )
        .toBe(1);
      await client.query('commit');
      return { work };
    });
    expect(await running.work).toBe(0);
    expect(await keys()).toEqual(['k']);
  });

  it('leaves a version alone that became current again while the rule was about to remove it', async () => {
    await create('ENABLED');
    for (const body of ['old', 'new']) await put('k', body);
    await setRules({ ID: 'a', Status: 'Enabled', Filter: { Prefix: '' }, NoncurrentVersionExpiration: { NoncurrentDays: 1 } });
    const rival = new Database({ url: server.databaseUrl, maxConnections: 1, logger });
    databases.push(rival);
    const running = await rival.script(async (client) => {
      await client.query(`begin; select storage.lock_keys('${bucket}', '{k}'); select storage.set_version_mode('permanent')`);
      await client.query('delete from storage.objects where bucket_id = $1', [bucket]);
      const work = runnerIn(3).runOnce();
      const waiting = `select from pg_stat_activity where wait_event_type = 'Lock' and query like '%storage.lock_keys%'`;
      await expect.poll(async () => (await server.sql(waiting)).length, { timeout: 20_000 }).toBe(1);
      await client.query('commit');
      return { work };
    });
    expect(await running.work).toBe(0);
    expect(await (await box().download('k')).data?.text()).toBe('old');
  });

  it('works inside the server by the clock of the database, and goes on after its connection was cut', async () => {
    await create();
    for (const key of ['a', 'b']) await put(key);
    await backdate();
    await put('new');
    await setRules({ ID: 'a', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 2 } });
    const rival = new Database({ url: server.databaseUrl, maxConnections: 1, logger });
    databases.push(rival);
    const cut = await rival.script(async (client) => {
      await client.query('begin');
      await client.query(`select from storage.objects where bucket_id = $1 and name = 'b' for update`, [bucket]);
      const work = runnerIn(0).runOnce();
      const blocked = `from pg_stat_activity where wait_event_type = 'Lock' and query like '%due as materialized%'`;
      await expect.poll(async () => (await server.sql(`select ${blocked}`)).length, { timeout: 20_000 }).toBe(1);
      await server.sql(`select pg_terminate_backend(pid) ${blocked}`);
      await client.query('rollback');
      return { work };
    });
    expect(await cut.work).toBe(0);
    expect(await keys()).toEqual(['a', 'b', 'new']);
    await server.collect();
    expect(await keys()).toEqual(['new']);
  });

  it('is told of beforehand by the preview, which deletes nothing', async () => {
    await create('ENABLED');
    for (const body of ['1234', '12']) await put('k', body);
    await server.sql(`update storage_versions.objects set archived_at = now() - interval '9 days' where bucket_id = $1`, [bucket]);
    await backdate();
    const rules = [
      { id: 'a', status: 'Disabled', filter: {}, expiration: { days: 3 }, noncurrentVersionExpiration: { noncurrentDays: 3 } },
    ];
    const answer = await request('POST', { configuration: { rules } }, '/preview');
    const expected = { id: 'a', objects: { count: 1, bytes: 2 }, versions: { count: 1, bytes: 4 }, markers: { count: 0, bytes: 0 } };
    expect(await answer.json()).toEqual({ rules: [expected] });
    expect([await keys(), await versions()]).toEqual([['k'], 1]);
    expect(await (await request('POST', {}, '/preview')).json()).toMatchObject({ code: 'NoSuchLifecycleConfiguration' });
  });
});

describe('a large bucket', () => {
  const OLD = 1200;

  it('is gone through once: each batch begins in the index where the one before it ended', async () => {
    const client = new Client({ connectionString: server.databaseUrl });
    await client.connect();
    // As a prepared statement keeps it, and as it is once the tables are large.
    await client.query('set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_bitmapscan = off');
    const plan = async (text: string, last: string) => {
      await client.query(`prepare due as ${text}`);
      const { rows } = await client.query(`explain execute due ('b', now(), '', null, null, null, 0, '${randomUUID()}', ${last})`);
      await client.query('deallocate due');
      return rows.map((row) => String(row['QUERY PLAN'])).join('\n');
    };
    expect(await plan(DUE_STATEMENTS.objects, `'k'`)).toMatch(/using bucketid_objname on objects v[^]*Index Cond: [^\n]*name > \$9/);
    expect(await plan(DUE_STATEMENTS.versions, 'now(), 1')).toMatch(/using objects_by_archived[^]*Index Cond: [^\n]*archived_at/);
    expect(await plan(DUE_STATEMENTS.markers, 'now(), 1')).toMatch(/using objects_current_markers[^]*Index Cond: [^\n]*seq > \$10/);
    await client.end();
  });

  it('loses all that is due in more than one batch, and nothing else', async () => {
    await create();
    await server.sql(
      `insert into storage.objects (bucket_id, name, version, size_bytes, metadata, created_at, updated_at)
        select $1, 'key-' || n, gen_random_uuid()::text, 5, '{}', at, at
        from generate_series(1, $2::int) n, lateral (select now() - case when n % 2 = 0 then interval '90 days' else '0' end as at) a`,
      [bucket, OLD * 2],
    );
    await setRules({ ID: 'a', Status: 'Enabled', Filter: {}, Expiration: { Days: 30 } });
    expect(await runnerIn(0).runOnce()).toBe(OLD);
    expect(await keys()).toHaveLength(OLD);
  });

  it('loses all that is due in more than one batch, old versions and lone markers too', async () => {
    await create('ENABLED');
    await server.sql(
      `insert into storage_versions.objects (id, bucket_id, name, version, size_bytes, metadata, created_at, archived_at, is_delete_marker, is_versioned)
        select gen_random_uuid(), $1, 'key-' || n, gen_random_uuid()::text, 5, '{}', now() - interval '90 days', case when n % 2 = 0 then now() - interval '80 days' end, n % 2 = 1, true
        from generate_series(1, $2::int) n`,
      [bucket, OLD * 2],
    );
    const rule = { Filter: {}, NoncurrentVersionExpiration: { NoncurrentDays: 30 }, Expiration: { ExpiredObjectDeleteMarker: true } };
    await setRules({ ID: 'a', Status: 'Enabled', ...rule });
    expect(await runnerIn(0).runOnce()).toBe(OLD * 2);
    expect(await versions()).toBe(0);
  });
});
