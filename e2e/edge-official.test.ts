import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { findFreePort } from '@supastor/testkit/harness/free-port';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Haproxy, LACKS_HAPROXY, startHaproxy } from './harness/haproxy.ts';

let dir: TempDir;
let edge: Haproxy;
let server: Server;
let origin: string;

/** What the official storage server looks at: paths without a mount, `/status`, and the prefix that was cut off. */
describe.skipIf(LACKS_HAPROXY !== null)('the edge before the official storage server', () => {
  beforeAll(async () => {
    dir = await createTempDir('edge');
    const [http, health, port] = [await findFreePort(), await findFreePort(), await findFreePort()];
    server = createServer((request, response) => {
      const { method, url, headers } = request;
      const isKnown = url !== '/health/ready' && url !== '/health/live';
      response.writeHead(isKnown ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ method, url, prefix: headers['x-forwarded-prefix'] ?? null, host: headers.host }));
    }).listen(port, '127.0.0.1');
    await once(server, 'listening');
    const servers = { kind: 'fixed', servers: [{ host: '127.0.0.1', port }] } as const;
    origin = `http://127.0.0.1:${http}`;
    edge = await startHaproxy(
      {
        ports: { http, health },
        storage: servers,
        isOfficialStorage: true,
        admin: servers,
        publicUrl: `${origin}/files`,
        trustedProxies: [],
      },
      dir.path,
    );
  }, 60_000);
  afterAll(async () => {
    await edge?.stop();
    server?.closeAllConnections();
    server?.close();
    await dir?.remove();
  });

  test.each([
    ['GET', '/files/storage/v1/bucket', '/bucket'],
    ['GET', '/storage/v1/object/list/box?limit=1', '/object/list/box?limit=1'],
    ['POST', '/files/storage/v1/upload/resumable', '/upload/resumable'],
    ['PUT', '/files/storage/v1/s3/box/a%20b%2Fc?partNumber=1', '/s3/box/a%20b%2Fc?partNumber=1'],
    ['GET', '/files/storage/v1', '/'],
  ])(
    '%s %s reaches it as %s, with the prefix beside it',
    async (method, path, url) => {
      const ask = async () => (await fetch(origin + path, { method, headers: { 'x-forwarded-prefix': '/forged' } })).status;
      await expect.poll(ask, { timeout: 30_000 }).toBe(200);
      const response = await fetch(origin + path, { method, headers: { 'x-forwarded-prefix': '/forged' } });
      expect(await response.json()).toEqual({ method, url, prefix: '/files/storage/v1', host: new URL(origin).host });
    },
    60_000,
  );
});
