import { createServer, type Server } from 'node:net';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { openSockets, residentBytes } from '@supastor/testkit/harness/slow-clients';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createTestPool } from '../testing/pool.ts';
import * as bombs from '../testing/picture-bombs.ts';
import { type ServerProcess, spawnServer } from '../testing/process.ts';
import { KEY_PAIR } from '../testing/s3.ts';
import { BOOTSTRAP_SQL, SERVICE_TOKEN } from '../testing/server.ts';
import { signRequest } from '../testing/sign-s3.ts';

/** What the server may take more than before, all bombs together. */
const SERVER_BYTES = 200_000_000;
const WORKER_BYTES = 500_000_000;
const JSON_TYPE = { 'content-type': 'application/json' };
const MANY = 10_000;

let postgres: TempPostgres;
let dir: TempDir;
let server: ServerProcess;
let baseBytes: number;
/** Whatever a document names is this listener: nobody may connect to it. */
let canary: Server;
let visits = 0;

beforeAll(async () => {
  [dir, postgres] = await Promise.all([createTempDir('bombs'), startTempPostgres()]);
  const pool = createTestPool(postgres.url, 1);
  await pool.query(BOOTSTRAP_SQL);
  await pool.end();
  canary = createServer((socket) => {
    visits += 1;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(canary, 'listening');
  const env = { S3_PROTOCOL_ACCESS_KEY_ID: KEY_PAIR.accessKeyId, S3_PROTOCOL_ACCESS_KEY_SECRET: KEY_PAIR.secret };
  server = await spawnServer(postgres.url.replace('postgres@', 'supabase_storage_admin@'), `${dir.path}/store`, env);
  await server.client.createBucket('box');
  await server.client.from('box').upload('kept', 'kept');
  baseBytes = await residentBytes(server.pid);
});
afterAll(async () => {
  await server?.end('SIGKILL');
  canary.close();
  await postgres.stop();
  await dir.remove();
});
afterEach(async () => {
  expect(await (await server.client.from('box').download('kept')).data?.text()).toBe('kept');
  expect(visits).toBe(0);
  expect((await residentBytes(server.pid)) - baseBytes).toBeLessThan(SERVER_BYTES);
  for (const worker of await children(server.pid)) expect(await residentBytes(worker).catch(() => 0)).toBeLessThan(WORKER_BYTES);
});

async function children(pid: number): Promise<readonly number[]> {
  return (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ').filter(Boolean).map(Number);
}

const auth = { authorization: `Bearer ${SERVICE_TOKEN}` };
const canaryUrl = () => {
  const address = canary.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/x`;
};

async function statusOf(path: string, { headers = {}, ...init }: RequestInit): Promise<number> {
  const response = await fetch(`${server.url}${path}`, { ...init, headers: { ...auth, ...Object.fromEntries(new Headers(headers)) } });
  await response.arrayBuffer();
  return response.status;
}

async function s3Status(
  method: string,
  query: Record<string, string>,
  body: string,
  extraHeaders: Record<string, string> = {},
): Promise<number> {
  const { url, headers } = signRequest(server.url, { method, path: '/s3/box', query, body, extraHeaders });
  const response = await fetch(url, { method, headers, body });
  await response.arrayBuffer();
  return response.status;
}

function expectRefused(status: number): void {
  expect([status >= 400, status < 500, status]).toEqual([true, true, status]);
}

const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const quick = { params: { [constants.BROTLI_PARAM_QUALITY]: 3 } };

describe.skipIf(process.platform !== 'linux')('bodies', () => {
  test.each([
    ['compressed with gzip', () => gzipSync(Buffer.alloc(200_000_000, '[')), { 'content-encoding': 'gzip' }],
    ['compressed with brotli', () => brotliCompressSync(Buffer.alloc(200_000_000, '['), quick), { 'content-encoding': 'br' }],
    ['compressed twice', () => gzipSync(gzipSync(Buffer.alloc(200_000_000, '['))), { 'content-encoding': 'gzip, gzip' }],
    ['a million brackets deep', () => deep(1_000_000), {}],
    ['of a million numbers', () => `{"prefixes":[${'1,'.repeat(900_000)}1]}`, {}],
    ['of a hundred thousand fields', () => `{${Array.from({ length: 100_000 }, (_, index) => `"k${index}":1`).join(',')}}`, {}],
    ['of ten thousand keys to delete', () => JSON.stringify({ prefixes: Array.from({ length: MANY }, (_, index) => `k${index}`) }), {}],
    ['beyond the limit', () => `{"prefixes":["${'x'.repeat(3_000_000)}"]}`, {}],
    ['that say they are XML', () => '<?xml version="1.0"?><a/>', { 'content-type': 'application/xml' }],
  ])('in JSON, %s, are refused', async (_label, body, headers) => {
    expectRefused(await statusOf('/object/box', { method: 'DELETE', body: body(), headers: { ...JSON_TYPE, ...headers } }));
  });

  test('with ten thousand fields of a form are refused or taken without them', async () => {
    const form = new FormData();
    for (let index = 0; index < MANY; index += 1) form.append(`field-${index}`, 'x');
    form.append('', new Blob(['text']), 'file');
    const status = await statusOf('/object/box/form', { method: 'POST', body: form });
    expect([200, 400, 413]).toContain(status);
  });

  test('with a head of a megabyte are refused', async () => {
    const headers = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`x-${index}`, 'x'.repeat(10_000)]));
    const status = await statusOf('/object/list/box', { method: 'POST', headers, body: '{}' }).catch(() => 431);
    expect(status).toBe(431);
  });
});

const laughs = () =>
  `<!DOCTYPE d [<!ENTITY a0 "ha">${Array.from({ length: 30 }, (_, index) => `<!ENTITY a${index + 1} "&a${index};&a${index};">`).join('')}]>`;
const named = (entity: string) => `<Delete><Object><Key>${entity}</Key></Object></Delete>`;

describe.skipIf(process.platform !== 'linux')('documents over S3', () => {
  const DOCUMENTS: Readonly<Record<string, () => string>> = {
    'with entities that multiply': () => laughs() + named('&a30;'),
    'with an entity of another address': () => `<!DOCTYPE d [<!ENTITY x SYSTEM "${canaryUrl()}">]>${named('&x;')}`,
    'with a definition of another address': () => `<!DOCTYPE d SYSTEM "${canaryUrl()}">${named('x')}`,
    'that include another one': () => `<Delete xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="${canaryUrl()}"/></Delete>`,
    'a hundred thousand elements deep': () => `${'<a>'.repeat(100_000)}${'</a>'.repeat(100_000)}`,
    'of a million elements': () => `<Delete>${'<a/>'.repeat(1_000_000)}</Delete>`,
    'with a hundred thousand attributes': () => `<Delete ${Array.from({ length: 100_000 }, (_, index) => `a${index}="x"`).join(' ')}/>`,
    'of one comment that does not end': () => `<Delete><!--${'-'.repeat(2_000_000)}`,
    'with a million unknown entities': () => named('&x;'.repeat(1_000_000)),
    'of ten thousand keys': () => `<Delete>${'<Object><Key>k</Key></Object>'.repeat(MANY)}</Delete>`,
    'beyond the limit': () => named('x'.repeat(9_000_000)),
  };

  test.each(Object.entries(DOCUMENTS))('%s are refused', async (_label, document) => {
    for (const name of ['delete', 'lifecycle', 'tagging', 'cors']) {
      const method = name === 'delete' ? 'POST' : 'PUT';
      expectRefused(await s3Status(method, { [name]: '' }, document()));
    }
  });

  test('that are compressed are refused', async () => {
    const { url, headers } = signRequest(server.url, {
      method: 'POST',
      path: '/s3/box',
      query: { delete: '' },
      contentSha256: 'UNSIGNED-PAYLOAD',
      extraHeaders: { 'content-encoding': 'gzip' },
    });
    const response = await fetch(url, { method: 'POST', headers, body: gzipSync(Buffer.alloc(100_000_000, '<')) });
    expectRefused(response.status);
  });
});

async function render(bytes: Buffer, type: string): Promise<number> {
  const key = `picture-${randomBytes(6).toString('hex')}`;
  expect((await server.client.from('box').upload(key, bytes, { contentType: type })).error).toBeNull();
  return statusOf(`/render/image/authenticated/box/${key}?width=50&height=50`, {});
}
const flat = () => sharp({ create: { width: 64, height: 64, channels: 3, background: '#888' } });

describe.skipIf(process.platform !== 'linux')('pictures', () => {
  test.each([
    ['a PNG of billions of pixels', async () => bombs.hugePng(), 'image/png'],
    ['a GIF of billions of pixels', async () => bombs.hugeGif(), 'image/gif'],
    ['a JPEG of billions of pixels', async () => bombs.enlargeJpeg(await flat().jpeg().toBuffer()), 'image/jpeg'],
    ['an AVIF of billions of pixels', async () => bombs.enlargeAvif(await flat().avif().toBuffer()), 'image/avif'],
    ['an SVG that names another address', async () => Buffer.from(svg(`<image href="${canaryUrl()}"/>`)), 'image/svg+xml'],
    ['an SVG that says it is a PNG', async () => Buffer.from(svg(`<image href="${canaryUrl()}"/>`)), 'image/png'],
    ['an SVG with entities that multiply', async () => Buffer.from(laughs() + svg('&a30;')), 'image/svg+xml'],
    ['a compressed SVG', async () => gzipSync(svg(' '.repeat(50_000_000))), 'image/svg+xml'],
  ])('%s is refused', async (_label, make, type) => {
    expectRefused(await render(await make(), type));
  });

  test.each([
    ['a PNG with a comment that unfolds', async () => bombs.wordyPng(), 'image/png'],
    ['a PNG with more bytes than pixels', async () => bombs.overfullPng(), 'image/png'],
    ['a GIF of twenty thousand frames', async () => bombs.longGif(), 'image/gif'],
  ])('%s is refused or shown, within bounds', async (_label, make, type) => {
    const status = await render(await make(), type);
    expect([200, 400]).toContain(status);
  });

  test('leave no connection to anywhere open', async () => {
    // Clients, Postgres and what the worker is spoken to with.
    expect(await openSockets(server.pid)).toBeLessThan(60);
  });
});

function svg(content: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">${content}</svg>`;
}
