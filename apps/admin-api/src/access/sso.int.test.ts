import { createServer, type Server } from 'node:http';
import type { SsoProviderConfig } from '@supastor/contract/config/sso';
import { type RunningOidcMock, startOidcMock } from '@supastor/adapters/mocks/oidc/start-oidc-mock';
import { signInAtProvider } from '@supastor/testkit/harness/sign-in-at-provider';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AdminApiOptions } from '../options.ts';
import { type AdminHarness, EMAIL, PASSWORD, startAdminHarness } from '../testing/admin-harness.ts';
import { addPerson, GOOD_PASSWORD, signIn } from '../testing/people.ts';

const SITE = 'http://admin.example.org';
const CLIENT = { clientId: 'dashboard', clientSecret: 'only-for-these-tests-0123456789abcdef' };

let postgres: TempPostgres;
let idp: RunningOidcMock;
let count = 0;
const running: AdminHarness[] = [];
beforeAll(async () => {
  [postgres, idp] = await Promise.all([startTempPostgres(), startOidcMock({ port: 0, ...CLIENT, sites: [SITE], directory: null })]);
});
afterEach(async () => {
  for (const admin of running.splice(0)) await admin.stop();
  idp.users.clear();
});
afterAll(async () => {
  await idp.stop();
  await postgres.stop();
});

const corp = (changes: Partial<SsoProviderConfig> = {}): SsoProviderConfig => ({
  id: 'corp',
  name: 'Corp',
  issuer: idp.issuer,
  ...CLIENT,
  scopes: ['openid', 'email', 'profile', 'groups'],
  groupClaim: 'groups',
  roles: [
    { group: 'ops', role: 'operator', scope: {} },
    { group: 'photographers', role: 'developer', scope: { bucket: 'photos' } },
  ],
  maxAgeSeconds: 28_800,
  domains: [],
  createUsers: true,
  linkUsers: false,
  allowPrivate: true,
  ...changes,
});
async function start(
  changes: Partial<SsoProviderConfig> = {},
  options: Partial<AdminApiOptions> = {},
): Promise<AdminHarness & { readonly databaseUrl: string }> {
  const databaseUrl = options.databaseUrl ?? (await postgres.createDatabase(`sso_${(count += 1)}`));
  const admin = await startAdminHarness({ databaseUrl, publicUrl: SITE, sso: [corp(changes)], ...options });
  running.push(admin);
  return { ...admin, databaseUrl };
}
const begin = async (admin: AdminHarness) => (await admin.call('POST', '/api/v1/session/sso/corp', { body: {} })).body;
const finish = (admin: AdminHarness, ticket: string, query: string) =>
  admin.call('POST', '/api/v1/session/sso-finish', { body: { ticket, query } });
async function enter(admin: AdminHarness, login: string) {
  const { url, ticket } = await begin(admin);
  return finish(admin, ticket, await signInAtProvider(url, { site: SITE, login }));
}
const ada = (changes = {}) =>
  idp.users.set('ada', { email: 'Ada@Example.org', email_verified: true, name: 'Ada', groups: ['ops', 'other'], ...changes });

