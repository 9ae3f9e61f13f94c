import { once } from 'node:events';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type AdminHarness, EMAIL, startAdminHarness } from '../testing/admin-harness.ts';

let postgres: TempPostgres;
let count = 0;
const running: AdminHarness[] = [];
beforeAll(async () => {
  postgres = await startTempPostgres();
});
afterEach(async () => {
  for (const admin of running.splice(0)) await admin.stop();
});
afterAll(() => postgres.stop());

async function start(databaseUrl: string | null): Promise<AdminHarness> {
  const admin = await startAdminHarness({ databaseUrl });
  running.push(admin);
  return admin;
}
const newDatabase = () => postgres.createDatabase(`sessions_${(count += 1)}`);
const statusOf = async (admin: AdminHarness, token: string) => (await admin.call('GET', '/api/v1/session', { token })).status;
const list = async (admin: AdminHarness, token: string) => (await admin.call('GET', '/api/v1/sessions', { token })).body.sessions;

describe.each([['in Postgres'], ['in memory']])('sessions %s', (where) => {
  const open = async () => start(where === 'in Postgres' ? await newDatabase() : null);

  it('are listed with device, address and times, the own one marked', async () => {
    const admin = await open();
    const [first, second] = [await admin.login(), await admin.login()];
    const sessions = await list(admin, second);
    expect(sessions).toHaveLength(2);
    expect(sessions.filter((session: { current: boolean }) => session.current)).toHaveLength(1);
    expect(sessions[0]).toMatchObject({ email: EMAIL, ip: '127.0.0.1', device: expect.any(String), createdAt: expect.any(String) });
    await admin.call('DELETE', '/api/v1/session', { token: first });
    expect(await list(admin, second)).toHaveLength(1);
  });

  it('are revoked one by one', async () => {
    const admin = await open();
    const [mine, other] = [await admin.login(), await admin.login()];
    const target = (await list(admin, mine)).find((session: { current: boolean }) => !session.current);
    expect((await admin.call('DELETE', `/api/v1/sessions/${target.id}`, { token: mine })).status).toBe(200);
    expect([await statusOf(admin, mine), await statusOf(admin, other)]).toEqual([200, 401]);
    expect((await admin.call('DELETE', `/api/v1/sessions/${target.id}`, { token: mine })).status).toBe(404);
  });

  it('are revoked all but the own one', async () => {
    const admin = await open();
    const tokens = [await admin.login(), await admin.login(), await admin.login()] as const;
    const { body } = await admin.call('POST', '/api/v1/sessions/revoke-others', { token: tokens[1], body: {} });
    expect(body).toEqual({ revoked: 2 });
    expect(await Promise.all(tokens.map((token) => statusOf(admin, token)))).toEqual([401, 200, 401]);
  });
});

describe('two servers over one database', () => {
  it('share sessions, and one that is revoked on the first is dead on the second within a second, sockets included', async () => {
    const databaseUrl = await newDatabase();
    const [first, second] = [await start(databaseUrl), await start(databaseUrl)];
    const [mine, other] = [await first.login(), await first.login()];
    await expect.poll(() => statusOf(second, other), { timeout: 5000 }).toBe(200);
    const socket = new WebSocket(`${second.url.replace('http', 'ws')}/api/v1/events`, { headers: { authorization: `Bearer ${other}` } });
    await once(socket, 'message');
    const closed = once(socket, 'close');
    const target = (await list(second, mine)).find((session: { current: boolean }) => !session.current);
    await first.call('DELETE', `/api/v1/sessions/${target.id}`, { token: mine });
    await expect.poll(() => statusOf(second, other), { timeout: 1000, interval: 20 }).toBe(401);
    expect((await closed)[0]).toBe(1008);
    expect(await statusOf(second, mine)).toBe(200);
  });
});
