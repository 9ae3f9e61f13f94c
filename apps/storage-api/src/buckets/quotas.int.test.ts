import { randomInt } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { auditStore, CLEAN } from '../testing/audit.ts';
import { s3Client, s3ErrorOf, TEST_S3 } from '../testing/s3.ts';
import { PART_TYPE, tusMetadata } from '../testing/tus.ts';
import { SERVICE_TOKEN, signToken, startTestServer, type TestServer } from '../testing/server.ts';

const WRITERS = 16;
const OWNER = 'a6f9a5a2-6b3c-4d0c-9f0b-0e5a8f2a9f10';
const OWNER_TOKEN = signToken({ role: 'service_role', sub: OWNER });

let server: TestServer;
let round = 0;
let bucket: string;

beforeAll(async () => {
  server = await startTestServer({ retiredGraceSeconds: 0, s3: TEST_S3 });
});
afterAll(() => server.stop());
beforeEach(async () => {
  await server.sql('delete from storage.quotas');
  bucket = `quota-${round++}`;
  await server.client().createBucket(bucket);
});

const box = (token?: string) => server.client(token).from(bucket);
const put = (key: string, bytes: number, token?: string) => box(token).upload(key, Buffer.alloc(bytes), { upsert: true });
const limit = (kind: string, subject: string, maxBytes: number | null, maxObjects: number | null) =>
  server.sql('insert into storage.quotas (kind, subject, max_bytes, max_objects) values ($1, $2, $3, $4)', [
    kind,
    subject,
    maxBytes,
    maxObjects,
  ]);

async function used(subject = bucket): Promise<{ bytes: number; objects: number }> {
  const [row] = await server.sql('select used_bytes, used_objects from storage.quotas where subject = $1', [subject]);
  return { bytes: Number(row?.['used_bytes']), objects: Number(row?.['used_objects']) };
}

async function actual(): Promise<{ bytes: number; objects: number }> {
  const [row] = await server.sql(
    'select coalesce(sum(size_bytes), 0) as bytes, count(*) as objects from storage.objects where bucket_id = $1',
    [bucket],
  );
  return { bytes: Number(row?.['bytes']), objects: Number(row?.['objects']) };
}

describe('a quota', () => {
  test('counts what was there before it, and follows every kind of change', async () => {
    await put('before', 10);
    await limit('bucket', bucket, 1000, 10);
    expect(await used()).toEqual({ bytes: 10, objects: 1 });
    await put('a', 100);
    await put('a', 30);
    await box().copy('a', 'b');
    await box().move('b', 'c');
    expect(await used()).toEqual({ bytes: 70, objects: 3 });
    await box().remove(['a', 'before', 'missing']);
    expect(await used()).toEqual({ bytes: 30, objects: 1 });
    await server.client().emptyBucket(bucket);
    expect(await used()).toEqual({ bytes: 0, objects: 0 });
  });

  test('refuses with words, before the bytes are sent, and leaves nothing behind', async () => {
    await limit('bucket', bucket, 100, null);
    const refused = await server.fetch(`/object/${bucket}/big`, { method: 'POST', body: Buffer.alloc(101) });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toEqual({
      statusCode: '413',
      error: 'Payload too large',
      message: 'The bucket may hold at most 100 bytes',
      code: 'QuotaExceeded',
    });
    expect(await used()).toEqual({ bytes: 0, objects: 0 });
    expect((await put('fits', 100)).error).toBeNull();
    await expect.poll(() => auditStore({ query: async (text) => ({ rows: await server.sql(text) }) }, server.storePath, 1)).toEqual(CLEAN);
  });

  test('counts an overwrite as the difference, and lets an object shrink when the limit was lowered', async () => {
    await limit('bucket', bucket, 100, 1);
    await put('a', 90);
    expect((await put('a', 100)).error).toBeNull();
    expect((await put('a', 101)).error).toMatchObject({ statusCode: '413' });
    expect((await put('b', 0)).error).toMatchObject({ message: 'The bucket may hold at most 1 objects' });
    await server.sql('update storage.quotas set max_bytes = 10');
    expect((await put('a', 50)).error).toBeNull();
    expect((await put('a', 51)).error).toMatchObject({ statusCode: '413' });
    expect(await used()).toEqual({ bytes: 50, objects: 1 });
  });

  test('of a bucket holds for what is moved or copied into it', async () => {
    const other = `${bucket}-other`;
    await server.client().createBucket(other);
    await server.client().from(other).upload('x', Buffer.alloc(60));
    await server.client().from(other).upload('y', Buffer.alloc(60));
    await limit('bucket', bucket, 100, null);
    const from = server.client().from(other);
    expect((await from.move('x', 'x', { destinationBucket: bucket })).error).toBeNull();
    expect((await from.move('y', 'y', { destinationBucket: bucket })).error).toMatchObject({ statusCode: '413' });
    expect((await from.copy('y', 'y', { destinationBucket: bucket })).error).toMatchObject({ statusCode: '413' });
    expect((await from.exists('y')).data).toBe(true);
    expect(await used()).toEqual({ bytes: 60, objects: 1 });
  });

  test('of an owner holds over all buckets, and for nobody else', async () => {
    await limit('owner', OWNER, null, 2);
    const other = server.client(OWNER_TOKEN).from(`${bucket}-mine`);
    await server.client().createBucket(`${bucket}-mine`);
    expect((await put('1', 1, OWNER_TOKEN)).error).toBeNull();
    expect((await other.upload('2', 'x')).error).toBeNull();
    expect((await other.upload('3', 'x')).error).toMatchObject({ message: 'The owner may hold at most 2 objects' });
    expect((await put('3', 1)).error).toBeNull();
    await other.remove(['2']);
    expect((await put('4', 1, OWNER_TOKEN)).error).toBeNull();
  });

  test('holds over S3 and for resumable uploads', async () => {
    await limit('bucket', bucket, 100, null);
    const s3 = s3Client(`${server.url}/storage/v1/s3`);
    const command = (Key: string, bytes: number) => new PutObjectCommand({ Bucket: bucket, Key, Body: Buffer.alloc(bytes) });
    expect(await s3ErrorOf(s3.send(command('big', 101)))).toBe('403 QuotaExceeded');
    expect(await s3ErrorOf(s3.send(command('fits', 90)))).toBe('no error');
    s3.destroy();
    const resumable = await fetch(`${server.url}/upload/resumable`, {
      method: 'POST',
      body: Buffer.alloc(11),
      headers: {
        authorization: `Bearer ${SERVICE_TOKEN}`,
        'tus-resumable': '1.0.0',
        'upload-length': '11',
        'upload-metadata': tusMetadata({ bucketName: bucket, objectName: 'tus' }),
        'content-type': PART_TYPE,
      },
    });
    expect(resumable.status).toBe(413);
    expect(await resumable.text()).toContain('The bucket may hold at most 100 bytes');
    expect(await used()).toEqual({ bytes: 90, objects: 1 });
  });

  test('can be counted anew', async () => {
    await limit('bucket', bucket, 100, 5);
    await put('a', 7);
    await server.sql('update storage.quotas set used_bytes = 99, used_objects = 5');
    await server.sql('update storage.quotas set subject = subject');
    expect(await used()).toEqual({ bytes: 7, objects: 1 });
  });

  test('cannot be seen or changed by those it limits', async () => {
    await expect(server.sql(`set role authenticated; select * from storage.quotas`)).rejects.toThrow('permission denied');
  });
});

