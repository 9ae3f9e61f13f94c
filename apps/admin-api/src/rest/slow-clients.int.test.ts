import { openSockets, peakBytes, residentBytes, SlowClients } from '@supastor/testkit/harness/slow-clients';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AdminHarness, startAdminHarness } from '../testing/admin-harness.ts';

/** Raise it for a soak: SUPASTOR_SLOW_CLIENTS=1000. */
const CLIENTS = Number(process.env['SUPASTOR_SLOW_CLIENTS'] ?? '200');
const GROWTH_BYTES = 200_000_000;
const POLL = { timeout: 120_000, interval: 200 };
/** More than the kernel buffers of a connection take. */
const ANSWERS = 60;

let admin: AdminHarness;

beforeAll(async () => {
  admin = await startAdminHarness({ connections: { requestMs: 3000, idleMs: 4000 } });
});
afterAll(() => admin.stop());

async function work(times: number): Promise<readonly number[]> {
  const statuses = new Set<number>();
  for (let index = 0; index < times; index += 1) statuses.add((await admin.call('GET', '/health/live')).status);
  return [...statuses];
}

describe.skipIf(process.platform !== 'linux')(`${CLIENTS} clients that`, () => {
  test.each([
    { what: 'drip the head of a request', head: 'GET /health/live HTTP/1.1\r\nhost: x\r\nx-slow: ', drip: 'a', answer: /^HTTP\/1\.1 408 / },
    {
      what: 'drip a body',
      head: 'POST /api/v1/session HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 10000\r\n\r\n{"email":"',
      drip: 'a',
      answer: /^HTTP\/1\.1 408 /,
    },
    { what: 'do not read what they asked for', head: 'GET /api/v1/openapi.json HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(ANSWERS), answer: /^$/ },
  ])(
    '$what are cut off; others are served meanwhile, and memory stays bounded',
    async ({ head, drip, answer }) => {
      expect(await work(20)).toEqual([200]);
      const [before, sockets] = [await residentBytes(process.pid), await openSockets(process.pid)];
      const port = Number(new URL(admin.url).port);
      const slow = await SlowClients.open({ port, count: CLIENTS, head: () => head, ...(drip === undefined ? {} : { drip }) });
      try {
        const working = work(50);
        const peak = await peakBytes(process.pid, working);
        expect(await working).toEqual([200]);
        // Clients live in this process too.
        expect(peak - before).toBeLessThan(GROWTH_BYTES);
        // Who does not read does not notice either: then the client's half of each connection stays.
        const remaining = drip === undefined ? CLIENTS * 1.5 : CLIENTS / 2;
        await expect.poll(() => openSockets(process.pid), POLL).toBeLessThan(sockets + remaining);
        expect(slow.firstAnswer).toMatch(answer);
      } finally {
        slow.end();
      }
      expect(await work(3)).toEqual([200]);
    },
    300_000,
  );
});
