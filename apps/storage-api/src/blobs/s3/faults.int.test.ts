import { createHash, randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Fault, type FaultRule, type FaultyProxy, startFaultyProxy } from '../../testing/faulty-proxy.ts';
import { PART_BYTES, type S3Backend, startS3Backend } from '../../testing/s3-backend.ts';
import { startTestServer, type TestServer } from '../../testing/server.ts';

const WAIT = { timeout: 30_000, interval: 100 };
const HEALTH = z.object({
  dependencies: z.object({ database: z.object({ healthy: z.boolean() }), store: z.object({ healthy: z.boolean() }) }),
});
const SMALL = randomBytes(10_000);
const LARGE = randomBytes(2 * PART_BYTES + 1000);

let backend: S3Backend;
let proxy: FaultyProxy;
let server: TestServer;

beforeAll(async () => {
  backend = await startS3Backend();
  const { origin, pathname } = new URL(backend.settings.endpoint ?? '');
  proxy = await startFaultyProxy(origin);
  server = await startTestServer({ s3Store: { ...backend.settings, endpoint: `${proxy.url}${pathname}`, timeoutMs: 3000 } });
  await server.client().createBucket('box');
});
afterEach(() => proxy.heal());
afterAll(async () => {
  await server.stop();
  await proxy.stop();
  await backend.stop();
});

const put = (key: string, body: Buffer) => server.fetch(`/object/box/${key}`, { method: 'POST', body: new Uint8Array(body) });
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function read(key: string): Promise<string> {
  return hash(new Uint8Array(await (await server.fetch(`/object/box/${key}`)).arrayBuffer()));
}

async function bodyOf(answer: Response): Promise<unknown> {
  return { http: answer.status, ...z.record(z.string(), z.unknown()).parse(await answer.json()) };
}

/** Versions in the store, and what the server still has to clean up. */
async function leftovers(): Promise<{ rows: number; stored: number; uploads: number; intents: number }> {
  await server.collect();
  const [own] = await server.sql(`select (select count(*) from storage.objects)::int as rows,
    (select count(*) from storage.blob_intents)::int as intents`);
  const [stored, uploads] = await Promise.all([backend.keysUnder('project/blobs/'), backend.uploadsUnder('project/')]);
  return {
    rows: Number(own?.['rows']),
    stored: stored.length,
    uploads,
    intents: Number(own?.['intents']),
  };
}

async function expectClean(objects: number): Promise<void> {
  await expect.poll(leftovers, WAIT).toEqual({ rows: objects, stored: objects, uploads: 0, intents: 0 });
}

const onWrites =
  (fault: Fault): FaultRule =>
  (method, path) =>
    method === 'GET' || path.includes('supastor-') ? null : fault;

describe('an upload', () => {
  test.each<[string, Fault, number, string]>([
    ['is told to slow down', { kind: 'answer', status: 503, code: 'SlowDown' }, 503, 'StoreUnavailable'],
    ['fails inside', { kind: 'answer', status: 500, code: 'InternalError' }, 503, 'StoreUnavailable'],
    ['is full', { kind: 'answer', status: 507, code: 'InsufficientStorage' }, 507, 'InsufficientStorage'],
    ['has a quota that is used up', { kind: 'answer', status: 403, code: 'QuotaExceeded' }, 507, 'InsufficientStorage'],
    ['no longer knows our keys', { kind: 'answer', status: 403, code: 'AccessDenied' }, 500, 'StoreError'],
    ['cuts the connection', { kind: 'cut' }, 503, 'StoreUnavailable'],
    ['cuts the connection when it is done', { kind: 'cut-after' }, 503, 'StoreUnavailable'],
    ['does not answer', { kind: 'hang' }, 503, 'StoreUnavailable'],
  ])(
    'to a store that %s fails clearly and leaves nothing, small or large',
    async (name, fault, status, code) => {
      const before = (await leftovers()).rows;
      proxy.inject(onWrites(fault));
      for (const body of [SMALL, LARGE]) {
        expect(await bodyOf(await put('failed', body))).toMatchObject({ http: status, statusCode: String(status), code });
      }
      proxy.heal();
      await expectClean(before);
      expect((await put(`healed-${name}`, SMALL)).status).toBe(200);
    },
    120_000,
  );

  test('that is acknowledged with other bytes is not accepted', async () => {
    await expect.poll(async () => (await server.fetch('/health/ready')).status, WAIT).toBe(200);
    const before = (await leftovers()).rows;
    proxy.inject(onWrites({ kind: 'wrong-etag' }));
    expect(await bodyOf(await put('wrong', SMALL))).toMatchObject({ http: 500, code: 'StoreError' });
    expect(await bodyOf(await put('wrong', LARGE))).toMatchObject({ http: 500, code: 'StoreError' });
    proxy.heal();
    await expectClean(before);
  });

  test('outlives faults that pass', async () => {
    let failures = 0;
    proxy.inject((method) => {
      if (method === 'GET' || failures >= 2) return null;
      failures += 1;
      return failures % 2 === 0 ? { kind: 'cut' } : { kind: 'answer', status: 503, code: 'SlowDown' };
    });
    expect((await put('patient-small', SMALL)).status).toBe(200);
    failures = 0;
    expect((await put('patient-large', LARGE)).status).toBe(200);
    proxy.heal();
    expect(await read('patient-small')).toBe(hash(SMALL));
    expect(await read('patient-large')).toBe(hash(LARGE));
  });

  test('whose completion was lost on the way back is there', async () => {
    let lost = false;
    proxy.inject((method, path) => {
      if (lost || method !== 'POST' || !path.includes('uploadId=')) return null;
      lost = true;
      return { kind: 'cut-after' };
    });
    expect((await put('completed-twice', LARGE)).status).toBe(200);
    expect(await read('completed-twice')).toBe(hash(LARGE));
  });
});

describe('a download', () => {
  test('that breaks off is continued, and comes out whole', async () => {
    await put('broken-off', LARGE);
    let cuts = 0;
    proxy.inject((method, path) => {
      if (method !== 'GET' || !path.includes('blobs/') || cuts >= 5) return null;
      cuts += 1;
      return { kind: 'truncate' };
    });
    expect(await read('broken-off')).toBe(hash(LARGE));
    expect(cuts).toBe(5);
  });

  test('from a store that is away is a clear error, and works when it is back', async () => {
    await put('away', SMALL);
    proxy.inject(() => ({ kind: 'cut' }));
    expect(await bodyOf(await server.fetch('/object/box/away'))).toMatchObject({ http: 503, code: 'StoreUnavailable' });
    proxy.heal();
    expect(await read('away')).toBe(hash(SMALL));
  });
});

async function health(): Promise<{ status: number; database: boolean; store: boolean }> {
  const answer = await server.fetch('/health/ready');
  const { dependencies } = HEALTH.parse(await answer.json());
  return { status: answer.status, database: dependencies.database.healthy, store: dependencies.store.healthy };
}

test('while the store is away the server says so, and recovers without a restart', async () => {
  proxy.inject(() => ({ kind: 'answer', status: 503, code: 'ServiceUnavailable' }));
  await expect.poll(health, WAIT).toEqual({ status: 503, database: true, store: false });
  proxy.heal();
  await expect.poll(health, WAIT).toEqual({ status: 200, database: true, store: true });
});
