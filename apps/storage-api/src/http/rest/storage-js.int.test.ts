import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { StorageClient } from '@supabase/storage-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ANON_TOKEN, startTestServer, type TestServer } from '../../testing/server.ts';

let server: TestServer;
let client: StorageClient;

beforeAll(async () => {
  server = await startTestServer({ maxUploadBytes: 20_000_000 });
  client = server.client();
});
afterAll(() => server.stop());

const filesOf = (bucket: string) => client.from(bucket);

async function bytesOf(blob: Blob | null): Promise<Buffer> {
  return Buffer.from(await (blob ?? new Blob([])).arrayBuffer());
}

describe('buckets', () => {
  test('are created with limits, shown, updated, listed and deleted', async () => {
    const created = await client.createBucket('limits', { public: true, fileSizeLimit: '10MB', allowedMimeTypes: ['image/*'] });
    expect(created).toEqual({ data: { name: 'limits' }, error: null });
    const { data } = await client.getBucket('limits');
    expect(data).toMatchObject({
      id: 'limits',
      name: 'limits',
      public: true,
      file_size_limit: 10_000_000,
      allowed_mime_types: ['image/*'],
    });
    expect((await client.updateBucket('limits', { public: false, fileSizeLimit: null })).data).toEqual({ message: 'Successfully updated' });
    expect((await client.getBucket('limits')).data).toMatchObject({
      public: false,
      file_size_limit: null,
      allowed_mime_types: ['image/*'],
    });
    expect((await client.deleteBucket('limits')).data).toEqual({ message: 'Successfully deleted' });
    expect((await client.getBucket('limits')).error).toMatchObject({ message: 'Bucket not found', statusCode: '404', status: 400 });
  });

  test('are listed with limit, offset, search and order', async () => {
    for (const name of ['list-a', 'list-b', 'list-c', 'other']) await client.createBucket(name);
    const page = await client.listBuckets({ limit: 2, offset: 1, search: 'LIST', sortColumn: 'name', sortOrder: 'desc' });
    expect(page.data?.map(({ id }) => id)).toEqual(['list-b', 'list-a']);
  });

  test('refuse names with slashes, names that are taken and deletion while they hold objects', async () => {
    await client.createBucket('taken');
    expect((await client.createBucket('a/b')).error).toMatchObject({ message: 'Bucket name invalid', statusCode: '400' });
    expect((await client.createBucket('taken')).error).toMatchObject({ message: 'The resource already exists', statusCode: '409' });
    await client.from('taken').upload('x', 'x');
    expect((await client.deleteBucket('taken')).error).toMatchObject({ statusCode: '409', status: 400 });
    expect((await client.emptyBucket('taken')).error).toBeNull();
    expect((await client.deleteBucket('taken')).error).toBeNull();
  });
});

