import { createServer } from 'node:http';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { startAdminHarness } from '../testing/admin-harness.ts';

it('a stop waits for the request that is running and takes no new ones', async () => {
  const { promise: asked, resolve: onAsked } = Promise.withResolvers<() => void>();
  const storage = createServer((_request, response) => {
    onAsked(() => void response.writeHead(200, { 'content-type': 'application/json' }).end('[]'));
  }).listen(0, '127.0.0.1');
  await once(storage, 'listening');
  const address = storage.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const admin = await startAdminHarness({ storageUrl: `http://127.0.0.1:${port}/storage/v1` });
  const running = admin.call('GET', '/api/v1/buckets', { token: await admin.login() });
  const answerIt = await asked;
  const stopped = admin.stop();
  await expect
    .poll(() =>
      fetch(`${admin.url}/health/live`).then(
        ({ status }) => status,
        () => 0,
      ),
    )
    .not.toBe(200);
  answerIt();
  expect(await running).toMatchObject({ status: 200, body: { buckets: [] } });
  await stopped;
  storage.closeAllConnections();
  storage.close();
});
