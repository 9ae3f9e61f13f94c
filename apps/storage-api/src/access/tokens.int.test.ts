import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { JWT_SECRET, signToken, startTestServer, type TestServer } from '../testing/server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const now = () => Math.floor(Date.now() / 1000);
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = { role: 'service_role', exp: 4_102_444_800 };

function forge(header: unknown, payload: unknown, digest: 'sha256' | 'sha512' = 'sha256'): string {
  const signed = `${part(header)}.${part(payload)}`;
  return `${signed}.${createHmac(digest, JWT_SECRET).update(signed).digest('base64url')}`;
}

test.each([
  ['of another key', () => signToken(claims, 'another-secret-of-more-than-32-characters')],
  ['without a signature', () => `${part({ alg: 'none' })}.${part(claims)}.`],
  ['with algorithm none and a signature', () => forge({ alg: 'none' }, claims)],
  ['of another algorithm', () => forge({ alg: 'HS512' }, claims, 'sha512')],
  ['that claims to be asymmetric', () => forge({ alg: 'RS256' }, claims)],
  ['with a critical extension', () => forge({ alg: 'HS256', crit: ['x'], x: 1 }, claims)],
  ['that has expired', () => signToken({ role: 'service_role', exp: now() - 10 })],
  ['that is not valid yet', () => signToken({ role: 'service_role', nbf: now() + 100 })],
  ['whose expiry is not a number', () => signToken({ role: 'service_role', exp: 'never' })],
  ['of the role postgres', () => signToken({ role: 'postgres' })],
  ['of the role we log in as', () => signToken({ role: 'supabase_storage_admin' })],
  ['of the role none', () => signToken({ role: 'none' })],
  ['whose role is a list', () => signToken({ role: ['service_role'] })],
  ['whose role carries SQL', () => signToken({ role: `service_role'; reset role; --` })],
  ['that is not a token', () => 'service_role'],
  ['that is empty', () => ''],
])('a token %s is refused', async (_label, make) => {
  const response = await server.fetch('/bucket', { token: '', headers: { authorization: `Bearer ${make()}` } });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ statusCode: '403', error: 'Unauthorized' });
});

test('a remembered token stops working when it expires', async () => {
  const token = signToken({ role: 'service_role', exp: now() + 1 });
  expect((await server.fetch('/bucket', { token })).status).toBe(200);
  await expect.poll(async () => (await server.fetch('/bucket', { token })).status, { timeout: 5000 }).toBe(400);
});

test('a token without a role is anonymous, and the word Bearer may be left out', async () => {
  const response = await server.fetch('/bucket', { token: '', headers: { authorization: signToken({}) } });
  expect(await response.json()).toEqual([]);
});

test('a missing token is told apart from a bad one', async () => {
  const response = await server.fetch('/bucket', { token: '' });
  expect(await response.text()).toBe(
    `{"statusCode":"400","error":"Error","message":"headers must have required property 'authorization'","code":"InvalidRequest"}`,
  );
});