describe('single sign-on', () => {
  it('makes a user with the roles of their groups, and takes a role away when the group is gone', async () => {
    const admin = await start();
    expect((await admin.call('GET', '/api/v1/session/methods')).body.providers).toEqual([{ id: 'corp', name: 'Corp' }]);
    ada();
    const first = await enter(admin, 'ada');
    expect(first.body).toMatchObject({ email: 'ada@example.org', name: 'Ada', role: 'operator', mustEnrol: false });
    expect(first.headers.getSetCookie().join()).toMatch(/supastor_session=.*HttpOnly.*SameSite=Strict/);
    ada({ groups: ['photographers'] });
    const second = await enter(admin, 'ada');
    expect(second.body.userId).toBe(first.body.userId);
    expect(second.body.grants).toEqual([{ role: 'developer', scope: { bucket: 'photos' } }]);
    const held = await admin.call('GET', '/api/v1/session', { token: first.body.token });
    expect(held.body.grants).toEqual([{ role: 'developer', scope: { bucket: 'photos' } }]);
    ada({ groups: [] });
    expect((await enter(admin, 'ada')).body).toMatchObject({ code: 'SJ_FORBIDDEN', detail: 'You hold no role here any more.' });
    const left = await admin.call('GET', '/api/v1/session', { token: first.body.token });
    expect(left.body.grants).toEqual([]);
    ada();
    expect((await enter(admin, 'ada')).status).toBe(200);
  }, 60_000);

  it('tells how a provider is configured, without its secret, and whether it answers', async () => {
    const admin = await start({ scopes: ['openid', 'email', 'payroll'], domains: ['example.org'] });
    const owner = await admin.login();
    const { status, body } = await admin.call('GET', '/api/v1/sso', { token: owner });
    expect(status).toBe(200);
    expect(JSON.stringify(body)).not.toContain(CLIENT.clientSecret);
    expect(body.providers).toEqual([
      expect.objectContaining({ id: 'corp', issuer: idp.issuer, redirectUrl: `${SITE}/sso`, domains: ['example.org'] }),
    ]);
    const checked = await admin.call('POST', '/api/v1/sso/corp/check', { token: owner, body: {} });
    expect(checked.body).toMatchObject({
      problem: null,
      endpoints: { issuer: idp.issuer, token: expect.stringContaining(idp.issuer), unknownScopes: ['payroll'] },
    });
    const unknown = await admin.call('POST', '/api/v1/sso/other/check', { token: owner, body: {} });
    expect(unknown).toMatchObject({ status: 404, body: { code: 'SJ_NOT_FOUND' } });
  }, 60_000);

  it('says what is wrong with a provider that cannot be used', async () => {
    const answers: Record<string, string> = {};
    const server = createServer((request, response) => response.end(answers[request.url ?? ''] ?? '<h1>Welcome</h1>'));
    const origin = await listenOn(server);
    answers['/liar/.well-known/openid-configuration'] = JSON.stringify({ issuer: 'https://somebody.example' });
    try {
      const check = async (changes: Partial<SsoProviderConfig>) => {
        const admin = await start(changes);
        return (await admin.call('POST', '/api/v1/sso/corp/check', { token: await admin.login(), body: {} })).body;
      };
      expect(await check({ issuer: `${origin}/page` })).toMatchObject({ problem: expect.stringContaining('/page'), endpoints: null });
      expect(await check({ issuer: `${origin}/liar` })).toMatchObject({ problem: expect.stringMatching(/issuer/), endpoints: null });
      expect(await check({ allowPrivate: false })).toMatchObject({ hint: expect.stringContaining('allowPrivate'), endpoints: null });
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      expect(await check({ issuer: `${origin}/gone` })).toMatchObject({ problem: expect.stringContaining('ECONNREFUSED') });
    } finally {
      server.close();
    }
  }, 120_000);

  it('leaves grants alone that somebody here has given, and the last owner an owner', async () => {
    const admin = await start({ roles: [{ group: 'ops', role: 'owner', scope: {} }] });
    const owner = await admin.login();
    ada();
    const { body } = await enter(admin, 'ada');
    await admin.call('POST', `/api/v1/users/${body.userId}/grants`, { token: owner, body: { role: 'viewer' } });
    expect((await admin.call('POST', '/api/v1/users/break-glass/disable', { token: body.token, body: {} })).status).toBe(200);
    ada({ groups: [] });
    expect((await enter(admin, 'ada')).body.grants.map(({ role }: { role: string }) => role).toSorted()).toEqual(['owner', 'viewer']);
    await admin.call('POST', '/api/v1/users/break-glass/enable', { token: body.token, body: {} });
    expect((await enter(admin, 'ada')).body.grants.map(({ role }: { role: string }) => role)).toEqual(['viewer']);
  }, 60_000);

  it('takes over a local account with the same address only when told to, verified, and never that of the configuration', async () => {
    const admin = await start();
    const owner = await admin.login();
    const person = await addPerson(admin, owner, { email: 'ada@example.org', role: 'viewer' });
    ada();
    expect((await enter(admin, 'ada')).body.detail).toContain('does not sign in this way');
    const linking = await start({ linkUsers: true }, { databaseUrl: admin.databaseUrl });
    ada({ email_verified: false });
    expect((await enter(linking, 'ada')).body.detail).toContain('verified');
    ada();
    const linked = await enter(linking, 'ada');
    expect(linked.body.userId).toBe(person.id);
    expect(linked.body.grants.map(({ role }: { role: string }) => role).toSorted()).toEqual(['operator', 'viewer']);
    idp.users.set('mallory', { email: EMAIL, email_verified: true, name: 'M', groups: ['ops'] });
    expect((await enter(linking, 'mallory')).status).toBe(403);
    await admin.call('POST', `/api/v1/users/${person.id}/disable`, { token: owner, body: {} });
    expect((await enter(linking, 'ada')).body.detail).toContain('disabled');
    expect((await admin.call('POST', '/api/v1/session', { body: { email: EMAIL, password: PASSWORD } })).status).toBe(200);
  }, 60_000);

  it('lets in only the domains that are named, and nobody new where users are not made', async () => {
    const admin = await start({ domains: ['corp.example'] });
    ada();
    expect((await enter(admin, 'ada')).body.detail).toContain('domain');
    ada({ email: 'ada@corp.example', email_verified: false });
    expect((await enter(admin, 'ada')).body.detail).toContain('domain');
    ada({ email: 'ada@corp.example' });
    expect((await enter(admin, 'ada')).status).toBe(200);
    const closed = await start({ createUsers: false });
    expect((await enter(closed, 'ada')).body.detail).toContain('Nobody with your e-mail address');
  }, 60_000);

  it('refuses what does not belong together: other tickets, other states, a ticket or code that comes twice', async () => {
    const admin = await start();
    const other = await start();
    ada();
    const mine = await begin(admin);
    const query = await signInAtProvider(mine.url, { site: SITE, login: 'ada' });
    const theirs = await begin(admin);
    expect((await finish(admin, theirs.ticket, query)).status).toBe(401);
    const foreign = await begin(other);
    expect((await finish(admin, 'made-up', query)).status).toBe(401);
    const changed = new URLSearchParams(query);
    changed.set('state', new URL(foreign.url).searchParams.get('state') ?? '');
    const fresh = await begin(admin);
    expect((await finish(admin, fresh.ticket, changed.toString())).status).toBe(401);
    const [first, second] = await Promise.all([finish(admin, mine.ticket, query), finish(admin, mine.ticket, query)]);
    expect([first.status, second.status].toSorted((a, b) => a - b)).toEqual([200, 401]);
    expect((await finish(admin, mine.ticket, query)).status).toBe(401);
    const foreignPage = await admin.call('POST', '/api/v1/session/sso-finish', {
      body: { ticket: mine.ticket, query },
      headers: { origin: 'http://evil.example.org' },
    });
    expect(foreignPage.status).toBe(403);
  }, 60_000);

  it('says where to sign out at the provider, to whom it signed in', async () => {
    const admin = await start();
    ada();
    const { body } = await enter(admin, 'ada');
    const out = await admin.call('DELETE', '/api/v1/session', { token: body.token });
    const url = new URL(out.body.signOutUrl);
    expect(url.origin + url.pathname).toBe(`${idp.issuer}/session/end`);
    expect(url.searchParams.get('post_logout_redirect_uri')).toBe(`${SITE}/login`);
    const local = await admin.call('DELETE', '/api/v1/session', { token: await admin.login() });
    expect(local.body).toEqual({ signOutUrl: null });
  }, 60_000);

  it('does not reach into the private network unless the configuration lets it', async () => {
    for (const issuer of [
      idp.issuer,
      'https://127.0.0.1:1',
      'https://[::ffff:127.0.0.1]:1',
      'https://169.254.169.254',
      'https://localhost:1',
    ]) {
      const admin = await start({ issuer, allowPrivate: false });
      const answer = await admin.call('POST', '/api/v1/session/sso/corp', { body: {} });
      expect([issuer, answer.body.code]).toEqual([issuer, 'SJ_UPSTREAM_FAILED']);
      expect(JSON.stringify(answer.body)).not.toContain('127.0.0.1');
    }
    const people = await start();
    await addPerson(people, await people.login(), { email: 'local@example.org', role: 'viewer' });
    await signIn(people, 'local@example.org', GOOD_PASSWORD);
  }, 60_000);
});

