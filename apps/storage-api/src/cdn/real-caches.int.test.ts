import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { NGINX, startNginx, startVarnish, VARNISH } from '../testing/caches.ts';
import { startStorageApi } from '../start.ts';
import { startTestServer } from '../testing/server.ts';

const PATIENCE = { timeout: 30_000, interval: 50 };
const PATH = '/storage/v1/object/public/open/a%20b/%C3%BC.txt';
const KEY = 'a b/ü.txt';

const CACHES = [
  { driver: 'nginx', isThere: existsSync(NGINX), start: startNginx },
  { driver: 'varnish', isThere: existsSync(VARNISH), start: startVarnish },
] as const;

describe.each(CACHES)('a real $driver in front', ({ driver, isThere, start }) => {
  it.skipIf(!isThere)(
    'serves an object from its cache until it changes',
    async () => {
      // Answers have tags once the kind of cache is known; its address is known only later, to a second server over the same bytes.
      const server = await startTestServer({ cdn: { driver, caches: ['http://127.0.0.1:1'] } });
      const real = await start(server.url);
      const purging = await startStorageApi({
        ...server.options,
        port: 0,
        cdn: { driver, caches: [real.url], isAutomatic: true },
        webhooks: {
          target: null,
          tenantId: 'stub',
          allowPrivate: false,
          timeoutMs: 5000,
          backoffMs: 200,
          maxAttempts: 10,
          concurrency: 4,
          retentionSeconds: 3600,
          pollMs: 200,
        },
      });
      try {
        const files = server.client().from('open');
        await server.client().createBucket('open', { public: true });
        await files.upload(KEY, 'one', { cacheControl: '3600' });
        const read = async () => {
          const answer = await fetch(real.url + PATH);
          return { text: await answer.text(), cache: answer.headers.get('x-cache') };
        };
        expect((await read()).text).toBe('one');
        await expect.poll(read, PATIENCE).toEqual({ text: 'one', cache: 'HIT' });
        await files.upload(KEY, 'two', { upsert: true, cacheControl: '3600' });
        await expect.poll(async () => (await read()).text, PATIENCE).toBe('two');
        await expect.poll(read, PATIENCE).toEqual({ text: 'two', cache: 'HIT' });
        await files.remove([KEY]);
        await expect.poll(async () => (await read()).text, PATIENCE).not.toBe('two');
      } finally {
        await purging.stop();
        await real.stop();
        await server.stop();
      }
    },
    120_000,
  );
});
