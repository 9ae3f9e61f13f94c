import { startFakeCloudflare, startFakeFastly } from '@supastor/testkit/fakes/fake-cdn-services';
import { afterAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../testing/server.ts';
import { tagOf } from './cache-tags.ts';
import type { CdnSettings } from './cdn-purger.ts';

const PATIENCE = { timeout: 30_000, interval: 50 };
const WEBHOOKS = {
  target: null,
  tenantId: 'stub',
  allowPrivate: false,
  timeoutMs: 5000,
  backoffMs: 200,
  maxAttempts: 10,
  concurrency: 16,
  retentionSeconds: 3600,
  pollMs: 200,
};
const object = (key: string) => tagOf({ bucket: 'open', key, transforms: false });

const stops: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const stop of stops.toReversed()) await stop();
});

async function start(cdn: CdnSettings): Promise<TestServer> {
  const server = await startTestServer({ cdn, webhooks: WEBHOOKS });
  stops.push(() => server.stop());
  await server.client().createBucket('open', { public: true });
  return server;
}

describe('objects that change', () => {
  it('are purged from Cloudflare by the tag that answers about them have', async () => {
    const cloudflare = await startFakeCloudflare({ zone: 'z1', token: 'cf-token' });
    stops.push(() => cloudflare.stop());
    const server = await start({ driver: 'cloudflare', api: cloudflare.url, zone: 'z1', token: 'cf-token', isAutomatic: true });
    const files = server.client().from('open');
    await files.upload('a/ü.txt', 'one');
    await expect.poll(() => cloudflare.purged, PATIENCE).toContain(object('a/ü.txt'));
    const answer = await server.fetch('/object/public/open/a/%C3%BC.txt', { token: '' });
    expect(await answer.text()).toBe('one');
    expect(answer.headers.get('cache-tag')?.split(',')).toEqual([
      'sj-all',
      tagOf({ bucket: 'open', transforms: false }),
      object('a/ü.txt'),
    ]);
    const before = cloudflare.purged.length;
    await files.upload('a/ü.txt', 'two', { upsert: true });
    await expect.poll(() => cloudflare.purged.length, PATIENCE).toBeGreaterThan(before);
    await files.remove(['a/ü.txt']);
    await expect.poll(() => cloudflare.purged.length, PATIENCE).toBeGreaterThan(before + 1);
    expect(new Set(cloudflare.purged)).toEqual(new Set([object('a/ü.txt')]));
  }, 60_000);

  it('share orders when there are many of them', async () => {
    const fastly = await startFakeFastly({ service: 's1', token: 'f-token' });
    stops.push(() => fastly.stop());
    const server = await start({ driver: 'fastly', api: fastly.url, service: 's1', token: 'f-token', isAutomatic: true });
    const keys = Array.from({ length: 24 }, (_, at) => `many/${at}`);
    await Promise.all(keys.map((key) => server.client().from('open').upload(key, 'x')));
    await expect.poll(() => new Set(fastly.purged), PATIENCE).toEqual(new Set(keys.map(object)));
    expect(fastly.requests.length).toBeLessThan(keys.length);
    const answer = await server.fetch('/object/public/open/many/1', { token: '' });
    await answer.text();
    expect(answer.headers.get('surrogate-key')).toContain(object('many/1'));
  }, 60_000);

  it('are purged once the cache is back, and no write waits for that', async () => {
    const gone = await startFakeFastly({ service: 's1', token: 'f-token' });
    await gone.stop();
    const server = await start({ driver: 'fastly', api: gone.url, service: 's1', token: 'wrong', isAutomatic: true });
    const { error } = await server.client().from('open').upload('late.txt', 'x');
    expect(error).toBeNull();
    const state = async () => {
      const [row] = await server.sql(
        `select d.state, d.attempts, d.last_error from storage.webhook_deliveries d join storage.webhooks w on w.id = d.webhook_id where w.name = 'CDN_PURGE'`,
      );
      return row;
    };
    await expect.poll(async () => Number((await state())?.['attempts']), PATIENCE).toBeGreaterThan(1);
    expect(await state()).toMatchObject({ state: 'pending', last_error: 'the cache cannot be reached' });
  }, 60_000);

  it('are purged on request too, and what the cache refuses is said', async () => {
    const cloudflare = await startFakeCloudflare({ zone: 'z1', token: 'cf-token' });
    stops.push(() => cloudflare.stop());
    const server = await start({ driver: 'cloudflare', api: cloudflare.url, zone: 'z1', token: 'cf-token' });
    expect((await server.fetch('/cdn/open/x.png?transformations=true', { method: 'DELETE' })).status).toBe(200);
    expect((await server.fetch('/cdn/open', { method: 'DELETE' })).status).toBe(200);
    expect((await server.fetch('/cdn', { method: 'DELETE' })).status).toBe(200);
    expect(cloudflare.purged).toEqual([
      tagOf({ bucket: 'open', key: 'x.png', transforms: true }),
      tagOf({ bucket: 'open', transforms: false }),
      'sj-all',
    ]);
    const refused = await start({ driver: 'cloudflare', api: cloudflare.url, zone: 'z1', token: 'wrong' });
    const answer = await refused.fetch('/cdn/open', { method: 'DELETE' });
    expect([answer.status, await answer.json()]).toMatchObject([500, { message: 'Error purging cache' }]);
  }, 60_000);
});