describe('a provider that signs something else', () => {
  it.each([
    ['the right thing', {}, 200],
    ['another nonce', { nonce: 'other' }, 401],
    ['no nonce', { nonce: undefined }, 401],
    ['another issuer', { iss: 'https://evil.example.org' }, 401],
    ['another audience', { aud: 'other-client' }, 401],
    ['a token that is over', { exp: 1 }, 401],
    ['a token without a subject', { sub: undefined }, 401],
  ] as const)(
    '%s',
    async (_what, claims, status) => {
      const fake = await startForger(claims);
      const admin = await start({ issuer: fake.issuer });
      const { url, ticket } = await begin(admin);
      fake.nonce = new URL(url).searchParams.get('nonce') ?? '';
      const state = new URL(url).searchParams.get('state') ?? '';
      const answer = await finish(admin, ticket, new URLSearchParams({ code: 'c', state }).toString());
      fake.server.closeAllConnections();
      fake.server.close();
      expect(answer.status).toBe(status);
    },
    60_000,
  );

  it('a token that another key has signed', async () => {
    const fake = await startForger({}, { foreignKey: true });
    const admin = await start({ issuer: fake.issuer });
    const { url, ticket } = await begin(admin);
    fake.nonce = new URL(url).searchParams.get('nonce') ?? '';
    const state = new URL(url).searchParams.get('state') ?? '';
    const answer = await finish(admin, ticket, new URLSearchParams({ code: 'c', state }).toString());
    fake.server.closeAllConnections();
    fake.server.close();
    expect(answer.status).toBe(401);
  }, 60_000);
});