describe('objects', () => {
  beforeAll(async () => {
    await client.createBucket('files');
    await client.createBucket('second', { public: true });
  });

  test.each([
    ['a buffer', () => randomBytes(300_000)],
    ['an empty body', () => Buffer.alloc(0)],
    ['one byte more than is read in one go', () => randomBytes(65_537)],
  ])('come back as they were sent: %s', async (label, make) => {
    const body = make();
    const { data } = await filesOf('files').upload(`same/${label}`, body, { contentType: 'application/x-test' });
    expect(data).toEqual({ id: expect.any(String), path: `same/${label}`, fullPath: `files/same/${label}` });
    const download = await filesOf('files').download(`same/${label}`);
    expect(download.data?.type).toBe('application/x-test');
    expect((await bytesOf(download.data)).equals(body)).toBe(true);
  });

  test('may be sent as a blob, a form or a stream', async () => {
    const body = randomBytes(6_000_000);
    const form = new FormData();
    form.append('', new File([body], 'b.bin', { type: 'image/png' }));
    form.append('cacheControl', '77');
    await filesOf('files').upload('as/blob', new Blob([body], { type: 'image/gif' }), { metadata: { origin: 'blob' } });
    await filesOf('files').upload('as/form', form);
    await filesOf('files').upload('as/stream', Readable.from([body]), { contentType: 'image/webp' });
    for (const [name, type] of [
      ['blob', 'image/gif'],
      ['form', 'image/png'],
      ['stream', 'image/webp'],
    ] as const) {
      const { data } = await filesOf('files').download(`as/${name}`);
      expect(data?.type).toBe(type);
      expect((await bytesOf(data)).equals(body)).toBe(true);
    }
    expect((await filesOf('files').info('as/form')).data).toMatchObject({ cacheControl: 'max-age=77', size: 6_000_000 });
    expect((await filesOf('files').info('as/blob')).data).toMatchObject({ metadata: { origin: 'blob' }, cacheControl: 'max-age=3600' });
  });

  test('are replaced by upsert and update only', async () => {
    const first = await filesOf('files').upload('replace', 'one');
    expect((await filesOf('files').upload('replace', 'two')).error).toMatchObject({
      message: 'The resource already exists',
      statusCode: '409',
    });
    const second = await filesOf('files').upload('replace', 'two', { upsert: true });
    expect(second.data?.id).toBe(first.data?.id);
    expect((await filesOf('files').update('replace', 'three')).error).toBeNull();
    expect(await (await filesOf('files').download('replace')).data?.text()).toBe('three');
    expect((await filesOf('files').update('made-by-put', 'new')).error).toBeNull();
  });

  test('tell their metadata and whether they exist', async () => {
    await filesOf('files').upload('info.txt', 'hello', { contentType: 'text/plain', cacheControl: '60', metadata: { colour: 'grün' } });
    const { data } = await filesOf('files').info('info.txt');
    expect(data).toMatchObject({
      name: 'info.txt',
      bucketId: 'files',
      size: 5,
      contentType: 'text/plain',
      cacheControl: 'max-age=60',
      etag: '"5d41402abc4b2a76b9719d911017c592"',
      metadata: { colour: 'grün' },
    });
    expect((await filesOf('files').exists('info.txt')).data).toBe(true);
    expect((await filesOf('files').exists('nothing')).data).toBe(false);
  });

  test('are copied and moved, within and across buckets', async () => {
    await filesOf('files').upload('orig', 'text', { contentType: 'text/plain', metadata: { a: 1 } });
    expect((await filesOf('files').copy('orig', 'copied')).data).toEqual({ path: 'files/copied' });
    expect((await filesOf('files').copy('orig', 'abroad', { destinationBucket: 'second' })).data).toEqual({ path: 'second/abroad' });
    expect((await filesOf('files').copy('orig', 'copied')).error).toMatchObject({ statusCode: '409' });
    expect((await filesOf('files').copy('missing', 'x')).error).toMatchObject({ statusCode: '404', message: 'Object not found' });
    const plain = await filesOf('files').copy('orig', 'plain', {
      copyMetadata: false,
      metadata: { mimetype: 'text/csv', cacheControl: 'max-age=1' },
    });
    expect(plain.error).toBeNull();
    expect((await filesOf('files').info('plain')).data).toMatchObject({ contentType: 'text/csv', cacheControl: 'max-age=1', metadata: {} });
    expect((await filesOf('files').info('copied')).data).toMatchObject({ contentType: 'text/plain', metadata: { a: 1 } });
    expect((await filesOf('files').remove(['orig'])).data).toHaveLength(1);
    expect(await (await filesOf('files').download('copied')).data?.text()).toBe('text');
    expect((await filesOf('files').move('copied', 'moved')).data).toMatchObject({ message: 'Successfully moved' });
    expect((await filesOf('files').move('moved', 'moved', { destinationBucket: 'second' })).error).toBeNull();
    expect((await filesOf('files').exists('moved')).data).toBe(false);
    expect(await (await client.from('second').download('moved')).data?.text()).toBe('text');
    expect((await filesOf('files').move('plain', 'abroad', { destinationBucket: 'second' })).error).toMatchObject({ statusCode: '409' });
  });

  test('are removed many at a time, and only what existed is reported', async () => {
    for (const name of ['r/1', 'r/2', 'r/3']) await filesOf('files').upload(name, name);
    const { data } = await filesOf('files').remove(['r/1', 'r/3', 'r/none']);
    expect(data?.map(({ name }) => name).toSorted()).toEqual(['r/1', 'r/3']);
    expect((await filesOf('files').list('r')).data?.map(({ name }) => name)).toEqual(['2']);
  });

  test('are limited in size and type by their bucket and the server', async () => {
    await client.createBucket('strict', { public: false, fileSizeLimit: 10, allowedMimeTypes: ['image/*', 'text/plain'] });
    const strict = client.from('strict');
    expect((await strict.upload('big', randomBytes(11), { contentType: 'image/png' })).error).toMatchObject({
      message: 'The object exceeded the maximum allowed size',
      statusCode: '413',
      status: 400,
    });
    expect((await strict.upload('big', new Blob([randomBytes(11)], { type: 'image/png' }))).error).toMatchObject({ statusCode: '413' });
    const type = await strict.upload('type', 'x', { contentType: 'application/json' });
    expect(type.error).toMatchObject({ message: 'mime type application/json is not supported', statusCode: '415' });
    expect((await strict.upload('ok', 'x', { contentType: 'text/plain;charset=UTF-8' })).error).toBeNull();
    expect((await filesOf('files').upload('huge', Readable.from([randomBytes(20_000_001)]))).error).toMatchObject({ statusCode: '413' });
    expect((await strict.list('')).data?.map(({ name }) => name)).toEqual(['ok']);
  });
});

