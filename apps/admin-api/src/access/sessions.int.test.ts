import { once } from 'node:events';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type AdminHarness, EMAIL, PASSWORD, startAdminHarness } from '../testing/admin-harness.ts';
import { addPerson, signIn } from '../testing/people.ts';

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

const own = async (admin: AdminHarness, token: string) => (await admin.call('GET', '/api/v1/account/sessions', { token })).body.sessions;
const end = (admin: AdminHarness, token: string, id: string) => admin.call('DELETE', `/api/v1/account/sessions/${id}`, { token });

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

describe('the own sessions', () => {
  it('are seen and ended by whoever they belong to, without any role, and by nobody else', async () => {
    const admin = await start(await newDatabase());
    const owner = await admin.login();
    const [ada, eve] = [
      await addPerson(admin, owner, { email: 'ada@example.org', role: 'viewer' }),
      await addPerson(admin, owner, { email: 'eve@example.org', role: 'viewer' }),
    ];
    const [here, there, third] = [await signIn(admin, ada.email), await signIn(admin, ada.email), await signIn(admin, ada.email)];
    const hers = await signIn(admin, eve.email);
    expect((await admin.call('GET', '/api/v1/sessions', { token: here })).status).toBe(403);
    const listed = await own(admin, here);
    expect(listed.map(({ email }: { email: string }) => email)).toEqual([ada.email, ada.email, ada.email]);
    expect(listed.filter(({ current }: { current: boolean }) => current)).toHaveLength(1);

    const [victim] = await own(admin, hers);
    const [ownersOwn] = await own(admin, owner);
    const answers = await Promise.all([victim.id, ownersOwn.id, 'made-up'].map((id) => end(admin, here, id)));
    const told = answers.map(({ status, body: { instance: _request, ...rest } }) => JSON.stringify({ status, rest }));
    expect(new Set(told).size).toBe(1);
    expect(answers[0]?.status).toBe(404);
    expect([await statusOf(admin, hers), await statusOf(admin, owner)]).toEqual([200, 200]);

    const [elsewhere] = (await own(admin, there)).filter(({ current }: { current: boolean }) => current);
    expect((await end(admin, here, elsewhere.id)).status).toBe(200);
    expect([await statusOf(admin, here), await statusOf(admin, there), await statusOf(admin, third)]).toEqual([200, 401, 200]);
    const others = await admin.call('POST', '/api/v1/account/sessions/revoke-others', { token: here, body: {} });
    expect(others.body).toEqual({ revoked: 1 });
    expect([await statusOf(admin, here), await statusOf(admin, third), await statusOf(admin, hers)]).toEqual([200, 401, 200]);
  });

  it('are those of the administrator of the configuration too, with and without a database', async () => {
    for (const databaseUrl of [await newDatabase(), null]) {
      const admin = await start(databaseUrl);
      const [mine, other] = [await signIn(admin, EMAIL, PASSWORD), await admin.login()];
      const [target] = (await own(admin, mine)).filter(({ current }: { current: boolean }) => !current);
      expect((await end(admin, mine, target.id)).status).toBe(200);
      expect([await statusOf(admin, mine), await statusOf(admin, other)]).toEqual([200, 401]);
    }
  });

  it('are none of an API key, whatever it was given', async () => {
    const admin = await start(await newDatabase());
    const owner = await admin.login();
    const { body } = await admin.call('POST', '/api/v1/api-keys', { token: owner, body: { name: 'k', permissions: ['account:write'] } });
    expect((await admin.call('GET', '/api/v1/account/sessions', { token: body.secret })).status).toBe(403);
    expect((await admin.call('POST', '/api/v1/account/sessions/revoke-others', { token: body.secret, body: {} })).status).toBe(403);
    expect(await statusOf(admin, owner)).toBe(200);
  });
});

describe('whoever may end sessions', () => {
  it('ends none of somebody who holds more, one by one or all at once, also with a key', async () => {
    const admin = await start(await newDatabase());
    const owner = await admin.login();
    const manager = await addPerson(admin, owner, { email: 'manager@example.org', role: 'admin' });
    const viewer = await addPerson(admin, owner, { email: 'viewer@example.org', role: 'viewer' });
    const [token, spare] = [await signIn(admin, manager.email), await signIn(admin, manager.email)];
    const theirs = await signIn(admin, viewer.email);
    const makeKey = { name: 'k', permissions: ['sessions:revoke', 'sessions:read'] };
    const key = (await admin.call('POST', '/api/v1/api-keys', { token: owner, body: makeKey })).body.secret;
    const [ownersOwn] = await own(admin, owner);
    const revoke = async (bearer: string) => (await admin.call('DELETE', `/api/v1/sessions/${ownersOwn.id}`, { token: bearer })).status;
    const revokeOthers = async (bearer: string) =>
      (await admin.call('POST', '/api/v1/sessions/revoke-others', { token: bearer, body: {} })).body;
    expect([await revoke(token), await revoke(key)]).toEqual([403, 403]);
    expect(await revokeOthers(key)).toEqual({ revoked: 0 });
    expect(await revokeOthers(token)).toEqual({ revoked: 2 });
    expect(await Promise.all([owner, token, spare, theirs].map((each) => statusOf(admin, each)))).toEqual([200, 200, 401, 401]);
    const [target] = await own(admin, token);
    expect((await admin.call('DELETE', `/api/v1/sessions/${target.id}`, { token: owner })).status).toBe(200);
    expect(await statusOf(admin, token)).toBe(401);
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
