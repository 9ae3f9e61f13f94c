import type { StorageClient } from '@supabase/storage-js';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { auditStore, CLEAN } from '../../testing/audit.ts';
import { startTestServer, type TestServer } from '../../testing/server.ts';
import { transfer } from '../../testing/tus.ts';
import { testImageSettings } from '../../testing/image-settings.ts';
import sharp from 'sharp';

let server: TestServer;
let client: StorageClient;
let bucket: string;
let round = 0;

beforeAll(async () => {
  server = await startTestServer({ retiredGraceSeconds: 0 });
  client = server.client();
});
afterAll(() => server.stop());
beforeEach(async () => {
  bucket = `versions-${round++}`;
  expect((await client.createBucket(bucket, { public: false, versioningStatus: 'ENABLED' })).error).toBeNull();
});

const box = () => client.from(bucket);
const put = async (key: string, body: string) => {
  const { error } = await box().upload(key, body, { upsert: true, contentType: 'text/plain' });
  if (error) throw error;
  return (await box().info(key)).data?.version ?? '';
};
const read = async (key: string, versionId?: string) => {
  const { data, error } = await box().download(key, versionId === undefined ? {} : { versionId });
  return error ? error.message : data.text();
};
const codeOf = (error: unknown) =>
  error !== null && typeof error === 'object' && 'statusCode' in error ? String(error.statusCode) : 'none';

const asJson = (body: unknown): RequestInit => ({
  method: 'POST',
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
});
const paint = (r: number) =>
  sharp({ create: { width: 4, height: 4, channels: 3, background: { r, g: 0, b: 0 } } })
    .png()
    .toBuffer();
async function redOf(url: string): Promise<number | undefined> {
  const { data } = await sharp(await (await fetch(url)).arrayBuffer())
    .raw()
    .toBuffer({ resolveWithObject: true });
  return data[0];
}

/** All versions of a key from the newest on: `body`, or `x` for a delete marker; the current one in brackets. */
async function history(key: string): Promise<readonly string[]> {
  const { data, error } = await box().list(key, { exactMatch: true, noncurrentVersions: 'include', deleteMarkers: 'include' });
  if (error) throw error;
  return Promise.all(
    data.map(async ({ version, archived_at, is_delete_marker }) => {
      const text = is_delete_marker === true ? 'x' : await read(key, version ?? '');
      return archived_at === null ? `[${text}]` : text;
    }),
  );
}

describe('a bucket', () => {
  test('tells its versioning, which can be enabled and suspended but never disabled', async () => {
    await client.createBucket(`${bucket}-plain`);
    const statusOf = async (id: string) => (await client.getBucket(id)).data?.versioning_status;
    expect(await statusOf(`${bucket}-plain`)).toBe('DISABLED');
    expect(await statusOf(bucket)).toBe('ENABLED');
    expect((await client.updateBucket(`${bucket}-plain`, { public: false, versioningStatus: 'ENABLED' })).error).toBeNull();
    expect((await client.updateBucket(`${bucket}-plain`, { public: false, versioningStatus: 'SUSPENDED' })).error).toBeNull();
    expect(await statusOf(`${bucket}-plain`)).toBe('SUSPENDED');
    expect((await client.listBuckets()).data?.find(({ id }) => id === bucket)?.versioning_status).toBe('ENABLED');
    for (const versioning_status of ['DISABLED', 'enabled', '']) {
      const init = { method: 'PUT', body: JSON.stringify({ versioning_status }), headers: { 'content-type': 'application/json' } };
      expect((await server.fetch(`/bucket/${bucket}`, init)).status).toBe(400);
    }
    await expect(server.sql(`update storage.buckets set versioning_status = 'DISABLED' where id = $1`, [bucket])).rejects.toThrow(
      /suspended/,
    );
  });

  test('cannot be suspended before it was enabled', async () => {
    await client.createBucket(`${bucket}-plain`);
    const { error } = await client.updateBucket(`${bucket}-plain`, { public: false, versioningStatus: 'SUSPENDED' });
    expect(error?.message).toBe('Cannot transition bucket versioning status from DISABLED to SUSPENDED');
  });

  test('is not deleted while it keeps versions, and emptied with all of them', async () => {
    await put('a', '1');
    await put('a', '2');
    await put('b', '1');
    await box().remove(['a', 'b']);
    expect((await box().list()).data).toEqual([]);
    expect((await client.deleteBucket(bucket)).error?.message).toMatch(/not empty/);
    expect((await client.emptyBucket(bucket)).error).toBeNull();
    expect((await client.deleteBucket(bucket)).error).toBeNull();
  });
});

