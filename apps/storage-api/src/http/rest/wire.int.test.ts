import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { type ClientRequest, request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditStore, CLEAN } from '../../testing/audit.ts';
import { ANON_TOKEN, SERVICE_TOKEN, startTestServer, type TestServer } from '../../testing/server.ts';

let server: TestServer;
const TEXT = 'hello wide world';
const ETAG = `"${createHash('md5').update(TEXT).digest('hex')}"`;

beforeAll(async () => {
  server = await startTestServer();
  await server.client().createBucket('wire');
  await server.client().from('wire').upload('a.txt', TEXT, { contentType: 'text/plain', cacheControl: '60' });
});
afterAll(() => server.stop());

const get = (headers: Record<string, string> = {}, path = '/object/wire/a.txt') => server.fetch(path, { headers });

describe('conditions and ranges', () => {
  test.each([
    ['bytes=0-4', 206, 'hello'],
    ['bytes=-5', 206, 'world'],
    ['bytes=11-', 206, 'world'],
    ['bytes=11-999', 206, 'world'],
    ['bytes=-999', 206, TEXT],
    ['chars=0-1', 200, TEXT],
  ])('range %s answers %i', async (range, status, text) => {
    const response = await get({ range });
    expect(response.status).toBe(status);
    expect(await response.text()).toBe(text);
  });

  test.each(['bytes=5-4', 'bytes=16-', 'bytes=0-1,3-4', 'bytes=-0', 'bytes=x-y', 'bytes=-'])(
    'range %s cannot be satisfied',
    async (range) => {
      const response = await get({ range });
      expect(response.status).toBe(416);
      expect(response.headers.get('content-range')).toBe('bytes */16');
      expect(await response.json()).toMatchObject({ statusCode: '416', error: 'invalid_range', code: 'InvalidRange' });
    },
  );

  test('If-None-Match and If-Modified-Since spare the body', async () => {
    expect((await get({ 'if-none-match': ETAG })).status).toBe(304);
    expect((await get({ 'if-none-match': `"x", W/${ETAG}` })).status).toBe(304);
    expect((await get({ 'if-modified-since': new Date(Date.now() + 60_000).toUTCString() })).status).toBe(304);
    const changed = await get({ 'if-none-match': '"other"' });
    expect(changed.headers.get('cache-control')).toBe('max-age=60, stale-while-revalidate=30');
    expect((await get({ 'if-modified-since': new Date(0).toUTCString() })).status).toBe(200);
  });

  test('If-Match and If-Unmodified-Since guard', async () => {
    expect((await get({ 'if-match': ETAG })).status).toBe(200);
    expect((await get({ 'if-match': '"other"' })).status).toBe(412);
    expect((await get({ 'if-unmodified-since': new Date(0).toUTCString() })).status).toBe(412);
  });

  test('If-Range with another version sends everything', async () => {
    expect((await get({ range: 'bytes=0-1', 'if-range': '"other"' })).status).toBe(200);
    expect((await get({ range: 'bytes=0-1', 'if-range': ETAG })).status).toBe(206);
  });

  test('HEAD tells what GET would', async () => {
    const head = await server.fetch('/object/wire/a.txt', { method: 'HEAD' });
    expect(Object.fromEntries(head.headers)).toMatchObject({
      'content-length': '16',
      'content-type': 'text/plain',
      etag: ETAG,
      'cache-control': 'max-age=60',
      'accept-ranges': 'bytes',
      'x-robots-tag': 'none',
    });
  });
});

