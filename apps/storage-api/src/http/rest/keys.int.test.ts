import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isValidKey } from '../../objects/key.ts';
import { startTestServer, type TestServer } from '../../testing/server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  await server.client().createBucket('keys');
});
afterAll(() => server.stop());

const address = (key: string) => `/object/keys/${key.split('/').map(encodeURIComponent).join('/')}`;

/** Keys of all kinds: any Unicode, escapes that must not be decoded twice, dots, slashes, quotes, up to the limit in bytes. */
const segment = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
  fc.string({
    unit: fc.constantFrom('%', '2', 'e', 'f', '.', '+', ' ', '?', '#', '\\', "'", '"', '&', '=', ';', '*'),
    minLength: 1,
    maxLength: 12,
  }),
  fc.constantFrom('%2e%2e', '%25', '...', '~', 'x'.repeat(255), '日本'.repeat(60), "'; drop table storage.objects; --"),
);
const anyKey = fc
  .array(segment, { minLength: 1, maxLength: 5 })
  .map((segments) => segments.join('/'))
  .filter(isValidKey);

test('any valid key is stored, listed, read, and removed under exactly its name', async () => {
  await fc.assert(
    fc.asyncProperty(anyKey, async (key) => {
      const upload = await server.fetch(address(key), { method: 'PUT', body: key });
      expect([upload.status, await upload.json()]).toEqual([200, { Id: expect.any(String), Key: `keys/${key}` }]);
      expect(await server.sql('select name from storage.objects')).toEqual([{ name: key }]);
      expect(await (await server.fetch(address(key))).text()).toBe(key);
      const listed = await server.client().from('keys').listV2({ prefix: key });
      expect(listed.data?.objects.map(({ name }) => name)).toEqual([key]);
      const removed = await server.client().from('keys').remove([key]);
      expect(removed.data?.map(({ name }) => name)).toEqual([key]);
    }),
    { numRuns: 120 },
  );
});

test.each([
  ['1,024 bytes', 'k'.repeat(1024), 200],
  ['1,024 bytes of three each but one', `${'日'.repeat(341)}x`, 200],
  ['1,025 bytes', 'k'.repeat(1025), 400],
])('a key of %s', async (_label, key, status) => {
  const response = await server.fetch(address(key), { method: 'PUT', body: 'x' });
  expect(response.status).toBe(status);
});
