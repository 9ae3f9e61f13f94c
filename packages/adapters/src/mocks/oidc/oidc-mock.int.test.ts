import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { signInAtProvider } from '@supastor/testkit/harness/sign-in-at-provider';
import * as client from 'openid-client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RunningOidcMock, startOidcMock } from './start-oidc-mock.ts';

const SITE = 'http://localhost:3000';
const CLIENT = { clientId: 'app', clientSecret: 'only-for-these-tests-0123456789abcdef' };

let dir: TempDir;
let provider: RunningOidcMock;
beforeEach(async () => {
  dir = await createTempDir('oidc');
  provider = await startOidcMock({ port: 0, ...CLIENT, directory: dir.path });
});
afterEach(async () => {
  await provider.stop();
  await dir.remove();
});

async function discover() {
  return client.discovery(new URL(provider.issuer), CLIENT.clientId, CLIENT.clientSecret, undefined, {
    execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks],
  });
}

async function begin(redirectUri = `${SITE}/callback`) {
  const config = await discover();
  const verifier = client.randomPKCECodeVerifier();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid email profile groups',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  return { config, verifier, url };
}

async function signIn(login: string) {
  const { config, verifier, url } = await begin();
  const query = await signInAtProvider(url.href, { site: SITE, login });
  const tokens = await client.authorizationCodeGrant(config, new URL(`${SITE}/callback?${query}`), { pkceCodeVerifier: verifier });
  const claims = tokens.claims();
  return { claims, info: await client.fetchUserInfo(config, tokens.access_token, claims?.sub ?? '') };
}

const keys = async (): Promise<unknown> => (await fetch(`${provider.issuer}/jwks`)).json();

test('signs a test user in for a client that checks everything, with the groups of the user', async () => {
  const { info } = await signIn('operator');
  expect(info).toMatchObject({
    sub: 'operator',
    email: 'operator@example.test',
    email_verified: true,
    name: 'Oscar Operator',
    groups: ['operator'],
  });
});

test('the page lists the users and signs somebody in who is made up there', async () => {
  const { url } = await begin();
  const first = await fetch(url, { redirect: 'manual' });
  const page = new URL(first.headers.get('location') ?? '', provider.issuer);
  const cookie = first.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const text = await fetch(page, { headers: { cookie } }).then((answer) => answer.text());
  for (const name of ['Olivia Owner', 'Victor Viewer', 'Nora Nobody']) expect(text).toContain(name);
  const send = (form: Record<string, string>, headers = {}) =>
    fetch(page, { method: 'POST', body: new URLSearchParams(form), headers: { cookie, ...headers }, redirect: 'manual' });
  expect((await send({ login: 'ghost' })).status).toBe(400);
  expect((await send({ login: 'owner' }, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  expect((await send({ login: 'zoe', email: 'zoe@example.org', name: 'Zoe', groups: 'a, b' })).status).toBe(303);
  expect(provider.users.get('zoe')).toEqual({ email: 'zoe@example.org', email_verified: true, name: 'Zoe', groups: ['a', 'b'] });
  expect((await signIn('zoe')).info).toMatchObject({ groups: ['a', 'b'] });
});

test('leads back to loopback only, and wants PKCE', async () => {
  const { url } = await begin('https://evil.example.org/callback');
  const answer = await fetch(url, { redirect: 'manual' });
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('redirect_uri')]);
  const plain = (await begin()).url;
  plain.searchParams.delete('code_challenge');
  plain.searchParams.delete('code_challenge_method');
  const refused = await fetch(plain, { redirect: 'manual' });
  expect(refused.headers.get('location')).toContain('PKCE');
});

test('its signing keys outlive a restart', async () => {
  const before = await keys();
  expect(before).toMatchObject({ keys: [{ kty: 'RSA', alg: 'RS256' }] });
  await provider.stop();
  provider = await startOidcMock({ port: 0, ...CLIENT, directory: dir.path });
  expect(await keys()).toEqual(before);
});

test('a sign-in that is over says so', async () => {
  const answer = await fetch(`${provider.issuer}/sign-in/gone`);
  expect(await answer.text()).toContain('This sign-in is over');
});
