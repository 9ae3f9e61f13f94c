import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { generate } from 'otplib';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AdminApiOptions } from '../options.ts';
import { type AdminHarness, EMAIL, PASSWORD, startAdminHarness } from '../testing/admin-harness.ts';
import { addPerson, GOOD_PASSWORD, signIn } from '../testing/people.ts';

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

const newDatabase = () => postgres.createDatabase(`factor_${(count += 1)}`);
async function start(databaseUrl: string, options: Partial<AdminApiOptions> = {}): Promise<AdminHarness> {
  const admin = await startAdminHarness({ databaseUrl, ...options });
  running.push(admin);
  return admin;
}
async function sql(databaseUrl: string, text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query(text).finally(() => client.end());
  return rows;
}
const post = (admin: AdminHarness, token: string, path: string, body: unknown = {}) =>
  admin.call('POST', `/api/v1${path}`, { token, body });
/** The code of now, or of so many time steps later: one step is accepted, so that clocks may differ. */
const codeOf = (secret: string, steps = 0) => generate({ secret, epoch: Math.floor(Date.now() / 1000) + 30 * steps });
const login = (admin: AdminHarness, email: string, code?: string, password = GOOD_PASSWORD) =>
  admin.call('POST', '/api/v1/session', { body: { email, password, ...(code !== undefined && { code }) } });

/** Makes used codes good again. */
const forgetUsed = (databaseUrl: string) => sql(databaseUrl, 'update supastor.second_factors set last_step = 0');

/** Sets a second factor up; the code of now has been used. */
async function enrol(admin: AdminHarness, token: string, password = GOOD_PASSWORD) {
  const begun = await post(admin, token, '/account/second-factor', { password });
  expect(begun.status).toBe(200);
  const { secret } = begun.body;
  const confirmed = await post(admin, token, '/account/second-factor/confirm', { code: await codeOf(secret) });
  expect(confirmed.status).toBe(200);
  return { secret: String(secret), token: String(confirmed.body.token), codes: confirmed.body.recoveryCodes, uri: begun.body.uri };
}

async function withAda(options: Partial<AdminApiOptions> = {}, role = 'viewer') {
  const databaseUrl = await newDatabase();
  const admin = await start(databaseUrl, options);
  const owner = await admin.login();
  const ada = await addPerson(admin, owner, { email: 'ada@example.org', role });
  return { databaseUrl, admin, owner, ada };
}