describe('versions', () => {
  test('stay when an object is overwritten or deleted, and come back by their id', async () => {
    const [first, second] = [await put('k', 'one'), await put('k', 'two')];
    expect(first).not.toBe(second);
    expect(await history('k')).toEqual(['[two]', 'one']);
    expect((await box().remove(['k'])).data).toMatchObject([{ name: 'k', is_delete_marker: true, is_versioned: true, archived_at: null }]);
    expect(await read('k')).toBe('Object not found');
    expect(await history('k')).toEqual(['[x]', 'two', 'one']);
    expect(await read('k', first)).toBe('one');
    await put('k', 'three');
    expect(await history('k')).toEqual(['[three]', 'x', 'two', 'one']);
  });

  test('are told by info, links and public URLs', async () => {
    const first = await put('k', 'one');
    await put('k', 'two');
    const { data: info } = await box().info('k', { versionId: first });
    expect(info).toMatchObject({ version: first, size: 3, isVersioned: true, isDeleteMarker: false });
    expect(info?.archivedAt).toEqual(expect.any(String));
    expect((await box().info('k')).data).toMatchObject({ archivedAt: null });
    const { data: link } = await box().createSignedUrl('k', 60, { versionId: first });
    expect(await (await fetch(link?.signedUrl ?? '')).text()).toBe('one');
    const { data: open } = await box().createSignedUrl('k', 60);
    expect(await (await fetch(open?.signedUrl ?? '')).text()).toBe('two');
    expect((await box().createSignedUrl('k', 60, { versionId: 'missing' })).error?.message).toBe('Object not found');
    await client.updateBucket(bucket, { public: true });
    expect(await (await fetch(box().getPublicUrl('k', { versionId: first }).data.publicUrl)).text()).toBe('one');
    expect((await fetch(box().getPublicUrl('k', { versionId: 'missing' }).data.publicUrl)).status).toBe(400);
  });

  test('are copied, and restored by moving them onto their own key', async () => {
    const first = await put('k', 'one');
    await put('k', 'two');
    expect((await box().copy('k', 'copy', { sourceVersionId: first })).error).toBeNull();
    expect(await read('copy')).toBe('one');
    expect((await box().move('k', 'k', { sourceVersionId: first })).error).toBeNull();
    expect(await history('k')).toEqual(['[one]', 'two']);
    await box().remove(['k']);
    const deleted = (await box().list('k', { exactMatch: true, noncurrentVersions: 'only' })).data?.[1]?.version ?? '';
    expect((await box().move('k', 'k', { sourceVersionId: deleted })).error).toBeNull();
    expect(await history('k')).toEqual(['[two]', 'x', 'one']);
  });

  test('of a moved object stay behind a delete marker; a moved version is gone from where it was', async () => {
    await put('k', 'one');
    await put('k', 'two');
    expect((await box().move('k', 'there')).error).toBeNull();
    expect(await history('k')).toEqual(['[x]', 'two', 'one']);
    expect(await history('there')).toEqual(['[two]']);
    const two = (await box().list('k', { exactMatch: true, noncurrentVersions: 'only' })).data?.[0]?.version ?? '';
    expect((await box().move('k', 'elsewhere', { sourceVersionId: two })).error).toBeNull();
    expect(await history('k')).toEqual(['[x]', 'one']);
    expect(await history('elsewhere')).toEqual(['[two]']);
    expect(codeOf((await box().move('there', 'elsewhere')).error)).toBe('409');
    expect(codeOf((await box().move('there', 'away', { sourceVersionId: 'missing' })).error)).toBe('404');
  });

  test('are removed for good one by one; then the one before is current again', async () => {
    const [first, second, third] = [await put('k', 'one'), await put('k', 'two'), await put('k', 'three')];
    expect((await box().remove([{ path: 'k', versionId: second }])).data).toMatchObject([{ name: 'k', version: second }]);
    expect(await history('k')).toEqual(['[three]', 'one']);
    await box().remove([{ path: 'k', versionId: third }]);
    expect(await history('k')).toEqual(['[one]']);
    expect(await read('k')).toBe('one');
    const [marker] = (await box().remove(['k'])).data ?? [];
    await box().remove([{ path: 'k', versionId: marker?.version ?? '' }]);
    expect(await history('k')).toEqual(['[one]']);
    expect((await box().remove([{ path: 'k', versionId: 'missing' }])).data).toEqual([]);
    await box().remove([{ path: 'k', versionId: first }]);
    expect(await history('k')).toEqual([]);
    await server.collect();
    expect(await auditStore({ query: async (text) => ({ rows: await server.sql(text) }) }, server.storePath, 1)).toEqual(CLEAN);
  });

  test('of several keys are removed in one request, the current one with those before it', async () => {
    const [first, second] = [await put('k', 'one'), await put('k', 'two')];
    const other = await put('other', 'three');
    const { data } = await box().remove([
      { path: 'k', versionId: second },
      { path: 'k', versionId: first },
      { path: 'other', versionId: other },
      'k',
    ]);
    expect(data?.filter(({ is_delete_marker }) => is_delete_marker === true)).toMatchObject([{ name: 'k' }]);
    expect(await history('k')).toEqual(['[x]']);
    expect(await history('other')).toEqual([]);
  });

  test('without versioning enabled are the null version, of which there is one', async () => {
    const plain = `${bucket}-plain`;
    await client.createBucket(plain);
    bucket = plain;
    await put('k', 'null one');
    await client.updateBucket(plain, { public: false, versioningStatus: 'ENABLED' });
    await put('k', 'two');
    expect(await history('k')).toEqual(['[two]', 'null one']);
    await client.updateBucket(plain, { public: false, versioningStatus: 'SUSPENDED' });
    await put('k', 'null three');
    expect(await history('k')).toEqual(['[null three]', 'two']);
    expect(await read('k', 'null')).toBe('null three');
    await put('k', 'null four');
    expect(await history('k')).toEqual(['[null four]', 'two']);
    await box().remove(['k']);
    expect(await history('k')).toEqual(['[x]', 'two']);
    await put('k', 'null five');
    expect(await history('k')).toEqual(['[null five]', 'two']);
    await server.collect();
    expect(await auditStore({ query: async (text) => ({ rows: await server.sql(text) }) }, server.storePath, 1)).toEqual(CLEAN);
  });

  test('come from resumable uploads too, and of plain SQL', async () => {
    await put('k', 'one');
    const bytes = Buffer.from('two');
    const metadata = { bucketName: bucket, objectName: 'k', contentType: 'text/plain' };
    await transfer({ url: server.url, bytes, metadata, headers: { 'x-upsert': 'true' } }).done;
    expect(await history('k')).toEqual(['[two]', 'one']);
    await server.sql('update storage.objects set name = $2 where bucket_id = $1', [bucket, 'renamed']);
    expect(await history('k')).toEqual(['[x]', 'one']);
    expect(await history('renamed')).toEqual(['[two]']);
    await server.sql('delete from storage.objects where bucket_id = $1', [bucket]);
    expect(await history('renamed')).toEqual(['[x]', 'two']);
  });
});

