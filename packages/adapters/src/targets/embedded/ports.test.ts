import { createServer, type Server } from 'node:net';
import { buildDesiredStack } from '@supastor/core/stack/desired';
import { createTestConfig } from '@supastor/core/stack/testing/fixtures';
import { afterEach, expect, test } from 'vitest';
import type { Placement } from './files/state-file.ts';
import { choosePorts, isPortFree } from './ports.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function occupy(host: string, port = 0): Promise<number> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function choose(port: number, options: { remembered?: { preferred: number; chosen: number }; held?: number } = {}) {
  const desired = buildDesiredStack(createTestConfig({ storage: { port } }), 'default');
  const remembered: Placement['ports'] = options.remembered ? { 'storage.http': options.remembered } : {};
  const choices = await choosePorts(desired, remembered, options.held === undefined ? {} : { 'storage.http': options.held });
  return choices.find(({ service }) => service === 'storage');
}

test('a port somebody listens on is not free, whichever address he uses', async () => {
  const port = await occupy('127.0.0.1');
  expect(await isPortFree('127.0.0.1', port)).toBe(false);
  expect(await isPortFree('0.0.0.0', port)).toBe(false);
  const wildcard = await occupy('0.0.0.0');
  expect(await isPortFree('127.0.0.1', wildcard)).toBe(false);
  const sixth = await occupy('::1').catch(() => null);
  expect(sixth === null || !(await isPortFree('127.0.0.1', sixth))).toBe(true);
});

test('a taken port is replaced by a free one above it', async () => {
  const port = await occupy('127.0.0.1');
  const choice = await choose(port);
  expect(choice).toMatchObject({ preferred: port, remembered: null });
  expect(choice?.chosen).toBeGreaterThan(port);
});

test('the port our own service holds is kept', async () => {
  const port = await occupy('127.0.0.1');
  expect(await choose(port, { held: port })).toMatchObject({ chosen: port });
});

test('the remembered port comes first, as long as the configuration asks for the same', async () => {
  const free = await occupy('127.0.0.1');
  const other = await occupy('127.0.0.1');
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  expect(await choose(free, { remembered: { preferred: free, chosen: other } })).toMatchObject({ chosen: other, remembered: other });
  expect(await choose(free, { remembered: { preferred: 1, chosen: other } })).toMatchObject({ chosen: free, remembered: null });
});

test('two listeners never get the same port', async () => {
  const port = await occupy('127.0.0.1');
  const desired = buildDesiredStack(createTestConfig({ storage: { port }, admin: { port } }), 'default');
  const chosen = (await choosePorts(desired, {}, {})).map((choice) => choice.chosen);
  expect(new Set(chosen).size).toBe(chosen.length);
});
