import { type RunningOidcMock, startOidcMock } from '@supastor/adapters/mocks/oidc/start-oidc-mock';
import { signInAtProvider } from '@supastor/testkit/harness/sign-in-at-provider';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type AdminHarness, startAdminHarness } from '../testing/admin-harness.ts';
import { addPerson, GOOD_PASSWORD, signIn } from '../testing/people.ts';

const SITE = 'http://admin.example.org';
const CLIENT = { clientId: 'dashboard', clientSecret: 'only-for-these-tests-0123456789abcdef' };

let postgres: TempPostgres;
let databaseUrl = '';
let count = 0;
const stops: (() => Promise<void>)[] = [];
beforeAll(async () => {
  postgres = await startTempPostgres();
});
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});
afterAll(() => postgres.stop());

async function startIdp(): Promise<RunningOidcMock> {
  const idp = await startOidcMock({ port: 0, ...CLIENT, sites: [SITE], directory: null });
  let stopped: Promise<void> | null = null;
  const stop = () => (stopped ??= idp.stop());
  stops.push(stop);
  return { ...idp, stop };
}
async function start({ issuer }: RunningOidcMock, maxAgeSeconds: number): Promise<AdminHarness> {
  databaseUrl = await postgres.createDatabase(`sso_age_${(count += 1)}`);
  const roles = [{ group: 'ops', role: 'operator', scope: {} }];
  const rules = { roles, domains: [], maxAgeSeconds, createUsers: true, linkUsers: true, allowPrivate: true };
  const corp = { id: 'corp', name: 'Corp', issuer, ...CLIENT, scopes: ['openid', 'email', 'groups'], groupClaim: 'groups', ...rules };
  const admin = await startAdminHarness({ databaseUrl, publicUrl: SITE, sso: [corp] });
  stops.push(() => admin.stop());
  return admin;
}
async function enter(admin: AdminHarness, login = 'ada') {
  const { url, ticket } = (await admin.call('POST', '/api/v1/session/sso/corp', { body: {} })).body;
  const query = await signInAtProvider(url, { site: SITE, login });
  return { ...(await admin.call('POST', '/api/v1/session/sso-finish', { body: { ticket, query } })), secrets: [ticket, query] };
}
const ada = (idp: RunningOidcMock, groups: readonly string[]) =>
  idp.users.set('ada', { email: 'ada@example.org', email_verified: true, name: 'Ada', groups: [...groups] });
const session = (admin: AdminHarness, token: string) => admin.call('GET', '/api/v1/session', { token });
const refresh = (admin: AdminHarness, refreshToken: string) => admin.call('POST', '/api/v1/session/refresh', { body: { refreshToken } });
const rolesOf = async (admin: AdminHarness, token: string) =>
  (await session(admin, token)).body.grants.map(({ role }: { readonly role: string }) => role).toSorted();
const PATIENT = { timeout: 60_000, interval: 250 };

describe('the maximum age of roles that a provider gives', () => {
  it('ends the session; whoever was taken out of the group is not let in again', async () => {
    const idp = await startIdp();
    const admin = await start(idp, 10);
    ada(idp, ['ops']);
    const { body } = await enter(admin);
    expect(body.role).toBe('operator');
    ada(idp, []);
    await expect.poll(async () => (await session(admin, body.token)).status, PATIENT).toBe(401);
    expect((await refresh(admin, body.refreshToken)).status).toBe(401);
    expect((await enter(admin)).status).toBe(403);
  }, 120_000);

  it('bounds the session, and a provider that is away logs nobody out before it', async () => {
    const idp = await startIdp();
    const admin = await start(idp, 600);
    ada(idp, ['ops']);
    const { body } = await enter(admin);
    await idp.stop();
    const next = await refresh(admin, body.refreshToken);
    expect(next.body).toMatchObject({ role: 'operator' });
    const { body: listed } = await admin.call('GET', '/api/v1/account/sessions', { token: next.body.token });
    const [{ createdAt, expiresAt }] = listed.sessions;
    expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBeLessThanOrEqual(600_000);
  }, 60_000);

  it('bounds the session that takes its place when the password is changed', async () => {
    const idp = await startIdp();
    const admin = await start(idp, 600);
    await addPerson(admin, await admin.login(), { email: 'ada@example.org', role: 'viewer' });
    ada(idp, ['ops']);
    const { body } = await enter(admin);
    const passwords = { currentPassword: GOOD_PASSWORD, newPassword: 'green-river-lamp-77' };
    const renewed = await admin.call('POST', '/api/v1/account/password', { token: body.token, body: passwords });
    expect(renewed.status).toBe(200);
    expect(renewed.body.token).not.toBe(body.token);
    expect(Date.parse(renewed.body.expiresAt)).toBe(Date.parse(body.expiresAt));
  }, 60_000);

  it('holds for a session that a password opened too, and roles that somebody here gave stay', async () => {
    const idp = await startIdp();
    const admin = await start(idp, 3600);
    await addPerson(admin, await admin.login(), { email: 'ada@example.org', role: 'viewer' });
    ada(idp, ['ops']);
    await enter(admin);
    const token = await signIn(admin, 'ada@example.org');
    expect(await rolesOf(admin, token)).toEqual(['operator', 'viewer']);
    await age('2 hours');
    await expect.poll(() => rolesOf(admin, token), PATIENT).toEqual(['viewer']);
    expect((await enter(admin)).status).toBe(200);
    await expect.poll(() => rolesOf(admin, token), PATIENT).toEqual(['operator', 'viewer']);
  }, 120_000);

  it('the audit entry of a sign-in names the roles before and after, also of one that is refused, and no secret', async () => {
    const idp = await startIdp();
    const admin = await start(idp, 3600);
    ada(idp, ['ops']);
    const first = await enter(admin);
    ada(idp, []);
    const second = await enter(admin);
    const query = '/api/v1/audit?operation=session.ssoFinish';
    const { body } = await admin.call('GET', query, { token: await admin.login() });
    const seen = body.entries.map(({ outcome, before, after }: Entry) => [outcome, before.roles, after.roles]);
    expect(seen).toEqual([
      ['denied', ['operator'], []],
      ['done', [], ['operator']],
    ]);
    const text = JSON.stringify(body);
    for (const secret of [...first.secrets, ...second.secrets, CLIENT.clientSecret]) expect(text).not.toContain(secret);
  }, 60_000);
});

interface Entry {
  readonly outcome: string;
  readonly before: { readonly roles: readonly string[] };
  readonly after: { readonly roles: readonly string[] };
}

/** Makes what the provider said older. */
async function age(interval: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(`update supastor.grants set granted_at = granted_at - $1::interval where granted_by = 'sso:corp'`, [interval]);
  await client.end();
}
