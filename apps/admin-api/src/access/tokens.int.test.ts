import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { decodeJwt, decodeProtectedHeader, generateKeyPair, importJWK, jwtVerify, SignJWT } from 'jose';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
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

const newDatabase = () => postgres.createDatabase(`tokens_${(count += 1)}`);
async function start(databaseUrl: string | null): Promise<AdminHarness> {
  const admin = await startAdminHarness({ databaseUrl });
  running.push(admin);
  return admin;
}
async function sql(databaseUrl: string, text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query(text).finally(() => client.end());
  return rows;
}
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const login = async (admin: AdminHarness) =>
  (await admin.call('POST', '/api/v1/session', { body: { email: EMAIL, password: PASSWORD } })).body;
const refresh = (admin: AdminHarness, refreshToken: string) => admin.call('POST', '/api/v1/session/refresh', { body: { refreshToken } });
const status = async (admin: AdminHarness, token: string) => (await admin.call('GET', '/api/v1/session', { token })).status;

describe.each([['in Postgres'], ['in memory']])('refresh tokens %s', (where) => {
  const open = async () => start(where === 'in Postgres' ? await newDatabase() : null);

  it('get a new pair, once', async () => {
    const admin = await open();
    const first = await login(admin);
    const { body: second } = await refresh(admin, first.refreshToken);
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect(second.expiresAt).toBe(first.expiresAt);
    expect(decodeJwt(second.token)['sid']).toBe(decodeJwt(first.token)['sid']);
    expect([await status(admin, first.token), await status(admin, second.token)]).toEqual([200, 200]);
    expect((await refresh(admin, second.refreshToken)).status).toBe(200);
  });

  it('that come twice end the session for thief and victim', async () => {
    const admin = await open();
    const first = await login(admin);
    const { body: thief } = await refresh(admin, first.refreshToken);
    expect((await refresh(admin, first.refreshToken)).status).toBe(401);
    expect((await refresh(admin, thief.refreshToken)).status).toBe(401);
    expect([await status(admin, thief.token), await status(admin, first.token)]).toEqual([401, 401]);
    const other = await login(admin);
    expect(await status(admin, other.token)).toBe(200);
  });

  it('work no more after a sign-out, and rubbish never does', async () => {
    const admin = await open();
    const { token, refreshToken } = await login(admin);
    await admin.call('DELETE', '/api/v1/session', { token });
    expect((await refresh(admin, refreshToken)).status).toBe(401);
    expect((await refresh(admin, 'ssr_rubbish')).status).toBe(401);
    expect((await admin.call('POST', '/api/v1/session/refresh', { body: {} })).status).toBe(401);
  });
});

describe('a session', () => {
  it('is refreshed on another server, where a theft is noticed as well', async () => {
    const databaseUrl = await newDatabase();
    const [first, second] = [await start(databaseUrl), await start(databaseUrl)];
    const started = await login(first);
    const { body } = await refresh(second, started.refreshToken);
    expect([await status(first, body.token), await status(second, started.token)]).toEqual([200, 200]);
    const answers = await Promise.all([refresh(first, body.refreshToken), refresh(second, body.refreshToken)]);
    expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([200, 401]);
    await expect.poll(() => status(first, body.token), { timeout: 1000, interval: 20 }).toBe(401);
    await expect.poll(() => status(second, body.token), { timeout: 1000, interval: 20 }).toBe(401);
  });

  it('is not refreshed for a user who was disabled', async () => {
    const admin = await start(await newDatabase());
    const owner = await admin.login();
    const person = await addPerson(admin, owner, { email: 'p@example.org', role: 'viewer' });
    const { body } = await admin.call('POST', '/api/v1/session', { body: { email: person.email, password: 'purple-lamp-river-44' } });
    await admin.call('POST', `/api/v1/users/${person.id}/disable`, { token: owner, body: {} });
    expect((await refresh(admin, body.refreshToken)).status).toBe(401);
  });

  it('is never one that the visitor brought along', async () => {
    const admin = await start(null);
    const planted = await login(admin);
    const headers = { cookie: `supastor_session=${planted.token}`, origin: admin.url };
    const { body } = await admin.call('POST', '/api/v1/session', { body: { email: EMAIL, password: PASSWORD }, headers });
    expect(decodeJwt(body.token)['sid']).not.toBe(decodeJwt(planted.token)['sid']);
  });

  it('is refreshed by cookie from our own page, and by no other page', async () => {
    const admin = await start(null);
    const { headers } = await admin.call('POST', '/api/v1/session', { body: { email: EMAIL, password: PASSWORD } });
    const [, set = ''] = headers.getSetCookie();
    expect(set).toMatch(/^supastor_refresh=ssr_.*; Path=\/api\/v1\/session\/refresh; .*HttpOnly; SameSite=Strict$/);
    const cookie = set.split(';')[0] ?? '';
    const attempt = async (more: Readonly<Record<string, string>>) =>
      (await admin.call('POST', '/api/v1/session/refresh', { body: {}, headers: { cookie, ...more } })).status;
    expect([await attempt({ origin: 'https://evil.example' }), await attempt({}), await attempt({ origin: admin.url })]).toEqual([
      403, 403, 200,
    ]);
  });
});