describe('listings', () => {
  const all = { noncurrentVersions: 'include', deleteMarkers: 'include' } as const;

  beforeEach(async () => {
    for (const body of ['1', '2', '3']) await put('a/x', body);
    await put('a/y', '1');
    await put('b', '1');
    await put('b', '2');
    await box().remove(['a/y', 'b']);
  });

  test('choose versions and delete markers', async () => {
    const namesOf = async (options: Parameters<ReturnType<typeof box>['list']>[1]) =>
      (await box().list('a', options)).data?.map(({ name }) => name);
    expect(await namesOf({})).toEqual(['x']);
    expect(await namesOf({ noncurrentVersions: 'include' })).toEqual(['x', 'x', 'x', 'y']);
    expect(await namesOf({ noncurrentVersions: 'only' })).toEqual(['x', 'x', 'y']);
    expect(await namesOf({ deleteMarkers: 'include' })).toEqual(['x', 'y']);
    expect(await namesOf({ deleteMarkers: 'only' })).toEqual(['y']);
    expect(await namesOf(all)).toEqual(['x', 'x', 'x', 'y', 'y']);
    expect(await namesOf({ ...all, offset: 2, limit: 2 })).toEqual(['x', 'y']);
    expect(await namesOf({ ...all, search: 'y' })).toEqual(['y', 'y']);
    expect(await namesOf({ ...all, sortBy: { column: 'name', order: 'desc' } })).toEqual(['y', 'y', 'x', 'x', 'x']);
    expect(await namesOf({ ...all, sortBy: { column: 'created_at', order: 'desc' } })).toEqual(['y', 'y', 'x', 'x', 'x']);
    expect((await box().list('', all)).data?.map(({ name, version }) => [name, version === null])).toEqual([
      ['a', true],
      ['b', false],
      ['b', false],
      ['b', false],
    ]);
    expect((await server.fetch(`/object/list/${bucket}`, asJson({ prefix: '', noncurrentVersions: 'some' }))).status).toBe(400);
  });

  test.each([
    ['name', 'asc'],
    ['name', 'desc'],
    ['created_at', 'asc'],
    ['updated_at', 'desc'],
  ] as const)('by %s %s come in pages of any size, each version once', async (column, order) => {
    const options = { ...all, sortBy: { column, order } };
    const whole = (await box().listV2(options)).data?.objects.map(({ version }) => version);
    expect(whole).toHaveLength(8);
    for (const limit of [1, 2, 3]) {
      const seen: (string | undefined)[] = [];
      let cursor: string | undefined;
      do {
        const { data, error } = await box().listV2({ ...options, limit, ...(cursor === undefined ? {} : { cursor }) });
        if (error) throw error;
        seen.push(...data.objects.map(({ version }) => version));
        cursor = data.nextCursor;
      } while (cursor !== undefined);
      expect(seen).toEqual(whole);
    }
  });

  test('with folders show each once', async () => {
    const { data } = await box().listV2({ ...all, with_delimiter: true });
    expect(data?.folders.map(({ name }) => name)).toEqual(['a/']);
    expect(data?.objects.map(({ name }) => name)).toEqual(['b', 'b', 'b']);
  });
});

test('pictures are made of the version that is asked for', async () => {
  const own = await startTestServer({ images: testImageSettings(`${server.storePath}-pictures`) });
  try {
    const files = own.client().from('pictures');
    await own.client().createBucket('pictures', { public: true, versioningStatus: 'ENABLED' });
    await files.upload('p.png', await paint(10), { contentType: 'image/png' });
    const first = (await files.info('p.png')).data?.version ?? '';
    await files.upload('p.png', await paint(250), { contentType: 'image/png', upsert: true });
    const transform = { width: 2, format: 'origin' } as const;
    expect(await redOf(files.getPublicUrl('p.png', { transform }).data.publicUrl)).toBeGreaterThan(200);
    expect(await redOf(files.getPublicUrl('p.png', { transform, versionId: first }).data.publicUrl)).toBeLessThan(50);
    const { data: link } = await files.createSignedUrl('p.png', 60, { transform, versionId: first });
    expect(await redOf(link?.signedUrl ?? '')).toBeLessThan(50);
  } finally {
    await own.stop();
  }
});
