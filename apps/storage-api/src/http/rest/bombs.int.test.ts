import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../../testing/server.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const MANY = 10_000;

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  await server.client().createBucket('box');
  await server.client().from('box').upload('kept', 'kept');
});
afterAll(() => server.stop());

const deepJson = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const keys = (count: number) => Array.from({ length: count }, (_, index) => (index === 0 ? 'kept' : `key-${index}`));

const BOMBS: readonly (readonly [string, string, RequestInit])[] = [
  [
    'a compressed body that unfolds to 200 MB',
    '/object/sign/box',
    { method: 'POST', body: gzipSync(Buffer.alloc(200_000_000, '[')), headers: { ...JSON_TYPE, 'content-encoding': 'gzip' } },
  ],
  ['JSON that is a million brackets deep', '/object/sign/box', { method: 'POST', body: deepJson(1_000_000), headers: JSON_TYPE }],
  ['JSON deep inside a field', '/bucket', { method: 'POST', body: `{"name":${deepJson(500_000)}}`, headers: JSON_TYPE }],
  ['JSON that sets a prototype', '/bucket', { method: 'POST', body: '{"name":"x","__proto__":{"public":true}}', headers: JSON_TYPE }],
  [`a deletion of ${MANY} keys`, '/object/box', { method: 'DELETE', body: JSON.stringify({ prefixes: keys(MANY) }), headers: JSON_TYPE }],
  [
    `${MANY} links at once`,
    '/object/sign/box',
    { method: 'POST', body: JSON.stringify({ expiresIn: 60, paths: keys(MANY) }), headers: JSON_TYPE },
  ],
  ['a body beyond the limit', '/object/list/box', { method: 'POST', body: `{"prefix":"${'x'.repeat(3_000_000)}"}`, headers: JSON_TYPE }],
];

describe('what is small to send and large to handle', () => {
  test.each(BOMBS)('is refused: %s', async (_label, path, request) => {
    const response = await server.fetch(path, request);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    expect(await (await server.fetch('/object/box/kept')).text()).toBe('kept');
  });
});