interface Forger {
  readonly issuer: string;
  readonly server: Server;
  nonce: string;
}

/** A provider that puts what a test wants into the ID token. */
async function startForger(claims: Readonly<Record<string, unknown>>, { foreignKey = false } = {}): Promise<Forger> {
  const [ours, other] = [await generateKeyPair('RS256'), await generateKeyPair('RS256')];
  const jwk = { ...(await exportJWK(ours.publicKey)), kid: 'k', alg: 'RS256', use: 'sig' };
  const forger: { -readonly [K in keyof Forger]: Forger[K] } = { issuer: '', nonce: '', server: createServer() };
  forger.server.on('request', (request, response) => {
    void answer(request.url ?? '').then((body) => response.setHeader('content-type', 'application/json').end(JSON.stringify(body)));
  });
  async function answer(path: string): Promise<unknown> {
    const { issuer } = forger;
    if (path === '/jwks') return { keys: [jwk] };
    if (path !== '/token') {
      const endpoints = { authorization_endpoint: `${issuer}/auth`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks` };
      return { issuer, ...endpoints, response_types_supported: ['code'], id_token_signing_alg_values_supported: ['RS256'] };
    }
    const now = Math.floor(Date.now() / 1000);
    const usual = { iss: issuer, aud: CLIENT.clientId, sub: 'ada', iat: now, exp: now + 300, nonce: forger.nonce };
    const person = { email: 'ada@example.org', email_verified: true, groups: ['ops'] };
    const payload = Object.fromEntries(Object.entries({ ...usual, ...person, ...claims }).filter(([, value]) => value !== undefined));
    const key = foreignKey ? other.privateKey : ours.privateKey;
    const idToken = await new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: 'k' }).sign(key);
    return { access_token: 'a', token_type: 'Bearer', expires_in: 60, id_token: idToken };
  }
  forger.issuer = await listenOn(forger.server);
  return forger;
}

async function listenOn(server: Server): Promise<string> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}