describe('a second factor', () => {
  it('is set up with the password and a code, and ends every session but the new one', async () => {
    const { admin, ada, databaseUrl } = await withAda();
    const [token, other] = [await signIn(admin, ada.email), await signIn(admin, ada.email)];
    expect((await post(admin, token, '/account/second-factor')).status).toBe(400);
    expect((await post(admin, token, '/account/second-factor', { password: 'wrong' })).body).toMatchObject({
      code: 'SJ_INPUT_INVALID',
      errors: [{ path: 'password' }],
    });
    expect((await post(admin, token, '/account/second-factor/confirm', { code: '000000' })).status).toBe(409);
    const first = await enrol(admin, token);
    expect(first.uri).toContain('otpauth://totp/test:ada%40example.org?');
    expect(first.codes).toHaveLength(10);
    for (const old of [token, other]) {
      await expect.poll(async () => (await admin.call('GET', '/api/v1/session', { token: old })).status, { timeout: 10_000 }).toBe(401);
    }
    const state = await admin.call('GET', '/api/v1/account/second-factor', { token: first.token });
    expect(state.body).toMatchObject({ enabled: true, recoveryCodesLeft: 10, required: false });
    expect((await post(admin, first.token, '/account/second-factor', { password: GOOD_PASSWORD })).status).toBe(409);
    const stored = JSON.stringify(await sql(databaseUrl, 'select * from supastor.second_factors, supastor.recovery_codes'));
    expect(stored).not.toContain(first.secret);
    expect(stored).not.toContain(first.codes[0]);
    const trail = JSON.stringify(await sql(databaseUrl, 'select row_to_json(a)::text as t from supastor.audit_log a'));
    expect(trail).toContain('account.confirmSecondFactor');
    expect(trail).not.toContain(first.secret);
    expect(trail).not.toContain(first.codes[0]);
  });

  it('is asked for after the right password only, and each code works once, on all servers together', async () => {
    const { admin, ada, databaseUrl } = await withAda();
    const second = await start(databaseUrl);
    const { secret } = await enrol(admin, await signIn(admin, ada.email));
    await expect.poll(async () => (await login(admin, ada.email)).body.code, { timeout: 10_000 }).toBe('SJ_CODE_NEEDED');
    const wrongPassword = await login(admin, ada.email, await codeOf(secret), 'wrong');
    const nobody = await login(admin, 'nobody@example.org', '123456', 'wrong');
    expect(strip(wrongPassword)).toEqual(strip(nobody));
    expect((await login(admin, ada.email, await codeOf(secret, -1))).status).toBe(401);
    const code = await codeOf(secret, 1);
    const answers = await Promise.all([0, 1, 2, 3, 4, 5].map((index) => login(index % 2 ? admin : second, ada.email, code)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401, 401, 401, 401, 401]);
    expect((await login(admin, ada.email, code)).status).toBe(401);
    await forgetUsed(databaseUrl);
    expect((await login(admin, ada.email, code)).status).toBe(200);
    expect((await login(admin, ada.email, await codeOf(secret, -1))).status).toBe(401);
  });

  it('locks the account after ten wrong codes, and asking for the code is no success that resets the count', async () => {
    const { admin, ada } = await withAda();
    const { secret } = await enrol(admin, await signIn(admin, ada.email));
    await expect.poll(async () => (await login(admin, ada.email)).body.code, { timeout: 10_000 }).toBe('SJ_CODE_NEEDED');
    const statuses: number[] = [];
    for (let index = 0; index < 12; index += 1) {
      statuses.push((await login(admin, ada.email, `00000${index % 10}`)).status);
      if (index < 8) expect((await login(admin, ada.email)).body.code).toBe('SJ_CODE_NEEDED');
    }
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
    expect((await login(admin, ada.email, await codeOf(secret))).status).toBe(429);
  });

  it('gives way to a recovery code, once each, and new codes replace the old ones', async () => {
    const { admin, ada } = await withAda();
    const { codes, token, secret } = await enrol(admin, await signIn(admin, ada.email));
    const [first, second, third] = codes;
    const answers = await Promise.all([first, first, first].map((code) => login(admin, ada.email, code)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401, 401]);
    expect((await login(admin, ada.email, String(second).toUpperCase().replaceAll('-', ' '))).status).toBe(200);
    expect((await admin.call('GET', '/api/v1/account/second-factor', { token })).body.recoveryCodesLeft).toBe(8);
    expect((await post(admin, token, '/account/second-factor/recovery-codes')).status).toBe(400);
    const renewed = await post(admin, token, '/account/second-factor/recovery-codes', { code: await codeOf(secret, 1) });
    expect(renewed.body.recoveryCodes).toHaveLength(10);
    expect((await login(admin, ada.email, third)).status).toBe(401);
    expect((await login(admin, ada.email, renewed.body.recoveryCodes[9])).status).toBe(200);
  });

  it('is turned off with the password or a fresh code', async () => {
    const { admin, ada } = await withAda();
    const { token } = await enrol(admin, await signIn(admin, ada.email));
    const disable = (body: unknown) => post(admin, token, '/account/second-factor/disable', body);
    expect((await disable({})).status).toBe(400);
    expect((await disable({ password: 'wrong' })).status).toBe(400);
    expect((await disable({ code: '123456' })).status).toBe(400);
    expect((await disable({ password: GOOD_PASSWORD })).status).toBe(200);
    expect((await login(admin, ada.email)).status).toBe(200);
    expect((await disable({ password: GOOD_PASSWORD })).status).toBe(409);
  });

  it('is taken from a user by an owner only, who cannot take the own one', async () => {
    const { admin, ada, owner, databaseUrl } = await withAda();
    const boss = await addPerson(admin, owner, { email: 'boss@example.org', role: 'admin' });
    const bossToken = await signIn(admin, boss.email);
    const { token } = await enrol(admin, await signIn(admin, ada.email));
    expect((await post(admin, bossToken, `/users/${ada.id}/reset-second-factor`)).status).toBe(403);
    expect((await post(admin, owner, '/users/break-glass/reset-second-factor')).status).toBe(409);
    const reset = await post(admin, owner, `/users/${ada.id}/reset-second-factor`);
    expect(reset.body).toMatchObject({ email: ada.email, secondFactor: false });
    expect((await admin.call('GET', '/api/v1/session', { token })).status).toBe(401);
    expect((await login(admin, ada.email)).status).toBe(200);
    const trail = await sql(databaseUrl, `select row_to_json(a)::text as t from supastor.audit_log a`);
    expect(JSON.stringify(trail)).toContain('users.resetSecondFactor');
  });

  it('can belong to the administrator of the configuration', async () => {
    const admin = await start(await newDatabase());
    const owner = await admin.login();
    const { secret } = await enrol(admin, owner, PASSWORD);
    await expect.poll(async () => (await login(admin, EMAIL, undefined, PASSWORD)).body.code, { timeout: 10_000 }).toBe('SJ_CODE_NEEDED');
    expect((await login(admin, EMAIL, await codeOf(secret, 1), PASSWORD)).status).toBe(200);
  });

  it('is not for API keys', async () => {
    const { admin, owner } = await withAda();
    const { body } = await post(admin, owner, '/api-keys', { name: 'ci', permissions: ['account:secure'] });
    expect((await post(admin, body.secret, '/account/second-factor', { password: PASSWORD })).status).toBe(403);
  });
});

