import { createHash, randomBytes } from 'node:crypto';
import { readdir, utimes } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SERVICE_TOKEN, startTestServer, type TestServer } from '../../testing/server.ts';
import { TusBox } from '../../testing/tus-box.ts';
import { PART_TYPE, tusFetch, tusMetadata } from '../../testing/tus.ts';

let server: TestServer;
let tus: TusBox;

beforeAll(async () => {
  server = await startTestServer({ maxUploadBytes: 1_000_000 });
  tus = new TusBox(server);
  const client = server.client();
  await client.createBucket('box');
  await client.createBucket('small', { public: false, fileSizeLimit: 10 });
  await client.createBucket('pictures', { public: false, allowedMimeTypes: ['image/*'] });
});
afterAll(() => server.stop());

const sha1 = (text: string) => `sha1 ${createHash('sha1').update(text).digest('base64')}`;

describe('OPTIONS', () => {
  it('says what the server can, without a token', async () => {
    const response = await fetch(tus.endpoint, { method: 'OPTIONS' });
    expect(response.status).toBe(204);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'tus-version': '1.0.0',
      'tus-max-size': '1000000',
      'tus-extension': 'creation,creation-with-upload,creation-defer-length,termination,expiration,checksum',
      'tus-checksum-algorithm': 'sha1,sha256,sha512,md5',
    });
  });
});