describe('signing keys', () => {
  it('are public as a JWKS, and private nowhere in the database', async () => {
    const databaseUrl = await newDatabase();
    const admin = await start(databaseUrl);
    const { token } = await login(admin);
    const { body } = await admin.call('GET', '/.well-known/jwks.json');
    const { kid, alg } = decodeProtectedHeader(token);
    const jwk = body.keys.find((key: { kid: string }) => key.kid === kid);
    expect({ alg, jwk }).toMatchObject({ alg: 'EdDSA', jwk: { kty: 'OKP', crv: 'Ed25519', use: 'sig' } });
    expect(JSON.stringify(body)).not.toContain('"d"');
    await jwtVerify(token, await importJWK(jwk, 'EdDSA'));
    const [row] = await sql(databaseUrl, 'select private_sealed from supastor.signing_keys');
    expect(String(row?.['private_sealed'])).not.toContain('"d"');
  });

  it('are replaced when they are old, once for all servers, while earlier tokens go on', async () => {
    const databaseUrl = await newDatabase();
    const before = await start(databaseUrl);
    const old = await login(before);
    await sql(databaseUrl, `update supastor.signing_keys set created_at = now() - interval '31 days'`);
    const [first, second] = [await start(databaseUrl), await start(databaseUrl)];
    const tokens = (await Promise.all([login(first), login(second)])).map(({ token }) => token);
    const kids = new Set([old.token, ...tokens].map((token) => decodeProtectedHeader(token).kid));
    expect(kids.size).toBe(2);
    for (const admin of [before, first, second]) {
      await expect
        .poll(() => Promise.all([old.token, ...tokens].map((token) => status(admin, token))), { timeout: 15_000 })
        .toEqual([200, 200, 200]);
    }
  });

  it('of nobody else are believed, whatever the token says about itself', async () => {
    const admin = await start(await newDatabase());
    const { token } = await login(admin);
    const claims = decodeJwt(token);
    const header = { ...decodeProtectedHeader(token), alg: 'EdDSA' };
    const { privateKey } = await generateKeyPair('EdDSA');
    const { body: jwks } = await admin.call('GET', '/.well-known/jwks.json');
    const publicKey = new TextEncoder().encode(JSON.stringify(jwks.keys[0]));
    const [head = '', payload = '', signature = ''] = token.split('.');
    const forged = [
      await new SignJWT(claims).setProtectedHeader(header).sign(privateKey),
      await new SignJWT(claims).setProtectedHeader({ ...header, alg: 'HS256' }).sign(publicKey),
      await new SignJWT(claims).setProtectedHeader({ ...header, kid: 'unheard-of' }).sign(privateKey),
      await new SignJWT(claims).setProtectedHeader({ ...header, jwk: jwks.keys[0] }).sign(privateKey),
      `${encode({ ...header, alg: 'none' })}.${payload}.`,
      `${head}.${encode({ ...claims, sub: 'somebody-else' })}.${signature}`,
      `${head}.${payload}.`,
      'rubbish',
    ];
    expect(await Promise.all(forged.map((one) => status(admin, one)))).toEqual(forged.map(() => 401));
    expect(await status(admin, token)).toBe(200);
  });
});

it('a bearer token ends after its minutes and the refresh token goes on', async () => {
  const admin = await startAdminHarness({ databaseUrl: await newDatabase(), accessTtlSeconds: 1 });
  running.push(admin);
  const started = await login(admin);
  await expect.poll(() => status(admin, started.token), { timeout: 10_000 }).toBe(401);
  expect((await refresh(admin, started.refreshToken)).status).toBe(200);
  await expect(signIn(admin, EMAIL, PASSWORD)).resolves.toEqual(expect.any(String));
});
