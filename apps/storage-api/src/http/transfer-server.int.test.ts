import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTransferServer } from './transfer-server.ts';

const HEAD_MS = 400;
const DRIP_MS = 50;

let server: Server;

beforeAll(async () => {
  const echo = createTransferServer((request, response) => void text(request).then((body) => response.end(body)), {
    idleMs: 60_000,
    headMs: HEAD_MS,
    keepAliveMs: 65_000,
    minBodyBytesPerSecond: 0,
    checkPeriodMs: 50,
  });
  server = echo.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function open(): Promise<Socket> {
  const address = server.address();
  const socket = connect(typeof address === 'object' && address !== null ? address.port : 0, '127.0.0.1');
  await once(socket, 'connect');
  return socket.on('error', () => {});
}

it('ends a connection that drips headers for ever', async () => {
  const socket = await open();
  let answer = '';
  socket.on('data', (chunk) => (answer += String(chunk)));
  socket.write('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ');
  const drip = setInterval(() => socket.write('a'), DRIP_MS);
  // Drips that arrive after the answer may end the connection with a reset.
  await new Promise((resolve) => socket.once('close', resolve)).finally(() => clearInterval(drip));
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
});

it('lets a body take longer than a head may, as long as it moves', async () => {
  const socket = await open();
  const answer = text(socket);
  const length = Math.ceil((HEAD_MS * 4) / DRIP_MS);
  socket.write(`POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n`);
  for (let sent = 0; sent < length; sent += 1) {
    socket.write('b');
    await sleep(DRIP_MS);
  }
  expect(await answer).toMatch(new RegExp(`^HTTP/1\\.1 200 [^]*b{${length}}$`));
});

it('does not count the pause between two requests of a connection', async () => {
  const socket = await open();
  const seen: string[] = [];
  socket.on('data', (chunk) => seen.push(String(chunk)));
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none');
  await expect.poll(() => seen.join(''), { timeout: 15_000 }).toContain('one');
  await sleep(HEAD_MS * 3);
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\ntwo');
  await expect.poll(() => seen.join(''), { timeout: 15_000 }).toContain('two');
  socket.destroy();
});
