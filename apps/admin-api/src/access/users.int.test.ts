import { once } from 'node:events';
import { createArgon2Hasher } from '@supastor/adapters/identity/argon2-hasher';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type AdminHarness, EMAIL, PASSWORD, startAdminHarness } from '../testing/admin-harness.ts';
import { addPerson, GOOD_PASSWORD, signIn, tokenOf } from '../testing/people.ts';

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

const newDatabase = () => postgres.createDatabase(`users_${(count += 1)}`);
async function start(databaseUrl: string): Promise<{ readonly admin: AdminHarness; readonly owner: string }> {
  const admin = await startAdminHarness({ databaseUrl });
  running.push(admin);
  return { admin, owner: await admin.login() };
}
async function sql(databaseUrl: string, text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query(text).finally(() => client.end());
  return rows;
}
const system = async (admin: AdminHarness, token: string) => (await admin.call('GET', '/api/v1/system', { token })).status;
const act = (admin: AdminHarness, token: string, method: string, path: string, body: unknown = {}) =>
  admin.call(method, `/api/v1${path}`, method === 'DELETE' || method === 'GET' ? { token } : { token, body });

describe('the administrator of the configuration', () => {
  it('is an owner from the first start, whose password is nowhere in the database', async () => {
    const databaseUrl = await newDatabase();
    const { admin, owner } = await start(databaseUrl);
    await expect
      .poll(async () => (await act(admin, owner, 'GET', '/users')).body.users, { timeout: 10_000 })
      .toMatchObject([{ id: 'break-glass', email: EMAIL, state: 'active', breakGlass: true, grants: [{ role: 'owner', scope: {} }] }]);
    expect((await act(admin, owner, 'POST', '/users/break-glass/reset-password')).status).toBe(409);
    const { body } = await act(admin, owner, 'POST', '/account/password', { currentPassword: PASSWORD, newPassword: GOOD_PASSWORD });
    expect(body.code).toBe('SJ_CONFLICT');
    const rows = await sql(databaseUrl, 'select row_to_json(u)::text as t from supastor.users u');
    expect(JSON.stringify(rows)).not.toContain(PASSWORD);
  });

  it('can be disabled once there is another owner, and is refused then', async () => {
    const { admin, owner } = await start(await newDatabase());
    const other = await addPerson(admin, owner, { email: 'second@example.org', role: 'owner' });
    const token = await signIn(admin, other.email);
    expect((await act(admin, token, 'POST', '/users/break-glass/disable')).status).toBe(200);
    await expect.poll(() => system(admin, owner), { timeout: 1000, interval: 20 }).toBe(401);
    expect((await admin.call('POST', '/api/v1/session', { body: { email: EMAIL, password: PASSWORD } })).status).toBe(401);
  });
});