describe('creation', () => {
  it.each(['/upload/resumable', '/upload/resumable/', '/storage/v1/upload/resumable'])(
    'answers 201 with a location under %s',
    async (path) => {
      const response = await tus.create({ url: server.url + path });
      expect(response.status).toBe(201);
      const location = response.headers.get('location') ?? '';
      expect(location.startsWith(server.url + path.replace(/\/$/, ''))).toBe(true);
      const id = Buffer.from(location.slice(location.lastIndexOf('/') + 1), 'base64url').toString();
      expect(id).toMatch(/^box\/file-\d+\.bin\/[0-9a-f-]{36}$/);
      expect(Date.parse(response.headers.get('upload-expires') ?? '')).toBeGreaterThan(Date.now());
      expect((await tus.head(location)).status).toBe(200);
    },
  );

  it('honours the proxy in front', async () => {
    const response = await tus.create({
      url: `${server.url}/upload/resumable`,
      headers: { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'files.example.com', 'x-forwarded-prefix': '/storage/v1' },
    });
    expect(response.headers.get('location')).toMatch(/^https:\/\/files\.example\.com\/storage\/v1\/upload\/resumable\/[\w-]+$/);
  });

  it.each([
    ['no metadata', { 'upload-metadata': '' }, 400],
    ['no bucket', { 'upload-metadata': tusMetadata({ objectName: 'x' }) }, 400],
    ['no name', { 'upload-metadata': tusMetadata({ bucketName: 'box' }) }, 400],
    ['broken metadata', { 'upload-metadata': 'bucketName =!' }, 400],
    ['a way out of the bucket', { 'upload-metadata': tusMetadata({ bucketName: 'box', objectName: '../x' }) }, 400],
    ['an unknown bucket', { 'upload-metadata': tusMetadata({ bucketName: 'none', objectName: 'x' }) }, 404],
    ['user metadata that is no JSON', { 'upload-metadata': tusMetadata({ bucketName: 'box', objectName: 'x', metadata: '{' }) }, 400],
    ['a negative length', { 'upload-length': '-1' }, 400],
    ['no number for a length', { 'upload-length': 'ten' }, 400],
    ['a length and none', { 'upload-defer-length': '1' }, 400],
    ['more than the server takes', { 'upload-length': '1000001' }, 413],
    [
      'more than the bucket takes',
      { 'upload-length': '11', 'upload-metadata': tusMetadata({ bucketName: 'small', objectName: 'x' }) },
      413,
    ],
    ['a type the bucket does not take', { 'upload-metadata': tusMetadata({ bucketName: 'pictures', objectName: 'x' }) }, 415],
    ['a partial upload', { 'upload-concat': 'partial' }, 501],
    ['another version', { 'tus-resumable': '0.2.2' }, 412],
  ])('refuses %s in plain text', async (_name, headers, status) => {
    const response = await tus.create({ headers });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await response.text()).not.toBe('');
    expect(response.headers.get('tus-resumable')).toBe('1.0.0');
    expect(response.headers.get('tus-version')).toBe(status === 412 ? '1.0.0' : null);
  });

  it('refuses a request without a token, in the order of keys of this route', async () => {
    const response = await tus.create({ token: '' });
    expect(response.status).toBe(400);
    expect(await response.text()).toBe(
      `{"statusCode":"400","code":"InvalidRequest","error":"Error","message":"headers must have required property 'authorization'"}`,
    );
  });

  it('makes an empty object at once', async () => {
    await tus.createAt({ length: 0, metadata: { objectName: 'empty' } });
    expect(await tus.stored('empty')).toEqual(Buffer.alloc(0));
  });

  it('takes bytes along, all of them or some', async () => {
    const bytes = randomBytes(10);
    const whole = await tus.create({ metadata: { objectName: 'along' }, headers: { 'content-type': PART_TYPE }, body: bytes });
    expect(whole.headers.get('upload-offset')).toBe('10');
    expect(await tus.stored('along')).toEqual(bytes);
    const some = await tus.create({ headers: { 'content-type': PART_TYPE }, body: bytes.subarray(0, 4) });
    expect(await tus.offsetAt(some.headers.get('location') ?? '')).toBe('4');
  });

  it('learns the length later', async () => {
    const fields = tusMetadata({ bucketName: 'box', objectName: 'later' });
    const response = await tusFetch(tus.endpoint, { headers: { 'upload-defer-length': '1', 'upload-metadata': fields } });
    const location = response.headers.get('location') ?? '';
    expect((await tus.head(location)).headers.get('upload-defer-length')).toBe('1');
    expect((await tus.patch(location, 0, 'hello ')).headers.get('upload-offset')).toBe('6');
    expect((await tus.patch(location, 6, 'world', { headers: { 'upload-length': '3' } })).status).toBe(400);
    expect((await tus.patch(location, 6, 'world')).headers.get('upload-offset')).toBe('11');
    expect((await tus.patch(location, 11, '', { headers: { 'upload-length': '11' } })).status).toBe(204);
    expect((await tus.stored('later')).toString()).toBe('hello world');
    expect((await tus.head(location)).headers.get('upload-length')).toBe('11');
  });

  it('keeps a deferred length within the limit of the bucket', async () => {
    const fields = tusMetadata({ bucketName: 'small', objectName: 'creeping' });
    const response = await tusFetch(tus.endpoint, { headers: { 'upload-defer-length': '1', 'upload-metadata': fields } });
    const location = response.headers.get('location') ?? '';
    expect((await tus.patch(location, 0, 'x'.repeat(11))).status).toBe(413);
    expect((await tus.patch(location, 0, 'x'.repeat(10))).status).toBe(204);
    expect((await tus.patch(location, 10, '', { headers: { 'upload-length': '11' } })).status).toBe(413);
  });
});