describe('answers', () => {
  test('to unknown routes have a numeric status and their own key order', async () => {
    for (const path of ['/nope', '/objects/x', '/upload/resumables']) {
      const response = await server.fetch(`${path}?secret=1`);
      expect(response.status).toBe(404);
      expect(await response.text()).toBe(`{"message":"Route GET:${path} not found","error":"Not Found","statusCode":404}`);
    }
  });

  test('to missing fields name them', async () => {
    expect(await (await postJson('/bucket', '{}')).json()).toMatchObject({
      message: `body must have required property 'name'`,
      error: 'Error',
    });
    expect(await (await postJson('/object/list/wire', '{}')).json()).toMatchObject({
      message: `body must have required property 'prefix'`,
    });
    for (const body of ['', 'null', '[]', '"x"', '{', '{"__proto__":{}}']) expect((await postJson('/bucket', body)).status).toBe(400);
  });

  test('to preflights allow what browsers send, without a token', async () => {
    const response = await server.fetch('/storage/v1/object/wire/x', {
      method: 'OPTIONS',
      token: '',
      headers: {
        origin: 'https://app.example',
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'authorization,x-upsert',
      },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-allow-methods')).toContain('PUT');
    expect(response.headers.get('access-control-allow-headers')).toBe('authorization,x-upsert');
    expect(response.headers.get('access-control-allow-credentials')).toBeNull();
  });

  test('carry the request id that the client chose, if it is a harmless one', async () => {
    expect((await get({ 'x-request-id': 'abc-1' })).headers.get('x-request-id')).toBe('abc-1');
    expect((await get({ 'x-request-id': 'a b' })).headers.get('x-request-id')).not.toBe('a b');
  });

  test('never run scripts of what was uploaded', async () => {
    const from = server.client().from('wire');
    await from.upload('page.html', '<script>1</script>', { contentType: 'text/html' });
    await from.upload('image.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>', { contentType: 'image/svg+xml' });
    const page = await get({}, '/object/wire/page.html');
    expect(page.headers.get('content-type')).toBe('text/plain');
    expect((await get({}, '/object/wire/image.svg')).headers.get('content-security-policy')).toContain('sandbox');
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('for health, version and metrics', async () => {
    expect(await (await server.fetch('/health/ready', { token: '' })).json()).toMatchObject({ healthy: true });
    expect((await server.fetch('/status', { token: '' })).status).toBe(200);
    expect(await (await server.fetch('/version', { token: '' })).text()).toBe('test');
    expect(await (await server.fetch('/metrics', { token: '' })).text()).toContain('storage_http_request_duration_seconds_bucket');
  });
});

describe('uploads', () => {
  test('are checked against Content-MD5', async () => {
    expect((await putWithMd5(md5('other'))).status).toBe(400);
    expect((await putWithMd5('short')).status).toBe(400);
    expect((await get({}, '/object/wire/md5')).status).toBe(400);
    expect((await putWithMd5(md5('body'))).status).toBe(200);
  });

  test('that are large are checked against Content-MD5 too', async () => {
    const large = 'x'.repeat(100_000);
    expect((await putWithMd5(md5(`${large}y`), large)).status).toBe(400);
    expect((await putWithMd5(md5(large), large)).status).toBe(200);
    expect((await get({}, '/object/wire/md5')).headers.get('etag')).toBe(`"${createHash('md5').update(large).digest('hex')}"`);
  });

  test('that are large have an entity tag that nobody takes for an MD5, and that conditions know', async () => {
    const large = 'z'.repeat(100_000);
    await server.client().from('wire').upload('tag', large);
    const etag = (await get({}, '/object/wire/tag')).headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[0-9a-f]{32}-1"$/);
    expect((await get({ 'if-none-match': etag }, '/object/wire/tag')).status).toBe(304);
    await server.client().from('wire').upload('tag', `${large}z`, { upsert: true });
    expect((await get({ 'if-none-match': etag }, '/object/wire/tag')).status).toBe(200);
  });

  test.each([
    ['raw', 'application/octet-stream', 'x'.repeat(1000)],
    [
      'form',
      'multipart/form-data; boundary=b',
      '--b\r\ncontent-disposition: form-data; name=""; filename="f"\r\ncontent-type: text/plain\r\n\r\nxxxxx',
    ],
  ])('that break off leave neither row nor file: %s', async (label, contentType, begin) => {
    const path = `/object/wire/broken-${label}`;
    const broken = httpRequest(`${server.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${SERVICE_TOKEN}`, 'content-type': contentType, 'content-length': 1_000_000 },
    });
    await sendAndBreak(broken, begin);
    await expect.poll(() => auditStore(pool(), server.storePath, 1)).toEqual(CLEAN);
    await expect.poll(() => parts(), { timeout: 5000 }).toEqual([]);
    expect((await get({}, path)).status).toBe(400);
  });

  test.each([
    ['refused by policies', ANON_TOKEN, 'AccessDenied'],
    ['too large', SERVICE_TOKEN, 'EntityTooLarge'],
  ])('that are large and %s get to read why', async (_label, token, code) => {
    const size = token === ANON_TOKEN ? 20_000_000 : 101_000_000;
    for (const body of [new Uint8Array(size), form(size)]) {
      const response = await server.fetch('/object/wire/large', { method: 'POST', body, token });
      expect(await response.json()).toMatchObject({ code });
    }
  });

  test('with metadata that is not a JSON object are refused', async () => {
    for (const text of ['{', '[]', '1', 'null']) {
      const headers = { 'x-metadata': Buffer.from(text).toString('base64') };
      const response = await server.fetch('/object/wire/meta', { method: 'POST', body: 'x', headers });
      expect(await response.json()).toMatchObject({ statusCode: '400' });
    }
  });

  test('of the same new key at once: one wins, the others are told', async () => {
    const attempts = await Promise.all(
      Array.from({ length: 12 }, (_, index) => server.client().from('wire').upload('race', `body ${index}`)),
    );
    const winners = attempts.flatMap(({ error }, index) => (error === null ? [`body ${index}`] : []));
    expect(winners).toHaveLength(1);
    expect(attempts.filter(({ error }) => error !== null && 'statusCode' in error && error.statusCode === '409')).toHaveLength(11);
    expect(await (await get({}, '/object/wire/race')).text()).toBe(winners[0]);
  });
});

describe('removals of overlapping keys at once', () => {
  test('all succeed, and each key is reported once', async () => {
    const keys = Array.from({ length: 60 }, (_, index) => `overlap/${index}`);
    await Promise.all(keys.map((key) => server.client().from('wire').upload(key, 'x')));
    const attempts = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        server
          .client()
          .from('wire')
          .remove(index % 2 === 0 ? keys : keys.toReversed()),
      ),
    );
    expect(attempts.map(({ error }) => error)).toEqual(attempts.map(() => null));
    const removed = attempts.flatMap(({ data }) => (data ?? []).map(({ name }) => name));
    expect(removed.toSorted()).toEqual(keys.toSorted());
  });
});

