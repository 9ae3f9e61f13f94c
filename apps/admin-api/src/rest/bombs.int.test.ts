import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { residentBytes } from '@supastor/testkit/harness/slow-clients';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AdminHarness, startAdminHarness } from '../testing/admin-harness.ts';

const GROWTH_BYTES = 300_000_000;

let admin: AdminHarness;
let token: string;

beforeAll(async () => {
  admin = await startAdminHarness();
  token = await admin.login();
});
afterAll(() => admin.stop());

const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const quick = { params: { [constants.BROTLI_PARAM_QUALITY]: 3 } };
const BODIES: Readonly<
  Record<string, { readonly body: () => string | Uint8Array<ArrayBuffer>; readonly headers?: Record<string, string> }>
> = {
  'compressed with gzip': { body: () => new Uint8Array(gzipSync(Buffer.alloc(100_000_000, '['))), headers: { 'content-encoding': 'gzip' } },
  'compressed with brotli': {
    body: () => new Uint8Array(brotliCompressSync(Buffer.alloc(100_000_000, '['), quick)),
    headers: { 'content-encoding': 'br' },
  },
  'half a million brackets deep': { body: () => deep(500_000) },
  'deep inside a field': { body: () => `{"email":${deep(500_000)}}` },
  'of half a million numbers': { body: () => `[${'1,'.repeat(500_000)}1]` },
  'of ninety thousand fields': { body: () => `{${Array.from({ length: 90_000 }, (_, index) => `"k${index}":1`).join(',')}}` },
  'beyond the limit': { body: () => `{"email":"${'x'.repeat(2_000_000)}"}` },
  'that set a prototype': { body: () => '{"__proto__":{"role":"owner"},"email":"a"}' },
  'that are XML': { body: () => '<!DOCTYPE d [<!ENTITY a "b">]><a>&a;</a>', headers: { 'content-type': 'application/xml' } },
};

describe('bodies', () => {
  test.each(Object.entries(BODIES))('%s are refused at every door, and the server goes on', async (_label, { body, headers }) => {
    const bytes = body();
    const before = await residentBytes(process.pid).catch(() => 0);
    for (const path of ['/api/v1/session', '/api/v1/buckets', '/api/v1/graphql', '/api/v1/batch']) {
      const response = await fetch(admin.url + path, {
        method: 'POST',
        body: bytes,
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
      });
      await response.arrayBuffer();
      expect([path, response.status, response.status >= 400 && response.status < 500]).toEqual([path, response.status, true]);
    }
    expect((await admin.call('GET', '/health/live')).status).toBe(200);
    expect((await residentBytes(process.pid).catch(() => 0)) - before).toBeLessThan(GROWTH_BYTES);
  });
});