describe('an invitation', () => {
  it('is a link that sets a password once, and gives just the role', async () => {
    const databaseUrl = await newDatabase();
    const { admin, owner } = await start(databaseUrl);
    const invited = await act(admin, owner, 'POST', '/users', { email: 'Ada@Example.org', name: 'Ada', role: 'viewer' });
    expect(invited.body).toMatchObject({ mailed: false, user: { email: 'ada@example.org', state: 'invited' } });
    const token = tokenOf(invited.body.link);
    expect((await act(admin, '', 'POST', '/account/link', { token })).body).toMatchObject({ kind: 'invitation', email: 'ada@example.org' });
    const redeem = (password: string) => admin.call('POST', '/api/v1/account/link/redeem', { body: { token, password } });
    expect((await redeem('short')).status).toBe(400);
    expect((await redeem('password123456')).body.detail).toContain('attackers try first');
    const answers = await Promise.all([redeem(GOOD_PASSWORD), redeem('another-good-word-7'), redeem(GOOD_PASSWORD)]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 404, 404]);
    const ada = await signIn(admin, 'ADA@example.org', answers[1]?.status === 200 ? 'another-good-word-7' : GOOD_PASSWORD);
    expect((await act(admin, ada, 'GET', '/session')).body).toMatchObject({ role: 'viewer', name: 'Ada', email: 'ada@example.org' });
    expect((await act(admin, ada, 'GET', '/users')).status).toBe(403);
    expect((await act(admin, ada, 'POST', '/buckets', { name: 'x' })).status).toBe(403);
    const stored = JSON.stringify(await sql(databaseUrl, 'select row_to_json(u)::text as t from supastor.users u'));
    expect(stored).toContain('$argon2id$v=19$m=19456,t=2,p=1$');
    expect(stored).not.toContain(GOOD_PASSWORD);
    expect(JSON.stringify(await sql(databaseUrl, 'select entry from supastor.audit_log'))).not.toContain(token);
  });

  it('works no more after a newer one, after its time, or once the user is disabled', async () => {
    const databaseUrl = await newDatabase();
    const { admin, owner } = await start(databaseUrl);
    const { user, link } = (await act(admin, owner, 'POST', '/users', { email: 'b@example.org', role: 'viewer' })).body;
    const inspect = async (one: string) => (await act(admin, '', 'POST', '/account/link', { token: tokenOf(one) })).status;
    const newer = (await act(admin, owner, 'POST', `/users/${user.id}/reset-password`)).body.link;
    expect([await inspect(link), await inspect(newer)]).toEqual([404, 200]);
    await sql(databaseUrl, `update supastor.user_links set expires_at = now() - interval '1 second'`);
    expect(await inspect(newer)).toBe(404);
    const last = (await act(admin, owner, 'POST', `/users/${user.id}/reset-password`)).body.link;
    await act(admin, owner, 'POST', `/users/${user.id}/disable`);
    expect(await inspect(last)).toBe(404);
    expect((await act(admin, owner, 'POST', `/users/${user.id}/reset-password`)).status).toBe(409);
  });

  it('is refused for an address that is taken, a role that is not there and fields that are not ours to set', async () => {
    const { admin, owner } = await start(await newDatabase());
    const invite = (body: object) => act(admin, owner, 'POST', '/users', { email: 'c@example.org', role: 'viewer', ...body });
    expect((await invite({})).status).toBe(200);
    expect((await invite({ email: 'C@EXAMPLE.ORG' })).status).toBe(409);
    expect((await invite({ email: 'd@example.org', role: 'wizard' })).status).toBe(400);
    for (const extra of [{ state: 'active' }, { breakGlass: true }, { id: 'x' }, { passwordHash: 'x' }, { grants: [{ role: 'owner' }] }]) {
      expect((await invite({ email: 'e@example.org', ...extra })).status).toBe(400);
    }
    const { users } = (await act(admin, owner, 'GET', '/users')).body;
    const change = (body: object) => act(admin, owner, 'PATCH', `/users/${users[1].id}`, { name: 'n', ...body });
    for (const extra of [{ state: 'active' }, { email: EMAIL }, { breakGlass: true }]) expect((await change(extra)).status).toBe(400);
  });
});

describe('somebody who may manage users', () => {
  it('gives no more than they hold, and touches nobody who holds more', async () => {
    const { admin, owner } = await start(await newDatabase());
    const boss = await addPerson(admin, owner, { email: 'boss@example.org', role: 'owner' });
    const manager = await addPerson(admin, owner, { email: 'manager@example.org', role: 'admin' });
    const viewer = await addPerson(admin, owner, { email: 'viewer@example.org', role: 'viewer' });
    const token = await signIn(admin, manager.email);
    expect((await act(admin, token, 'POST', '/users', { email: 'x@example.org', role: 'owner' })).status).toBe(403);
    for (const id of [manager.id, viewer.id])
      expect((await act(admin, token, 'POST', `/users/${id}/grants`, { role: 'owner' })).status).toBe(403);
    for (const path of ['reset-password', 'disable', 'enable']) {
      expect(`${path} ${(await act(admin, token, 'POST', `/users/${boss.id}/${path}`)).status}`).toBe(`${path} 403`);
    }
    expect((await act(admin, token, 'DELETE', `/users/${boss.id}`)).status).toBe(403);
    expect((await act(admin, token, 'PATCH', `/users/${boss.id}`, { name: 'x' })).status).toBe(403);
    const grantId = (await act(admin, token, 'GET', `/users/${boss.id}`)).body.grants[0].id;
    expect((await act(admin, token, 'DELETE', `/users/${boss.id}/grants/${grantId}`)).status).toBe(403);
    expect((await act(admin, token, 'DELETE', `/users/${viewer.id}/grants/${grantId}`)).status).toBe(404);
    expect((await act(admin, token, 'POST', '/roles', { name: 'mine', permissions: ['roles:write'] })).status).toBe(403);
    expect((await act(admin, token, 'POST', `/users/${viewer.id}/grants`, { role: 'developer', scope: { bucket: 'b' } })).status).toBe(200);
  });

  it('sees the same for every id that is not there', async () => {
    const { admin, owner } = await start(await newDatabase());
    const answers = await Promise.all(
      ['1', 'break-glas', 'zzz'].map(async (id) => {
        const { instance: _request, ...body } = (await act(admin, owner, 'GET', `/users/${id}`)).body;
        return JSON.stringify(body);
      }),
    );
    expect(new Set(answers).size).toBe(1);
  });
});

