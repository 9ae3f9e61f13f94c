import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createStorageClient, type StorageClient } from './storage-client.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** A client of a server that gives this answer to everything. */
async function clientOf(answer: Answer, timeoutMs = 5000): Promise<StorageClient> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const client = createStorageClient({
    url: `http://127.0.0.1:${port}/storage/v1/`,
    publicUrl: 'https://files.example.org/storage/v1',
    serviceRoleKey: 'key',
    timeoutMs,
  });
  stops.push(() => {
    client.close();
    server.closeAllConnections();
    server.close();
  });
  return client;
}

const json =
  (status: number, body: unknown): Answer =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
const signal = new AbortController().signal;

describe('errors of the storage protocol', () => {
  it.each([
    [400, { statusCode: '404', error: 'Bucket not found', message: 'Bucket not found' }, 'SJ_NOT_FOUND'],
    [400, { statusCode: '409', error: 'Duplicate', message: 'The resource already exists' }, 'SJ_CONFLICT'],
    [400, { statusCode: '413', error: 'Payload too large', message: 'too large' }, 'SJ_INPUT_INVALID'],
    [400, { error: 'Error', message: "body must have required property 'name'" }, 'SJ_INPUT_INVALID'],
    [400, { statusCode: '403', error: 'Unauthorized', message: 'Invalid Compact JWS' }, 'SJ_UPSTREAM_FAILED'],
    [429, { statusCode: '429', error: 'slow', message: 'slow down' }, 'SJ_RATE_LIMITED'],
    [544, { statusCode: '544', error: 'db', message: 'The connection to the database timed out' }, 'SJ_TIMEOUT'],
    [500, 'plain text of a proxy', 'SJ_UPSTREAM_FAILED'],
  ])('HTTP %i with %j becomes %s', async (status, body, code) => {
    const client = await clientOf(json(status, body));
    await expect(client.getBucket('b', signal)).rejects.toMatchObject({ code });
  });

  it('a server that closes the connection is out of reach', async () => {
    const client = await clientOf((request) => request.destroy());
    await expect(client.getBucket('b', signal)).rejects.toMatchObject({ code: 'SJ_UPSTREAM_FAILED' });
  });

  it('a server that stays silent times out', async () => {
    const client = await clientOf(() => {}, 50);
    await expect(client.getBucket('b', signal)).rejects.toMatchObject({ code: 'SJ_TIMEOUT' });
  });

  it('an answer of another shape is the server’s failure, not a crash', async () => {
    const client = await clientOf(json(200, { hello: 'world' }));
    await expect(client.listBuckets({ limit: 1, offset: 0 }, signal)).rejects.toMatchObject({ code: 'SJ_UPSTREAM_FAILED' });
  });
});

describe('differences between servers', () => {
  const object = { id: 'i', created_at: 'c', updated_at: 'u', metadata: { size: 3, mimetype: 'text/plain', eTag: '"e"' } };
  it.each([
    ['full keys', { folders: [{ name: 'deep', key: 'a/deep' }], objects: [{ ...object, name: '1', key: 'a/1' }] }],
    ['full names', { folders: [{ name: 'a/deep/' }], objects: [{ ...object, name: 'a/1' }] }],
    ['relative names', { folders: [{ name: 'deep/' }], objects: [{ ...object, name: '1' }] }],
  ])('a page with %s gives full paths', async (_what, page) => {
    const client = await clientOf(json(200, { hasNext: false, ...page }));
    const listed = await client.listObjects({ bucket: 'b', prefix: 'a/', limit: 10, folders: true }, signal);
    expect(listed).toMatchObject({ folders: ['a/deep/'], objects: [{ path: 'a/1', sizeBytes: 3 }], nextCursor: null });
  });

  it.each([
    ['with', { name: 'a//', key: '' }],
    ['without', { name: 'a/', key: '' }],
  ])('keeps empty segments, of folders %s a slash at their end too', async (_label, folder) => {
    const client = await clientOf(json(200, { hasNext: false, folders: [folder], objects: [{ ...object, name: 'a/', key: '' }] }));
    const listed = await client.listObjects({ bucket: 'b', prefix: 'a/', limit: 10, folders: true }, signal);
    expect(listed).toMatchObject({ folders: ['a//'], objects: [{ path: 'a/' }] });
  });

  it('a bucket without limits has null limits', async () => {
    const client = await clientOf(json(200, { id: 'b', name: 'b', public: false, created_at: 'c', updated_at: 'u' }));
    expect(await client.getBucket('b', signal)).toMatchObject({ file_size_limit: null, allowed_mime_types: null });
  });

  it('signed URLs are built on the public address with the path encoded', async () => {
    const client = await clientOf(json(200, [{ path: 'ü/a b?.txt', error: null, signedURL: '/object/sign/b/ü/a b?.txt?token=t.o.k' }]));
    const [link] = await client.signDownloads('b', ['ü/a b?.txt'], 60, signal);
    expect(link?.url).toBe('https://files.example.org/storage/v1/object/sign/b/%C3%BC/a%20b%3F.txt?token=t.o.k');
  });
});
