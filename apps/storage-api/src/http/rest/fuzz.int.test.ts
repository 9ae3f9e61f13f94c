import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../../testing/server.ts';

/** Raise it for a soak: SUPASTOR_FUZZ_RUNS=10000. */
const RUNS = Number(process.env['SUPASTOR_FUZZ_RUNS'] ?? '400');
const KNOWN_STATUSES = new Set([200, 204, 206, 304, 400, 404, 412, 416]);
const LEAKS = /select |insert |storage\.objects|node_modules|\.ts:|at \w+ \(|\/tmp\/|pg_|relation /i;

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  await server.client().createBucket('fuzz', { public: true });
  await server.client().from('fuzz').upload('a/b.txt', 'text');
});
afterAll(() => server.stop());

const text = fc.oneof(
  fc.constantFrom(
    'fuzz',
    'a/b.txt',
    'a',
    '',
    '..',
    '%00',
    '\u0000',
    '\ud800',
    '*',
    '1e999',
    '-1',
    "'",
    '2020-01-01',
    'name',
    'asc',
    '\u{10ffff}',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const FIELDS =
  'id name public file_size_limit allowed_mime_types prefix prefixes limit offset search sortBy column order cursor with_delimiter bucketId ' +
  'sourceKey destinationKey destinationBucket copyMetadata metadata expiresIn paths mimetype cacheControl type __proto__ constructor transform';
const field = fc.constantFrom(...FIELDS.split(' '));
const leaf = fc.oneof(text, fc.integer(), fc.double(), fc.boolean(), fc.constantFrom(null, 2 ** 53, -(2 ** 63), 1e308));
const { value: json } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, leaf, fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(field, tie('value'), { maxKeys: 5 })),
}));
const body = fc.oneof(fc.dictionary(field, json, { maxKeys: 8 }), json);
const path = fc
  .tuple(
    fc.constantFrom(
      'bucket',
      'object',
      'object/list',
      'object/list-v2',
      'object/copy',
      'object/move',
      'object/sign',
      'object/upload/sign',
      'object/info',
      'object/public',
      'object/authenticated',
      'object/info/public',
      'health',
      'vector',
      'metrics',
    ),
    fc.array(text, { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('download', 'token', 'limit', 'offset', 'sortColumn', 'sortOrder', 'search', 'x'), text, { maxKeys: 2 }),
  )
  .map(([route, segments, query]) => {
    const tail = segments.map((segment) => `/${encodeURIComponent(segment.toWellFormed())}`).join('');
    return `/${route}${tail}?${new URLSearchParams(query).toString()}`;
  });
const printable = fc.string({
  unit: fc.constantFrom('a', 'b', 'z', '0', '1', '9', ' ', '"', '*', '-', '/', '=', ',', ';', ':', '+', '.', '{', '}'),
  maxLength: 20,
});
const headers = fc.dictionary(
  fc.constantFrom(
    'range',
    'if-match',
    'if-none-match',
    'if-modified-since',
    'if-range',
    'x-upsert',
    'x-metadata',
    'cache-control',
    'content-md5',
    'content-encoding',
    'x-request-id',
    'prefer',
  ),
  printable,
  { maxKeys: 3 },
);
const contentType = fc.constantFrom(
  'application/json',
  'text/plain',
  'multipart/form-data',
  'multipart/form-data; boundary=x',
  'application/json; charset=x',
  'a',
);

test(`${RUNS} random requests are all answered in the protocol, without a failure of ours and without telling of our insides`, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH'),
      path,
      headers,
      contentType,
      body,
      async (method, url, extra, type, content) => {
        const hasBody = method !== 'GET' && method !== 'HEAD';
        const response = await server.fetch(url, {
          method,
          headers: { ...extra, ...(hasBody ? { 'content-type': type } : {}) },
          ...(hasBody ? { body: JSON.stringify(content) ?? '' } : {}),
        });
        const answer = await response.text();
        expect(KNOWN_STATUSES).toContain(response.status);
        if (response.status >= 400) expect(answer).not.toMatch(LEAKS);
        if (response.status >= 400 && method !== 'HEAD') expect(JSON.parse(answer)).toHaveProperty('message');
      },
    ),
    { numRuns: RUNS },
  );
  expect((await server.fetch('/health/ready')).status).toBe(200);
}, 600_000);