describe('signed links', () => {
  beforeAll(async () => {
    await client.createBucket('signed');
    await filesOf('signed').upload('dir/ä b.txt', 'signed text', { contentType: 'text/plain' });
  });

  test('download without a token, under a name of choice', async () => {
    const { data } = await filesOf('signed').createSignedUrl('dir/ä b.txt', 60, { download: 'my file.txt' });
    const response = await fetch(data?.signedUrl ?? '');
    expect(await response.text()).toBe('signed text');
    expect(response.headers.get('content-disposition')).toBe("attachment; filename=my%20file.txt; filename*=UTF-8''my%20file.txt");
    expect(response.headers.get('expires')).not.toBeNull();
    expect(response.headers.get('cache-control')).toBeNull();
  });

  test('are made in batches, with an error for what is missing', async () => {
    const { data } = await filesOf('signed').createSignedUrls(['dir/ä b.txt', 'none'], 60);
    expect(data?.[1]).toMatchObject({ error: 'Either the object does not exist or you do not have access to it', signedURL: null });
    expect(await (await fetch(data?.[0]?.signedUrl ?? '')).text()).toBe('signed text');
  });

  test('upload once, or again with upsert, and never to another path', async () => {
    const { data } = await filesOf('signed').createSignedUploadUrl('up.txt');
    const token = data?.token ?? '';
    expect((await filesOf('signed').uploadToSignedUrl('up.txt', token, 'first')).data).toEqual({
      path: 'up.txt',
      fullPath: 'signed/up.txt',
    });
    expect((await filesOf('signed').uploadToSignedUrl('up.txt', token, 'second')).error).toMatchObject({ statusCode: '409' });
    expect((await filesOf('signed').uploadToSignedUrl('elsewhere.txt', token, 'x')).error).toMatchObject({ statusCode: '400' });
    const again = await filesOf('signed').createSignedUploadUrl('up.txt', { upsert: true });
    expect((await filesOf('signed').uploadToSignedUrl('up.txt', again.data?.token ?? '', new Blob(['third']))).error).toBeNull();
    expect(await (await filesOf('signed').download('up.txt')).data?.text()).toBe('third');
  });

  test('for downloads do not allow uploads, nor the other way round', async () => {
    const download = await filesOf('signed').createSignedUrl('dir/ä b.txt', 60);
    const downloadToken = new URL(download.data?.signedUrl ?? '').searchParams.get('token') ?? '';
    expect((await filesOf('signed').uploadToSignedUrl('dir/ä b.txt', downloadToken, 'x')).error).not.toBeNull();
    const upload = await filesOf('signed').createSignedUploadUrl('only-up');
    const response = await server.fetch(`/object/sign/signed/only-up?token=${upload.data?.token}`, { token: '' });
    expect(await response.json()).toMatchObject({ error: 'InvalidSignature' });
    const asBearer = await server.fetch('/bucket', { token: downloadToken });
    expect(await asBearer.json()).toMatchObject({ statusCode: '403' });
  });
});

describe('public buckets', () => {
  test('serve anyone, and stop when made private', async () => {
    await client.createBucket('open', { public: true });
    await client.from('open').upload('a.txt', 'public', { contentType: 'text/plain' });
    const url = client.from('open').getPublicUrl('a.txt').data.publicUrl;
    expect(await (await fetch(url)).text()).toBe('public');
    expect(await (await server.client(ANON_TOKEN).from('open').download('a.txt')).data?.text()).toBe('public');
    expect((await server.fetch('/object/open/a.txt', { token: 'nonsense' })).status).toBe(200);
    expect((await server.fetch('/object/info/public/open/a.txt', { token: '' })).status).toBe(200);
    await client.updateBucket('open', { public: false });
    expect((await fetch(url)).status).toBe(400);
  });
});
