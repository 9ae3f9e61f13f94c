import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type AdminHarness, EMAIL, PASSWORD, startAdminHarness } from '../testing/admin-harness.ts';

const credentials = { email: EMAIL, password: PASSWORD };
const running: AdminHarness[] = [];

async function start(...args: Parameters<typeof startAdminHarness>): Promise<AdminHarness> {
  const admin = await startAdminHarness(...args);
  running.push(admin);
  return admin;
}
afterEach(async () => {
  for (const admin of running.splice(0)) await admin.stop();
});

const cookieOf = (headers: Headers) => headers.getSetCookie()[0]?.split(';')[0] ?? '';

describe('signing in', () => {
  it('answers the session and a token, and sets a cookie that scripts and other sites cannot use', async () => {
    const admin = await start();
    const { status, headers, body } = await admin.call('POST', '/api/v1/session', { body: credentials });
    expect(status).toBe(200);
    expect(body).toMatchObject({ email: EMAIL, role: 'owner', token: expect.any(String) });
    expect(headers.getSetCookie()[0]).toMatch(/; Path=\/api; .*HttpOnly; SameSite=Strict$/);
    expect(await admin.call('GET', '/api/v1/session', { headers: { cookie: cookieOf(headers) } })).toMatchObject({
      status: 200,
      body: { email: EMAIL },
    });
    expect(await admin.call('GET', '/api/v1/session', { token: body.token })).toMatchObject({ status: 200 });
  });

  it('marks the cookie Secure behind a proxy that is trusted and speaks https', async () => {
    const admin = await start({ trustedProxies: ['127.0.0.1'] });
    const headers = { 'x-forwarded-proto': 'https' };
    expect((await admin.call('POST', '/api/v1/session', { body: credentials, headers })).headers.getSetCookie()[0]).toContain('; Secure');
  });

  it('does not believe a proxy that is not trusted', async () => {
    const admin = await start();
    const headers = { 'x-forwarded-proto': 'https' };
    expect((await admin.call('POST', '/api/v1/session', { body: credentials, headers })).headers.getSetCookie()[0]).not.toContain('Secure');
  });

  it('says the same whether the e-mail or the password is wrong', async () => {
    const admin = await start();
    const wrongPassword = await admin.call('POST', '/api/v1/session', { body: { ...credentials, password: 'x' } });
    const wrongEmail = await admin.call('POST', '/api/v1/session', { body: { ...credentials, email: 'other@example.org' } });
    expect([wrongPassword.status, wrongEmail.status]).toEqual([401, 401]);
    expect(wrongPassword.body.detail).toBe(wrongEmail.body.detail);
  });

  it('locks after ten failures, also for the right password, and says when to come back', async () => {
    const admin = await start();
    const guesses = Array.from({ length: 30 }, (_, index) =>
      admin.call('POST', '/api/v1/session', { body: { ...credentials, password: `guess ${index}` } }),
    );
    const statuses = (await Promise.all(guesses)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(20);
    const { status, headers } = await admin.call('POST', '/api/v1/session', { body: credentials });
    expect(status).toBe(429);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

describe('forgery', () => {
  it.each([
    ['a foreign Origin', { origin: 'https://evil.example' }],
    ['a foreign site', { 'sec-fetch-site': 'cross-site' }],
    ['a sister site', { 'sec-fetch-site': 'same-site' }],
    ['an opaque Origin', { origin: 'null' }],
    ['neither Origin nor Sec-Fetch-Site', {}],
  ])('a change by cookie with %s is refused', async (_what, headers) => {
    const admin = await start();
    const cookie = cookieOf((await admin.call('POST', '/api/v1/session', { body: credentials })).headers);
    const { status, body } = await admin.call('POST', '/api/v1/buckets', { body: { name: 'x' }, headers: { cookie, ...headers } });
    expect(status).toBe(403);
    expect(body.code).toBe('SJ_FORBIDDEN');
    expect((await admin.call('GET', '/api/v1/session', { headers: { cookie } })).status).toBe(200);
  });

  it('a change by cookie from our own page is let through', async () => {
    const admin = await start();
    const cookie = cookieOf((await admin.call('POST', '/api/v1/session', { body: credentials })).headers);
    const headers = { cookie, origin: admin.url };
    expect((await admin.call('POST', '/api/v1/buckets', { body: { name: 'x' }, headers })).status).toBe(502);
  });

  it('a foreign page cannot sign its visitor in', async () => {
    const admin = await start();
    const { status, headers } = await admin.call('POST', '/api/v1/session', {
      body: credentials,
      headers: { origin: 'https://evil.example' },
    });
    expect(status).toBe(403);
    expect(headers.getSetCookie()).toEqual([]);
  });
});

describe('signing out', () => {
  let postgres: TempPostgres;
  beforeAll(async () => {
    postgres = await startTempPostgres();
  });
  afterAll(() => postgres.stop());

  it('clears the cookie and refuses the session from then on', async () => {
    const admin = await start();
    const token = await admin.login();
    const { status, headers } = await admin.call('DELETE', '/api/v1/session', { token });
    expect(status).toBe(200);
    expect(headers.getSetCookie()[0]).toMatch(/^supastor_session=;/);
    expect((await admin.call('GET', '/api/v1/session', { token })).status).toBe(401);
  });

  it('outlives a restart, while other sessions go on', async () => {
    const databaseUrl = await postgres.createDatabase('revoked');
    const first = await startAdminHarness({ databaseUrl });
    const [ended, open] = [await first.login(), await first.login()];
    await first.call('DELETE', '/api/v1/session', { token: ended });
    await first.stop();
    const second = await start({ databaseUrl });
    expect((await second.call('GET', '/api/v1/session', { token: ended })).status).toBe(401);
    expect((await second.call('GET', '/api/v1/session', { token: open })).status).toBe(200);
  });

  it('cannot be undone by a restart without the database', async () => {
    const databaseUrl = await postgres.createDatabase('gone');
    const first = await startAdminHarness({ databaseUrl });
    const ended = await first.login();
    await first.call('DELETE', '/api/v1/session', { token: ended });
    await first.stop();
    const second = await start({ databaseUrl: 'postgresql://postgres@127.0.0.1:1/postgres' });
    expect((await second.call('GET', '/api/v1/session', { token: ended })).status).toBe(401);
    expect((await second.call('GET', '/api/v1/session', { token: await second.login() })).status).toBe(200);
  });
});