describe('a role that asks for a second factor', () => {
  it('leaves whoever has none a session that is good for setting one up only', async () => {
    const { admin, ada } = await withAda({ secondFactor: { mode: 'required', roles: ['developer'] } }, 'developer');
    const signedIn = await login(admin, ada.email);
    expect(signedIn.body).toMatchObject({ mustEnrol: true, role: 'developer', permissions: ['session:read', 'account:secure'] });
    const weak = String(signedIn.body.token);
    for (const [method, path] of [
      ['GET', '/system'],
      ['GET', '/buckets'],
      ['POST', '/account/password'],
    ] as const) {
      const body = method === 'POST' ? { body: { currentPassword: GOOD_PASSWORD, newPassword: 'another-good-word-7' } } : {};
      const { status, body: problem } = await admin.call(method, `/api/v1${path}`, { token: weak, ...body });
      expect([path, status]).toEqual([path, 403]);
      expect(problem.detail).toContain('second factor');
    }
    const refreshed = await admin.call('POST', '/api/v1/session/refresh', { body: { refreshToken: signedIn.body.refreshToken } });
    expect(refreshed.body.mustEnrol).toBe(true);
    const { token } = await enrol(admin, refreshed.body.token);
    expect((await admin.call('GET', '/api/v1/session', { token })).body).toMatchObject({ mustEnrol: false });
    expect((await admin.call('GET', '/api/v1/system', { token })).status).toBe(200);
  });

  it('leaves other roles alone, and asks everybody when no role is named', async () => {
    const { ada, databaseUrl } = await withAda();
    const owners = await start(databaseUrl, { secondFactor: { mode: 'required', roles: ['owner'] } });
    expect((await login(owners, ada.email)).body.mustEnrol).toBe(false);
    expect((await login(owners, EMAIL, undefined, PASSWORD)).body.mustEnrol).toBe(true);
    const all = await start(databaseUrl, { secondFactor: { mode: 'required', roles: [] } });
    expect((await login(all, ada.email)).body.mustEnrol).toBe(true);
  });
});

/** What of an answer could tell one refusal from another. */
function strip({ status, body }: { readonly status: number; readonly body: Readonly<Record<string, unknown>> }): unknown {
  return { status, body: { ...body, instance: '' } };
}
