import { createServer } from 'node:http';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runAcceptance } from './harness/run-acceptance.ts';
import { type Stack, startStack } from './harness/stack.ts';

let stack: Stack;

/** Takes the place of what purges a cache in front. */
const purgeService = createServer((request, response) => {
  request.resume();
  response.writeHead(request.method === 'POST' && request.url === '/cache/purge' ? 204 : 404).end();
});

beforeAll(async () => {
  purgeService.listen(0, '127.0.0.1');
  await once(purgeService, 'listening');
  const address = purgeService.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  stack = await startStack({ env: { CDN_PURGE_ENDPOINT_URL: `http://127.0.0.1:${port}/cache` } });
}, 120_000);
afterAll(async () => {
  await stack.destroy();
  purgeService.close();
}, 60_000);

test('a fresh stack passes every check of the acceptance suite, and none is skipped', async () => {
  const { code, lines, mishaps } = await runAcceptance({ ...(await stack.access()) });
  expect(mishaps).toEqual([]);
  expect(lines.at(-1)).toMatch(/^\d{3} passed, 0 failed, 0 skipped$/);
  expect(code).toBe(0);
}, 300_000);

test('the suite says what is missing, fails on a wrong key, and prints no key', async () => {
  const { STORAGE_URL, ANON_KEY } = await stack.access();
  const without = await runAcceptance({ STORAGE_URL, ANON_KEY });
  expect(without.code).toBe(2);
  const wrong = await runAcceptance({ STORAGE_URL, ANON_KEY, SERVICE_ROLE_KEY: ANON_KEY }, '--profile', 'smoke');
  expect(wrong.code).toBe(1);
  expect(wrong.lines.at(-1)).toMatch(/^\d+ passed, [1-9]\d* failed, 0 skipped$/);
  expect([...without.lines, ...wrong.lines].join('\n')).not.toContain(ANON_KEY);
}, 60_000);
