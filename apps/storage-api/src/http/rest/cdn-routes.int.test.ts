import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CdnPurger } from '../../cdn/cdn-purger.ts';
import { startReceiver, type Receiver } from '../../testing/receiver.ts';
import { ANON_TOKEN, signToken, startTestServer, type TestServer } from '../../testing/server.ts';

let receiver: Receiver;
let server: TestServer;

beforeAll(async () => {
  receiver = await startReceiver();
  server = await startTestServer({ cdn: { url: `${receiver.url}/stub/cache/?x=1#y`, bearer: 'purge-key', tenantId: 'tenant-1' } });
});

afterAll(async () => {
  await server.stop();
  await receiver.stop();
});

beforeEach(() => {
  receiver.requests.length = 0;
  receiver.answer = (response) => void response.writeHead(204).end();
});

const purge = (path: string, token?: string) => server.fetch(path, { method: 'DELETE', ...(token === undefined ? {} : { token }) });

describe('DELETE /cdn', () => {
  const tenant = { ref: 'tenant-1' };

  it.each([
    ['/cdn', { type: 'tenant', tenant }],
    ['/cdn/', { type: 'tenant', tenant }],
    ['/storage/v1/cdn/?transformations=true', { type: 'tenant-transforms', tenant }],
    ['/cdn/photos', { type: 'bucket', tenant, bucketId: 'photos' }],
    ['/cdn/photos?transformations=true', { type: 'bucket-transforms', tenant, bucketId: 'photos' }],
    ['/cdn/photos/a%20b/c.png', { type: 'object', tenant, bucketId: 'photos', objectName: 'a b/c.png' }],
    ['/cdn/photos/c.png?transformations=true', { type: 'object-transforms', tenant, bucketId: 'photos', objectName: 'c.png' }],
  ])('%s sends the order of the original and waits for it', async (path, order) => {
    const answer = await purge(path);
    expect([answer.status, await answer.text()]).toEqual([200, '{"message":"success"}']);
    expect(receiver.requests).toHaveLength(1);
    const [{ path: called, headers, body } = { path: '', headers: {}, body: '{}' }] = receiver.requests;
    expect(called).toBe('/stub/cache/purge');
    expect(headers).toMatchObject({ authorization: 'Bearer purge-key', 'content-type': 'application/json' });
    expect(JSON.parse(body)).toEqual(order);
  });

  it('works with purgeCache of the client', async () => {
    const { data, error } = await server.client().from('photos').purgeCache('a/ü.png', { transformations: true });
    expect(error).toBeNull();
    expect(data).toEqual({ message: 'success' });
    expect(JSON.parse(receiver.requests[0]?.body ?? '{}')).toMatchObject({ type: 'object-transforms', objectName: 'a/ü.png' });
  });

  it('is for service_role only, and calls nobody for others', async () => {
    const refused = [ANON_TOKEN, signToken({ role: 'authenticated', sub: 'u' })];
    for (const token of refused) {
      const answer = await purge('/cdn/photos/a', token);
      expect([answer.status, await answer.json()]).toEqual([
        403,
        { statusCode: '403', error: 'Unauthorized', message: 'Access denied: Invalid role', code: 'AccessDenied' },
      ]);
    }
    expect((await purge('/cdn', '')).status).toBe(400);
    expect((await purge('/cdn', 'x.y.z')).status).toBe(400);
    expect(receiver.requests).toEqual([]);
  });

  it('refuses an empty object and an unknown flag', async () => {
    for (const path of ['/cdn/photos/', '/cdn/photos?transformations=perhaps']) {
      const answer = await purge(path);
      expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'InvalidRequest' }]);
    }
    expect(receiver.requests).toEqual([]);
  });

  it('tries again what may pass', async () => {
    receiver.answer = (response) => void response.writeHead(receiver.requests.length < 3 ? 503 : 200).end('{}');
    expect((await purge('/cdn/photos')).status).toBe(200);
    expect(receiver.requests).toHaveLength(3);
  });

  it('gives up after three attempts, and at once when the order itself is refused', async () => {
    receiver.answer = (response) => void response.writeHead(502).end('secret of the service');
    const answer = await purge('/cdn/photos');
    expect([answer.status, await answer.json()]).toEqual([
      500,
      { statusCode: '500', error: 'Internal', message: 'Error purging cache', code: 'InternalError' },
    ]);
    expect(receiver.requests).toHaveLength(3);
    receiver.requests.length = 0;
    receiver.answer = (response) => void response.writeHead(401).end();
    expect((await purge('/cdn/photos')).status).toBe(500);
    expect(receiver.requests).toHaveLength(1);
  });

  it('is not held by a body that never ends', async () => {
    receiver.answer = (response) => void response.writeHead(200).write('{');
    expect((await purge('/cdn/photos')).status).toBe(200);
  });
});

describe('a purge service that does not answer', () => {
  it('is given up when the time is over, however many attempts are left', async () => {
    const settings = { url: receiver.url, bearer: null, tenantId: 't', timeoutMs: 700 };
    receiver.answer = () => undefined;
    await expect(new CdnPurger(settings).purge({ transforms: false })).rejects.toThrow('Error purging cache');
    expect(receiver.requests).toHaveLength(1);
    expect(receiver.requests[0]?.headers.authorization).toBeUndefined();
  });

  it('is given up when the server stops', async () => {
    const purger = new CdnPurger({ url: receiver.url, bearer: null, tenantId: 't', timeoutMs: 600_000 });
    receiver.answer = () => purger.stop();
    await expect(purger.purge({ transforms: false })).rejects.toThrow('Error purging cache');
    expect(receiver.requests).toHaveLength(1);
  });
});

describe('without a purge service', () => {
  let plain: TestServer;
  beforeAll(async () => {
    plain = await startTestServer();
  });
  afterAll(() => plain.stop());

  it.each(['/cdn/', '/cdn/photos', '/cdn/photos/a'])('DELETE %s says that the feature is not enabled', async (path) => {
    const answer = await plain.fetch(path, { method: 'DELETE' });
    expect([answer.status, await answer.json()]).toMatchObject([400, { statusCode: '409', code: 'FeatureNotEnabled' }]);
  });
});
