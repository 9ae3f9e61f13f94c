import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKey, createSecretJwk, encodePart, signAsymmetric, signHmac } from '../testing/jwt.ts';
import { ANON_TOKEN, SERVICE_TOKEN, startTestServer, type TestServer } from '../testing/server.ts';
import { parseJwks } from './key-set.ts';

const [older, newer, retired] = [createKey('ES256', 'older'), createKey('ES256', 'newer'), createKey('ES256', 'retired')];
const link = createSecretJwk('links');
const jwks = parseJwks(JSON.stringify({ keys: [older.publicJwk, newer.publicJwk], urlSigningKey: link.jwk }));
const claims = { role: 'service_role', sub: 'a6f9a5a2-6b3c-4d0c-9f0b-0e5a8f2a9f10', exp: 4_102_444_800 };
const headerOf = (token: string): unknown => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ jwks });
  await server.client().createBucket('box');
  await server.client().from('box').upload('a', 'bytes');
});
afterAll(() => server.stop());

const get = (headers: Record<string, string>) => server.fetch('/object/authenticated/box/a', { token: '', headers });

describe('while keys are rotated', () => {
  test.each([
    ['the secret', SERVICE_TOKEN, 200],
    ['the older key', signAsymmetric(older, claims), 200],
    ['the newer key', signAsymmetric(newer, claims), 200],
    ['a key that is not in the set any more', signAsymmetric(retired, claims), 400],
    ['the key of the links', signHmac(link.bytes, { alg: 'HS256', kid: 'links' }, claims), 400],
  ])('a token of %s is answered', async (_label, token, status) => {
    expect((await server.fetch('/object/authenticated/box/a', { token })).status).toBe(status);
  });

  test('policies see the claims of an asymmetric token', async () => {
    await server.client(signAsymmetric(newer, claims)).from('box').upload('mine', 'x');
    expect(await server.sql(`select owner_id from storage.objects where name = 'mine'`)).toEqual([{ owner_id: claims.sub }]);
  });
});

describe('signed links', () => {
  test('are made with the key for links and name it', async () => {
    const { data } = await server.client().from('box').createSignedUrl('a', 60);
    const token = new URL(data?.signedUrl ?? '').searchParams.get('token') ?? '';
    expect(headerOf(token)).toEqual({ kid: 'links', alg: 'HS256' });
    expect(await (await fetch(data?.signedUrl ?? '')).text()).toBe('bytes');
  });

  test('of before, made with the secret, stay valid', async () => {
    const plain = await startTestServer();
    await plain.client().createBucket('box');
    await plain.client().from('box').upload('a', 'bytes');
    const { data } = await plain.client().from('box').createSignedUrl('a', 60);
    const token = new URL(data?.signedUrl ?? '').searchParams.get('token') ?? '';
    await plain.stop();
    expect((await fetch(`${server.url}/object/sign/box/a?token=${token}`)).status).toBe(200);
  });

  test('cannot be made with a key that only checks tokens', async () => {
    const forged = signAsymmetric(newer, { url: 'box/a', scope: 'download', exp: 4_102_444_800 });
    const response = await fetch(`${server.url}/object/sign/box/a?token=${forged}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'InvalidJWT' });
  });

  test.each(['RS256', 'ES256', 'EdDSA'] as const)('can be signed with %s', async (alg) => {
    const key = createKey(alg, 'pair');
    const other = await startTestServer({ jwks: parseJwks(JSON.stringify({ keys: [], urlSigningKey: key.privateJwk })) });
    await other.client().createBucket('box');
    await other.client().from('box').upload('a', 'bytes');
    const { data } = await other.client().from('box').createSignedUrl('a', 60);
    expect(await (await fetch(data?.signedUrl ?? '')).text()).toBe('bytes');
    const publicHmac = signHmac(
      key.publicKey.export({ format: 'pem', type: 'spki' }).toString(),
      { alg: 'HS256', kid: 'pair' },
      { url: 'box/a', exp: 4_102_444_800 },
    );
    expect((await fetch(`${other.url}/object/sign/box/a?token=${publicHmac}`)).status).toBe(400);
    await other.stop();
  });
});

describe('the header apikey', () => {
  test('counts when there is no other', async () => {
    expect((await get({ apikey: SERVICE_TOKEN })).status).toBe(200);
    expect(await (await get({ apikey: ANON_TOKEN })).json()).toMatchObject({ code: 'NoSuchKey' });
  });

  test('loses against the token of a user', async () => {
    expect((await get({ apikey: SERVICE_TOKEN, authorization: `Bearer ${ANON_TOKEN}` })).status).toBe(400);
    expect((await get({ apikey: 'sb_publishable_x', authorization: `Bearer ${SERVICE_TOKEN}` })).status).toBe(200);
  });

  test('is refused when it is no token', async () => {
    expect(await (await get({ apikey: 'sb_publishable_x' })).json()).toMatchObject({ statusCode: '403', error: 'Unauthorized' });
    expect((await get({ apikey: `${encodePart({ alg: 'none' })}.${encodePart(claims)}.` })).status).toBe(400);
  });
});