describe('the last owner', () => {
  it('cannot be disabled, removed or robbed of the role', async () => {
    const { admin, owner } = await start(await newDatabase());
    const person = await addPerson(admin, owner, { email: 'only@example.org', role: 'owner' });
    const token = await signIn(admin, person.email);
    expect((await act(admin, token, 'POST', '/users/break-glass/disable')).status).toBe(200);
    const [grant] = (await act(admin, token, 'GET', `/users/${person.id}`)).body.grants;
    expect((await act(admin, token, 'POST', `/users/${person.id}/disable`)).status).toBe(409);
    expect((await act(admin, token, 'DELETE', `/users/${person.id}`)).status).toBe(409);
    expect((await act(admin, token, 'DELETE', `/users/${person.id}/grants/${grant.id}`)).status).toBe(409);
    expect(await system(admin, token)).toBe(200);
  });

  it('stays when owners take each other out at the same moment on two servers', async () => {
    const databaseUrl = await newDatabase();
    const [{ admin: first }, { admin: second }] = [await start(databaseUrl), await start(databaseUrl)];
    for (let round = 0; round < 8; round += 1) {
      const owner = await first.login();
      const people = [
        await addPerson(first, owner, { email: `a${round}@example.org`, role: 'owner' }),
        await addPerson(first, owner, { email: `b${round}@example.org`, role: 'owner' }),
      ] as const;
      const tokens = [await signIn(first, people[0].email), await signIn(second, people[1].email)] as const;
      // Only these two are owners now.
      expect((await act(first, tokens[0], 'POST', '/users/break-glass/disable')).status).toBe(200);
      const answers = await Promise.all([
        act(first, tokens[0], 'POST', `/users/${people[1].id}/disable`),
        act(second, tokens[1], 'POST', `/users/${people[0].id}/disable`),
      ]);
      expect(answers.map(({ status }) => status)).toContain(200);
      const [{ owners } = {}] = await sql(
        databaseUrl,
        `select count(*)::int as owners from supastor.users u join supastor.grants g on g.user_id = u.id where u.state = 'active' and g.role = 'owner'`,
      );
      expect(owners).toBe(1);
      await sql(databaseUrl, `update supastor.users set state = 'active' where id = 'break-glass'`);
      await sql(databaseUrl, `delete from supastor.users where id <> 'break-glass'`);
      // The servers look at users again twice a second.
      await expect.poll(() => first.login(), { timeout: 10_000 }).toEqual(expect.any(String));
    }
  }, 60_000);
});

describe('what changes about a user', () => {
  it('holds on every server within a second, for tokens, keys and sockets', async () => {
    const databaseUrl = await newDatabase();
    const [{ admin: first, owner }, { admin: second }] = [await start(databaseUrl), await start(databaseUrl)];
    const person = await addPerson(first, owner, { email: 'p@example.org', role: 'admin' });
    const token = await signIn(second, person.email);
    const key = (await act(second, token, 'POST', '/api-keys', { name: 'k', permissions: ['system:read', 'audit:read'] })).body.secret;
    const audit = async (bearer: string) => (await act(second, bearer, 'GET', '/audit')).status;
    expect([await audit(token), await audit(key)]).toEqual([200, 200]);
    const [grant] = (await act(first, owner, 'GET', `/users/${person.id}`)).body.grants;
    await act(first, owner, 'POST', `/users/${person.id}/grants`, { role: 'viewer' });
    await act(first, owner, 'DELETE', `/users/${person.id}/grants/${grant.id}`);
    await expect.poll(() => audit(token), { timeout: 1000, interval: 20 }).toBe(403);
    expect(await audit(key)).toBe(403);
    expect(await system(second, key)).toBe(200);
    const socket = new WebSocket(`${second.url.replace('http', 'ws')}/api/v1/events`, { headers: { authorization: `Bearer ${token}` } });
    await once(socket, 'message');
    const closed = once(socket, 'close');
    await act(first, owner, 'POST', `/users/${person.id}/disable`);
    await expect.poll(() => system(second, token), { timeout: 1000, interval: 20 }).toBe(401);
    await expect.poll(() => system(second, key), { timeout: 1000, interval: 20 }).toBe(401);
    await closed;
    await act(first, owner, 'POST', `/users/${person.id}/enable`);
    await expect.poll(() => system(second, key), { timeout: 10_000 }).toBe(200);
    expect(await system(second, token)).toBe(401);
  });

  it('ends all sessions when it is the password, and answers with a new one', async () => {
    const { admin, owner } = await start(await newDatabase());
    const person = await addPerson(admin, owner, { email: 'p@example.org', role: 'viewer' });
    const [mine, stolen] = [await signIn(admin, person.email), await signIn(admin, person.email)];
    const change = (currentPassword: string, newPassword: string) =>
      act(admin, mine, 'POST', '/account/password', { currentPassword, newPassword });
    expect((await change('wrong', 'a-new-and-better-one')).status).toBe(400);
    expect((await change(GOOD_PASSWORD, 'p@example.org')).status).toBe(400);
    const changed = await change(GOOD_PASSWORD, 'a-new-and-better-one');
    expect([await system(admin, mine), await system(admin, stolen), await system(admin, changed.body.token)]).toEqual([401, 401, 200]);
    await expect(signIn(admin, person.email)).rejects.toThrow('401');
    await signIn(admin, person.email, 'a-new-and-better-one');
  });

  it('upgrades an old hash at the next sign-in', async () => {
    const databaseUrl = await newDatabase();
    const { admin, owner } = await start(databaseUrl);
    const person = await addPerson(admin, owner, { email: 'p@example.org', role: 'viewer' });
    const weak = createArgon2Hasher({ memoryCost: 1024, timeCost: 1, parallelism: 1 });
    await sql(databaseUrl, `update supastor.users set password_hash = '${await weak.hash(GOOD_PASSWORD)}' where id = '${person.id}'`);
    await signIn(admin, person.email);
    const [row] = await sql(databaseUrl, `select password_hash from supastor.users where id = '${person.id}'`);
    expect(row?.['password_hash']).toContain('m=19456,t=2,p=1');
    await signIn(admin, person.email);
  });
});