describe('parts', () => {
  it('add up to the object with its type, cache time and metadata', async () => {
    const metadata = { objectName: 'parts.txt', contentType: 'text/plain', cacheControl: '60', metadata: '{"a":"ä"}' };
    const location = await tus.createAt({ metadata });
    expect((await tus.patch(location, 0, '01234')).headers.get('upload-offset')).toBe('5');
    expect((await server.client().from('box').exists('parts.txt')).data).toBe(false);
    const last = await tus.patch(location, 5, '56789');
    expect([last.status, last.headers.get('upload-offset'), last.headers.get('upload-expires')]).toEqual([204, '10', null]);
    const { data } = await server.client().from('box').info('parts.txt');
    expect(data).toMatchObject({ size: 10, contentType: 'text/plain', cacheControl: 'max-age=60', metadata: { a: 'ä' } });
    const [row] = await server.sql(`select metadata ->> 'eTag' as etag, sha256 from storage.objects where name = 'parts.txt'`);
    expect(row).toEqual({
      etag: `"${createHash('md5').update('0123456789').digest('hex')}"`,
      sha256: createHash('sha256').update('0123456789').digest('hex'),
    });
    expect((await tus.head(location)).headers.get('upload-offset')).toBe('10');
    expect((await tus.patch(location, 10, '')).status).toBe(204);
  });

  it('show the metadata as it was sent', async () => {
    const raw = `${tusMetadata({ bucketName: 'box', objectName: tus.uniqueName() })},flag,binary /w==`;
    const location = await tus.createAt({ headers: { 'upload-metadata': raw } });
    const response = await tus.head(location);
    expect(response.headers.get('upload-metadata')).toBe(raw);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it.each([
    ['a wrong offset', { 'upload-offset': '3' }, 409],
    ['a negative offset', { 'upload-offset': '-1' }, 400],
    ['another type', { 'content-type': 'application/octet-stream' }, 415],
    ['no version', { 'tus-resumable': '' }, 412],
    ['a length that is known already', { 'upload-length': '10' }, 400],
  ])('are refused with %s, and change nothing', async (_name, headers, status) => {
    const location = await tus.createAt();
    const response = await tus.patch(location, 0, '01234', { headers });
    expect(response.status).toBe(status);
    expect(await response.text()).not.toBe('');
    expect(await tus.offsetAt(location)).toBe('0');
  });

  it('are refused beyond the length', async () => {
    const location = await tus.createAt();
    expect((await tus.patch(location, 0, 'x'.repeat(11))).status).toBe(413);
    expect(await tus.offsetAt(location)).toBe('0');
  });

  it('count as far as they came when a body without a length is too long', async () => {
    const location = await tus.createAt({ metadata: { objectName: 'toolong' } });
    const body = new Blob(['x'.repeat(11)]).stream();
    expect((await tus.patch(location, 0, body)).status).toBe(413);
    expect(Number(await tus.offsetAt(location))).toBeLessThan(10);
  });

  it('are 404 for ids that do not exist or do not belong together', async () => {
    const location = await tus.createAt();
    const version = Buffer.from(location.slice(location.lastIndexOf('/') + 1), 'base64url')
      .toString()
      .split('/')
      .at(-1);
    const ids = ['nonsense', 'box/other/00000000-0000-7000-8000-000000000000', `box/other/${version}`];
    for (const id of ids) {
      const other = `${tus.endpoint}/${Buffer.from(id).toString('base64url')}`;
      expect((await tus.head(other)).status).toBe(404);
      expect((await tus.patch(other, 0, 'x')).status).toBe(404);
      expect((await tusFetch(other, { method: 'DELETE' })).status).toBe(404);
    }
  });

  it('may be sent as POST with the method in a header', async () => {
    const location = await tus.createAt({ metadata: { objectName: 'override' } });
    const response = await tusFetch(location, {
      method: 'POST',
      body: '0123456789',
      headers: { 'x-http-method-override': 'PATCH', 'content-type': PART_TYPE, 'upload-offset': '0' },
    });
    expect([response.status, response.headers.get('upload-offset')]).toEqual([204, '10']);
    expect((await tus.stored('override')).toString()).toBe('0123456789');
  });

  it('are verified against a checksum', async () => {
    const location = await tus.createAt({ metadata: { objectName: 'checked' } });
    const wrong = await tus.patch(location, 0, '0123456789', { headers: { 'upload-checksum': sha1('other') } });
    expect([wrong.status, await tus.offsetAt(location)]).toEqual([460, '0']);
    expect((await tus.patch(location, 0, '01234', { headers: { 'upload-checksum': 'crc7 AAAA' } })).status).toBe(400);
    expect((await tus.patch(location, 0, '01234', { headers: { 'upload-checksum': sha1('01234') } })).status).toBe(204);
    expect((await tus.patch(location, 5, '56789', { headers: { 'upload-checksum': sha1('56789') } })).status).toBe(204);
    expect((await tus.stored('checked')).toString()).toBe('0123456789');
  });

  it('are refused readably while a large body is still being sent', async () => {
    const location = await tus.createAt({ length: 1_000_000 });
    const statuses = await Promise.all(
      Array.from({ length: 5 }, async () => (await tus.patch(location, 5, Buffer.alloc(20_000_000))).status),
    );
    expect(statuses).toEqual([409, 409, 409, 409, 409]);
  });

  it('that break off count as far as they came', async () => {
    const location = await tus.createAt({ metadata: { objectName: 'broken' } });
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    const part = request(location, {
      method: 'PATCH',
      headers: {
        authorization: `Bearer ${SERVICE_TOKEN}`,
        'tus-resumable': '1.0.0',
        'content-type': PART_TYPE,
        'content-length': '10',
        'upload-offset': '0',
      },
    });
    part.once('error', () => resolve());
    part.write('01234', () => setTimeout(() => part.destroy(new Error('gone')), 50));
    await closed;
    await expect.poll(() => tus.offsetAt(location), { timeout: 20_000 }).toBe('5');
    expect((await tus.patch(location, 5, '56789')).status).toBe(204);
    expect((await tus.stored('broken')).toString()).toBe('0123456789');
  });

  it('that race for one offset count once', async () => {
    const location = await tus.createAt({ metadata: { objectName: 'race' } });
    const bodies = ['aaaaaaaaaa', 'bbbbbbbbbb', 'cccccccccc', 'dddddddddd'];
    const statuses = await Promise.all(bodies.map(async (body) => (await tus.patch(location, 0, body)).status));
    expect(statuses.filter((status) => status === 204)).toHaveLength(1);
    expect(bodies).toContain((await tus.stored('race')).toString());
  });
});

describe('termination', () => {
  it('frees the bytes', async () => {
    const location = await tus.createAt();
    await tus.patch(location, 0, '01234');
    const before = await readdir(join(server.storePath, 'resumable'));
    expect((await tusFetch(location, { method: 'DELETE' })).status).toBe(204);
    expect((await tus.head(location)).status).toBe(404);
    expect((await tus.patch(location, 5, '56789')).status).toBe(404);
    expect((await readdir(join(server.storePath, 'resumable'))).length).toBe(before.length - 1);
  });

  it('does not undo a finished upload', async () => {
    const location = await tus.createAt({ metadata: { objectName: 'finished' } });
    await tus.patch(location, 0, '0123456789');
    expect((await tusFetch(location, { method: 'DELETE' })).status).toBe(400);
    expect((await tus.stored('finished')).toString()).toBe('0123456789');
  });
});

describe('expiration', () => {
  it('ends uploads that nobody finished', async () => {
    const location = await tus.createAt();
    await tus.patch(location, 0, '01234');
    const version =
      Buffer.from(location.slice(location.lastIndexOf('/') + 1), 'base64url')
        .toString()
        .split('/')
        .at(-1) ?? '';
    await server.sql(`update storage.resumable_uploads set created_at = now() - interval '2 hours' where version = $1`, [version]);
    expect((await tus.head(location)).status).toBe(410);
    expect((await tus.patch(location, 5, '56789')).status).toBe(410);
    await server.collect();
    expect((await tus.head(location)).status).toBe(404);
    expect(await readdir(join(server.storePath, 'resumable'))).not.toContain(version);
  });

  it('removes files that no upload refers to, and no others', async () => {
    const location = await tus.createAt();
    const version =
      Buffer.from(location.slice(location.lastIndexOf('/') + 1), 'base64url')
        .toString()
        .split('/')
        .at(-1) ?? '';
    const dir = join(server.storePath, 'resumable');
    const stray = (await readdir(dir)).filter((name) => name !== version);
    await server.sql('delete from storage.resumable_uploads where version <> $1', [version]);
    for (const name of await readdir(dir)) await utimes(join(dir, name), 1000, 1000);
    await server.collect();
    expect(stray.length).toBeGreaterThan(0);
    expect(await readdir(dir)).toEqual([version]);
  });
});