describe('triggers of the database owner', () => {
  test('are quoted when they refuse', async () => {
    await server.sql(`create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no %', new.name; end $$`);
    await server.sql(
      `create trigger refuse before insert on storage.objects for each row when (new.name = 'refused') execute function refuse()`,
    );
    const response = await server.fetch('/object/wire/refused', { method: 'POST', body: 'x' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ message: 'no refused' });
  });
});

describe('readers that race overwrites', () => {
  test('get the old or the new object, whole, and never an error', async () => {
    const bodies = Array.from({ length: 10 }, (_, index) => String(index).repeat(150_000));
    await server
      .client()
      .from('wire')
      .upload('hot', bodies[0] ?? '');
    const stop = new AbortController();
    const results: string[] = [];
    const readers = Array.from({ length: 6 }, async () => {
      while (!stop.signal.aborted) {
        const response = await get({}, '/object/wire/hot');
        const text = await response.text();
        results.push(
          response.status === 200 && text.length === 150_000 && text === text[0]?.repeat(150_000) ? 'whole' : `${response.status}`,
        );
      }
    });
    for (let round = 0; round < 30; round += 1) {
      await server
        .client()
        .from('wire')
        .upload('hot', bodies[round % 10] ?? '', { upsert: true });
      await server.collect();
    }
    stop.abort();
    await Promise.all(readers);
    expect(new Set(results)).toEqual(new Set(['whole']));
  });
});

function postJson(path: string, body: string): Promise<Response> {
  return server.fetch(path, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('base64');
}

function putWithMd5(header: string, body = 'body'): Promise<Response> {
  return server.fetch('/object/wire/md5', { method: 'PUT', body, headers: { 'content-md5': header } });
}

function form(size: number): FormData {
  const data = new FormData();
  data.append('', new Blob([new Uint8Array(size)]));
  return data;
}

function pool() {
  return { query: async (text: string) => ({ rows: await server.sql(text) }) };
}

async function parts(): Promise<string[]> {
  return (await readdir(`${server.storePath}/staging`, { recursive: true })).filter((name) => name.endsWith('.part'));
}

function sendAndBreak(sent: ClientRequest, begin: string): Promise<void> {
  return new Promise((resolve) => {
    sent.once('error', () => resolve());
    sent.once('close', () => resolve());
    sent.write(begin, () => setTimeout(() => sent.destroy(), 100));
  });
}
