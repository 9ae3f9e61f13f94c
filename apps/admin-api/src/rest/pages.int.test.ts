import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { readinessSchema } from '@supastor/contract/wire/health';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdminHarness, startAdminHarness } from '../testing/admin-harness.ts';

let dir: TempDir;
let admin: AdminHarness;
const html = { accept: 'text/html,application/xhtml+xml' };

beforeAll(async () => {
  dir = await createTempDir('dashboard');
  const built = join(dir.path, 'dist');
  await mkdir(join(built, 'assets'), { recursive: true });
  await writeFile(join(built, 'index.html'), '<meta property="csp-nonce" content="__CSP_NONCE__"><div id="root"></div>');
  await writeFile(join(built, 'assets', 'index-abc123.js'), 'export {};');
  await writeFile(join(built, 'assets', 'index-abc123.js.br'), brotliCompressSync('export {};'));
  await writeFile(join(built, 'favicon.svg'), '<svg/>');
  await writeFile(join(dir.path, 'secret.txt'), 'canary');
  admin = await startAdminHarness({ dashboardDir: built });
});
afterAll(async () => {
  await admin.stop();
  await dir.remove();
});

describe('the dashboard', () => {
  it.each([
    ['/', 200],
    ['/index.html', 200],
    ['/buckets', 404],
  ])('answers %s to a program that takes anything with %i', async (path, status) => {
    expect(await admin.call('GET', path, { headers: { accept: '*/*' } })).toMatchObject({ status });
  });

  it.each([['/'], ['/buckets/photos.v2'], ['/index.html'], ['/assets']])('serves the page at %s with a nonce of its own', async (path) => {
    const answers = [await admin.call('GET', path, { headers: html }), await admin.call('GET', path, { headers: html })];
    const nonces = answers.map(({ body }) => /content="([^"]+)"/.exec(body)?.[1]);
    expect(answers[0]?.status).toBe(200);
    expect(nonces[0]).not.toBe('__CSP_NONCE__');
    expect(nonces[0]).not.toBe(nonces[1]);
    const policy = answers[0]?.headers.get('content-security-policy') ?? '';
    expect(policy).toContain(`style-src 'self' 'nonce-${nonces[0]}'`);
    expect(policy).toContain("connect-src 'self' http://storage.example.org");
    expect(policy).not.toContain('unsafe');
    expect(answers[0]?.headers.get('cache-control')).toBe('no-cache');
  });

  it('lets browsers keep hashed files and check the others', async () => {
    expect((await admin.call('GET', '/assets/index-abc123.js')).headers.get('cache-control')).toContain('immutable');
    expect((await admin.call('GET', '/favicon.svg')).headers.get('cache-control')).toBe('no-cache');
  });

  it.each([
    ['br', '/assets/index-abc123.js', 'br'],
    ['gzip, br', '/assets/index-abc123.js', 'br'],
    ['gzip', '/assets/index-abc123.js', null],
    ['identity', '/assets/index-abc123.js', null],
    ['gzip, deflate, br, zstd', '/login', 'br'],
    ['br;q=0.5', '/login', 'br'],
    ['br;q=0, gzip', '/login', null],
    ['brotli-ish', '/login', null],
    ['identity', '/login', null],
  ])('answers who accepts %s at %s in %s', async (offered, path, encoding) => {
    const { headers, body } = await admin.call('GET', path, { headers: { ...html, 'accept-encoding': offered } });
    expect(headers.get('content-encoding')).toBe(encoding);
    expect(headers.get('vary')).toContain('accept-encoding');
    expect(body).toContain(path === '/login' ? '<div id="root"></div>' : 'export {};');
  });

  it('answers what is no page with a problem, never with the page', async () => {
    for (const path of ['/assets/gone.js', '/api/v1/gone', '/api', '/health/gone']) {
      const { status, body } = await admin.call('GET', path, { headers: path.startsWith('/assets') ? {} : html });
      expect([path, status, body.code]).toEqual([path, 404, 'SJ_NOT_FOUND']);
    }
  });

  it.each([
    ['/../secret.txt'],
    ['/%2e%2e/secret.txt'],
    ['/..%2fsecret.txt'],
    ['/assets/..%2f..%2fsecret.txt'],
    ['/%00'],
    ['/assets/%5c..%5c..%5csecret.txt'],
  ])('gives nothing outside its directory for %s', async (path) => {
    const response = await fetch(admin.url + path, { headers: html });
    expect(response.status).toBeLessThan(500);
    expect(await response.text()).not.toContain('canary');
  });
});

describe('documentation', () => {
  it('is a page without inline code under its own policy', async () => {
    const { status, headers, body } = await admin.call('GET', '/docs', { headers: html });
    expect(status).toBe(200);
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
    for (const [, source] of body.matchAll(/(?:src|href)="([^"]+)"/g)) expect((await fetch(admin.url + source)).status).toBe(200);
  });

  it('has the OpenAPI document', async () => {
    const { headers, body } = await admin.call('GET', '/api/v1/openapi.json');
    expect(headers.get('content-type')).toContain('application/json');
    expect(body).toMatchObject({ openapi: '3.1.0', paths: { '/api/v1/buckets': { get: { operationId: 'buckets.list' } } } });
  });
});

describe('health', () => {
  it('is live without anything else', async () => {
    expect(await admin.call('GET', '/health/live')).toMatchObject({ status: 200, body: { status: 'live' } });
  });

  it('is unready while a dependency refuses connections, and says which', async () => {
    const { status, body } = await admin.call('GET', '/health/ready');
    expect(status).toBe(503);
    expect(readinessSchema.parse(body).dependencies).toMatchObject({ storage: { state: 'down' }, postgres: { state: 'disabled' } });
  });

  it('answers although every dependency accepts connections and stays silent', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const hanging = await startAdminHarness({
      storageUrl: `http://127.0.0.1:${port}/storage/v1`,
      metaUrl: `http://127.0.0.1:${port}`,
      databaseUrl: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    });
    try {
      const { status, body } = await hanging.call('GET', '/health/ready');
      expect(status).toBe(503);
      expect(body.dependencies).toMatchObject({ storage: { state: 'down' }, meta: { state: 'down' }, postgres: { state: 'down' } });
    } finally {
      await hanging.stop();
      silent.close();
    }
  });
});