describe(`${WRITERS} writers`, () => {
  test('never get more objects in than the quota allows, and not fewer', async () => {
    await limit('bucket', bucket, null, 10);
    const results = await Promise.all(Array.from({ length: WRITERS * 3 }, (_, index) => put(`key-${index}`, 10)));
    expect(results.filter(({ error }) => error === null)).toHaveLength(10);
    expect(await actual()).toEqual({ bytes: 100, objects: 10 });
    expect(await used()).toEqual(await actual());
  });

  test('over mixed work stay within bytes and objects at every moment, count exactly and never deadlock', async () => {
    await limit('bucket', bucket, 5000, 40);
    await limit('owner', OWNER, 3000, 30);
    const deadlocks = async () => (await server.sql(`select deadlocks from pg_stat_database where datname = 'postgres'`))[0]?.['deadlocks'];
    const before = await deadlocks();
    let refused = 0;
    const write = async (writer: number) => {
      for (let turn = 0; turn < 25; turn += 1) {
        const key = `key-${randomInt(60)}`;
        const token = writer % 2 === 0 ? OWNER_TOKEN : undefined;
        const action = randomInt(10);
        const other = `key-${randomInt(60)}`;
        const result = await (action < 6
          ? put(key, randomInt(400), token)
          : action < 7
            ? box(token).copy(key, other)
            : action < 8
              ? box(token).move(key, `moved-${writer}-${turn}`)
              : box(token).remove([key, other]));
        if (result.error !== null && 'statusCode' in result.error && result.error.statusCode === '413') refused += 1;
      }
    };
    const done = new AbortController();
    const watch = (async () => {
      while (!done.signal.aborted) {
        const { bytes, objects } = await actual();
        expect(bytes).toBeLessThanOrEqual(5000);
        expect(objects).toBeLessThanOrEqual(40);
      }
    })();
    await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
    done.abort();
    await watch;
    expect(refused).toBeGreaterThan(0);
    expect(await used()).toEqual(await actual());
    const [mine] = await server.sql(
      'select coalesce(sum(size_bytes), 0) as bytes, count(*) as objects from storage.objects where owner_id = $1',
      [OWNER],
    );
    expect(await used(OWNER)).toEqual({ bytes: Number(mine?.['bytes']), objects: Number(mine?.['objects']) });
    expect(await deadlocks()).toBe(before);
  });

  test('are counted exactly while a quota is being set', async () => {
    const writing = Promise.all(Array.from({ length: WRITERS * 4 }, (_, index) => put(`key-${index}`, 10)));
    await limit('bucket', bucket, null, null);
    await writing;
    expect(await used()).toEqual({ bytes: WRITERS * 40, objects: WRITERS * 4 });
  });
});
