import { readdir } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditStore, CLEAN } from '../../testing/audit.ts';
import { SERVICE_TOKEN, startTestServer, type TestServer } from '../../testing/server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  await server.client().createBucket('wire');
  await server.client().from('wire').upload('a.txt', 'hello wide world', { contentType: 'text/plain' });
});
afterAll(() => server.stop());

/** Key, or segments after the bucket, of attempts to reach outside. */
const TRAVERSALS = [
  '..',
  '../x',
  '../../x',
  '../../../../etc/passwd',
  'a/../b',
  'a/../../b',
  './x',
  'a/./b',
  '.',
  'a/..',
  'a/.',
  '..//x',
  'a\u0000b',
  '\u0000',
  'x\u0000.png',
  'a\nb',
  'a\rb',
  'a\tb',
  '\u001b[0m',
  '\u007f',
  '\u0085',
  'a\u0000/../b',
  '/../etc/passwd',
];
const RAW_TRAVERSALS = [
  '%2e%2e',
  '%2e%2e/x',
  '..%2fx',
  '%2e%2e%2fx',
  '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  '.%2e/x',
  '%2e./x',
  'a/%2e%2e/b',
  'a%2f..%2f..%2fb',
  '%252e%252e%252fx%00',
  '%00',
  'a%00b',
  '%0a',
  '%0d%0aset-cookie:x',
  '%c0%ae%c0%ae/x',
  '%ff',
  '%ed%a0%80',
  '%zz',
  '%',
  '%e0%80%af',
  '..%00/',
  '%2e%2e%00',
  '%1b',
  '%7f',
  '%c2%85',
  '.%2f.',
  '%2e',
];

/** Allowed, as in Supabase Storage: parts of a key may be empty. None of them may become a path of the disk. */
const EMPTY_PARTS = ['...//x', '/x', 'a//b', 'a/', '//', '/', '/etc/passwd'];

describe('paths that lead outside', () => {
  test.each([...TRAVERSALS.map(encodeURIComponent), ...RAW_TRAVERSALS])('%s is refused on every route and leaves no file', async (path) => {
    const attempts = [
      raw('POST', `/object/wire/${path}`, 'x'),
      raw('PUT', `/object/wire/${path}`, 'x'),
      raw('GET', `/object/wire/${path}`),
      raw('GET', `/object/authenticated/wire/${path}`),
      raw('GET', `/object/public/wire/${path}`),
      raw('GET', `/object/info/wire/${path}`),
      raw('HEAD', `/object/wire/${path}`),
      raw('DELETE', `/object/wire/${path}`),
      raw('POST', `/object/upload/sign/wire/${path}`),
      raw('GET', `/bucket/${path}`),
      raw('DELETE', `/bucket/${path}`),
      raw('POST', `/object/${path}/x`, 'x'),
    ];
    const statuses = await Promise.all(attempts);
    expect(statuses.filter((status) => status < 400 || status >= 500)).toEqual([]);
  });

  test.each(TRAVERSALS)('%j is refused in bodies', async (key) => {
    const from = server.client().from('wire');
    expect((await from.copy('a.txt', key)).error).not.toBeNull();
    expect((await from.move('a.txt', key)).error).not.toBeNull();
    expect((await from.copy(key, 'b')).error).not.toBeNull();
    const created = await server.client().createBucket(key);
    expect(created.error).not.toBeNull();
  });

  test.each(EMPTY_PARTS)('%j is an object of that name and no file, and no name of a bucket', async (key) => {
    const path = encodeURIComponent(key);
    expect(await raw('POST', `/object/wire/${path}`, 'x')).toBe(200);
    expect(await server.sql('select name from storage.objects where name <> $1', ['a.txt'])).toEqual([{ name: key }]);
    expect(await raw('GET', `/object/wire/${path}`)).toBe(200);
    expect(await raw('DELETE', `/object/wire/${path}`)).toBe(200);
    for (const refused of [raw('GET', `/bucket/${path}`), raw('DELETE', `/bucket/${path}`), raw('POST', `/object/${path}/x`, 'x')]) {
      expect(await refused).toBeOneOf([400, 404]);
    }
  });

  test('left nothing behind', async () => {
    expect(await auditStore(pool(), server.storePath, 1)).toEqual(CLEAN);
    expect((await readdir(server.storePath)).toSorted()).toEqual(['blobs', 'staging']);
    expect(await server.sql('select name from storage.objects')).toEqual([{ name: 'a.txt' }]);
  });
});

function pool() {
  return { query: async (text: string) => ({ rows: await server.sql(text) }) };
}

/** Status of a request whose path is sent exactly as given. */
function raw(method: string, path: string, body?: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const { port, hostname } = new URL(server.url);
    const sent = httpRequest({ hostname, port, method, path, headers: { authorization: `Bearer ${SERVICE_TOKEN}` } }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    });
    sent.once('error', reject);
    sent.end(body);
  });
}