describe('roles', () => {
  it('are made of what their maker holds, change for everybody at once, and stay while somebody has them', async () => {
    const { admin, owner } = await start(await newDatabase());
    const role = { name: 'reporter', description: 'Reads the trail', permissions: ['audit:read'] };
    expect((await act(admin, owner, 'POST', '/roles', role)).status).toBe(200);
    expect((await act(admin, owner, 'POST', '/roles', role)).status).toBe(409);
    expect((await act(admin, owner, 'POST', '/roles', { ...role, name: 'odd', permissions: ['made:up'] })).status).toBe(400);
    expect((await act(admin, owner, 'PUT', '/roles/owner', { permissions: ['audit:read'] })).status).toBe(409);
    const person = await addPerson(admin, owner, { email: 'r@example.org', role: 'reporter' });
    const token = await signIn(admin, person.email);
    expect((await act(admin, token, 'GET', '/audit')).status).toBe(200);
    expect((await act(admin, owner, 'PUT', '/roles/reporter', { permissions: ['services:read'] })).status).toBe(200);
    await expect.poll(async () => (await act(admin, token, 'GET', '/audit')).status, { timeout: 1000, interval: 20 }).toBe(403);
    expect((await act(admin, owner, 'DELETE', '/roles/reporter')).status).toBe(409);
    await act(admin, owner, 'DELETE', `/users/${person.id}`);
    expect((await act(admin, owner, 'DELETE', '/roles/reporter')).status).toBe(200);
  });
});

describe('the explanation', () => {
  it('names role and scope, for oneself and, with permission, for others', async () => {
    const { admin, owner } = await start(await newDatabase());
    const person = await addPerson(admin, owner, { email: 'dev@example.org', role: 'developer', scope: { bucket: 'photos' } });
    const token = await signIn(admin, person.email);
    const ask = (bearer: string, query: string) => act(admin, bearer, 'GET', `/access/explain?${query}`);
    expect((await ask(token, 'operation=objects.sign&bucket=photos&path=a')).body).toMatchObject({
      allowed: true,
      permission: 'objects:read',
      reason: 'dev@example.org holds objects:read by the role developer for the bucket photos.',
    });
    const other = await ask(owner, 'operation=buckets.delete&bucket=music&user=dev@example.org');
    expect(other.body).toMatchObject({
      allowed: false,
      grants: expect.arrayContaining([expect.objectContaining({ verdict: 'other-scope' })]),
    });
    expect(other.body.reason).toContain('developer for the bucket photos, which does not take in the bucket music');
    expect((await ask(owner, `operation=audit.list&user=${person.id}`)).body.reason).toBe('No role of dev@example.org holds audit:read.');
    expect((await ask(token, 'operation=audit.list&user=admin@localhost.local')).status).toBe(403);
    expect((await ask(owner, 'operation=nothing.here')).status).toBe(404);
    expect((await ask(owner, 'operation=audit.list&user=nobody@example.org')).status).toBe(404);
  });
});
