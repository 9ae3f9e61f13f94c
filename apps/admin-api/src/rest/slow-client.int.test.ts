import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AdminHarness, startAdminHarness } from '../testing/admin-harness.ts';

let admin: AdminHarness;
beforeAll(async () => {
  admin = await startAdminHarness();
});
afterAll(() => admin.stop());

it('many clients that never finish their request keep nobody else waiting', async () => {
  const { port, hostname } = new URL(admin.url);
  const sockets = Array.from({ length: 200 }, () => connect(Number(port), hostname));
  await Promise.all(
    sockets.map(async (socket, index) => {
      socket.on('error', () => {});
      await once(socket, 'connect');
      socket.write(
        index % 2 === 0
          ? 'GET /health/live HTTP/1.1\r\nHost: x\r\nX-Slow: '
          : `POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
      );
    }),
  );
  expect((await admin.call('GET', '/health/live')).status).toBe(200);
  for (const socket of sockets) socket.destroy();
});
