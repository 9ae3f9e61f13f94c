import { randomUUID } from 'node:crypto';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AdminApiOptions } from './options.ts';
import { type AdminHarness, type Call, createCall, EMAIL, PASSWORD, startAdminHarness } from './testing/admin-harness.ts';
import { LiveClient } from './testing/live-client.ts';
import { addPerson, signIn } from './testing/people.ts';
import { type RoundRobin, startRoundRobin } from './testing/round-robin.ts';

const PATIENCE = { timeout: 20_000 };
const NONE = { perIdentity: 0, perAddress: 0, heavy: 0, signIn: 0 };

let postgres: TempPostgres;
let count = 0;
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  postgres = await startTempPostgres();
});
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});
afterAll(() => postgres.stop());

interface Pair {
  readonly servers: readonly [AdminHarness, AdminHarness];
  readonly proxy: RoundRobin;
  /** Through the proxy: each call goes to the other server. */
  readonly call: Call;
  readonly token: string;
}

/** Two servers over one database behind a proxy that takes turns. */
async function startPair(options: Partial<AdminApiOptions> = {}): Promise<Pair> {
  count += 1;
  const all = { databaseUrl: await postgres.createDatabase(`pair_${count}`), trustedProxies: ['127.0.0.1'], ...options };
  const servers = [await startAdminHarness(all), await startAdminHarness(all)] as const;
  for (const server of servers) ends.push(() => server.stop());
  const proxy = await startRoundRobin(servers.map(({ url }) => url));
  ends.push(() => proxy.stop());
  return { servers, proxy, call: createCall(proxy.url), token: await servers[0].login() };
}

const statuses = (call: Call, times: number, path: string, options: Parameters<Call>[2]) =>
  Array.from({ length: times }).reduce<Promise<readonly number[]>>(
    async (before) => [...(await before), (await call('GET', path, options)).status],
    Promise.resolve([]),
  );

describe('two servers behind a proxy', () => {
  it('take a session of either, and both know when it is over', async () => {
    const { call } = await startPair();
    const { body } = await call('POST', '/api/v1/session', { body: { email: EMAIL, password: PASSWORD } });
    expect(await statuses(call, 4, '/api/v1/system', { token: body.token })).toEqual([200, 200, 200, 200]);
    const refreshed = await call('POST', '/api/v1/session/refresh', { body: { refreshToken: body.refreshToken } });
    expect(await statuses(call, 2, '/api/v1/system', { token: refreshed.body.token })).toEqual([200, 200]);
    await call('DELETE', '/api/v1/session', { token: body.token });
    await expect.poll(() => statuses(call, 2, '/api/v1/system', { token: refreshed.body.token }), PATIENCE).toEqual([401, 401]);
  });

  it('tell the clients of both what happens on either', async () => {
    const { call, proxy, token } = await startPair();
    const clients = [
      new LiveClient(proxy.url, { authorization: `Bearer ${token}` }),
      new LiveClient(proxy.url, { authorization: `Bearer ${token}` }),
    ];
    await Promise.all(clients.map((client) => client.subscribe(['roles'])));
    for (const name of ['one', 'two']) {
      await call('POST', '/api/v1/roles', { token, body: { name, description: name, permissions: ['audit:read'] } });
    }
    for (const client of clients) {
      await expect.poll(() => client.messages.filter(({ type }) => type === 'event').length, PATIENCE).toBe(2);
      client.socket.terminate();
    }
  });

  it('run a change with one idempotency key once', async () => {
    const { call, token } = await startPair();
    const headers = { 'idempotency-key': randomUUID() };
    const body = { name: 'once', description: 'made once', permissions: ['audit:read'] };
    const answers = await Promise.all(Array.from({ length: 6 }, () => call('POST', '/api/v1/roles', { token, headers, body })));
    for (const { status } of answers) expect([200, 409]).toContain(status);
    const again = [
      await call('POST', '/api/v1/roles', { token, headers, body }),
      await call('POST', '/api/v1/roles', { token, headers, body }),
    ];
    expect(again.map(({ status, headers: got }) => [status, got.get('idempotency-replayed')])).toEqual([
      [200, 'true'],
      [200, 'true'],
    ]);
    const { body: audit } = await call('GET', '/api/v1/audit?operation=roles.create', { token });
    expect(audit.entries).toHaveLength(1);
  });
});

describe('limits of two servers', () => {
  it('count the requests of an identity together, tell what is left, and leave others alone', async () => {
    const { call, token, servers } = await startPair({ limits: { ...NONE, perIdentity: 30 } });
    const other = await addPerson(servers[0], token, { email: 'o@example.org', role: 'viewer' });
    const otherToken = await signIn(servers[1], other.email);
    const answer = await call('GET', '/api/v1/system', { token: otherToken });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('ratelimit-limit')).toBe('30');
    expect(Number(answer.headers.get('ratelimit-reset'))).toBeGreaterThan(0);
    // A window may end in between, so ask until both servers refuse.
    await expect.poll(() => statuses(call, 20, '/api/v1/system', { token }), { timeout: 60_000 }).toContain(429);
    const refused = await call('GET', '/api/v1/system', { token });
    if (refused.status === 429) {
      expect(refused.body).toMatchObject({ code: 'SJ_RATE_LIMITED', title: 'Too many requests' });
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(refused.headers.get('ratelimit-remaining')).toBe('0');
    }
    expect((await call('GET', '/api/v1/system', { token: otherToken })).status).toBe(200);
  });

  it('let in no more than so many sign-ins from an address, by whichever server', async () => {
    const { call } = await startPair({ limits: { ...NONE, signIn: 6 } });
    const from = (ip: string) =>
      call('POST', '/api/v1/session', { headers: { 'x-forwarded-for': ip }, body: { email: EMAIL, password: PASSWORD } });
    const answers = await Promise.all(Array.from({ length: 16 }, () => from('ignored')));
    const allowed = answers.filter(({ status }) => status === 200).length;
    expect(allowed).toBeGreaterThan(0);
    // One window, or two where the minute has just ended; the sign-in of the set-up came from this address too.
    expect(allowed).toBeLessThanOrEqual(12);
    expect(answers.some(({ status }) => status === 429)).toBe(true);
  });

  it('count every request of an address, and believe only a trusted proxy about it', async () => {
    const { servers } = await startPair({ limits: { ...NONE, perAddress: 10 } });
    const [{ call }] = servers;
    const from = (ip: string) => call('GET', '/api/v1/openapi.json', { headers: { 'x-forwarded-for': ip } });
    await expect.poll(async () => (await from('203.0.113.7')).status, PATIENCE).toBe(429);
    expect((await from('203.0.113.8')).status).toBe(200);
    expect((await call('GET', '/health/live')).status).toBe(200);
    const untrusting = await startAdminHarness({ limits: { ...NONE, perAddress: 10 } });
    ends.push(() => untrusting.stop());
    let asked = 0;
    await expect
      .poll(
        async () =>
          (await untrusting.call('GET', '/api/v1/openapi.json', { headers: { 'x-forwarded-for': `203.0.113.${(asked += 1)}` } })).status,
        PATIENCE,
      )
      .toBe(429);
  });
});
