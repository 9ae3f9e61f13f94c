import { setTimeout as sleep } from 'node:timers/promises';
import { linkPageSchema, type LinkQuery, linkRevokedSchema, type SignedLink } from '@supastor/contract/wire/signed-link';
import { StorageClient } from '@supabase/storage-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { secretKey } from '../access/key-set.ts';
import { UrlSigner } from '../access/url-signer.ts';
import { startStorageApi, type StorageApi } from '../start.ts';
import { ANON_TOKEN, JWT_SECRET, signToken, startTestServer, type TestServer } from '../testing/server.ts';

const ALICE = '11111111-1111-4111-8111-111111111111';
const BOB = '22222222-2222-4222-8222-222222222222';

let server: TestServer;
let replica: StorageApi;

beforeAll(async () => {
  server = await startTestServer();
  replica = await startStorageApi(server.options);
  await server.client().createBucket('docs');
  await server.client().createBucket('other');
  await server.sql('create policy all_read on storage.objects for select to authenticated using (true)');
  await server.sql('create policy all_write on storage.objects for insert to authenticated with check (true)');
  for (const path of ['a/one.txt', 'a/two.txt', 'a', 'b/three.txt']) await server.client().from('docs').upload(path, path);
  await server.client().from('other').upload('a/one.txt', 'other');
});

afterAll(async () => {
  await replica.stop();
  await server.stop();
});

const userToken = (sub: string) => signToken({ role: 'authenticated', sub });

async function sign(bucket: string, path: string, { token = '', expires = 600, base = server.url } = {}): Promise<string> {
  const client =
    token === '' ? server.client() : new StorageClient(`${base}/storage/v1`, { authorization: `Bearer ${token}`, apikey: token });
  const { data, error } = await client.from(bucket).createSignedUrl(path, expires);
  if (error) throw error;
  return data.signedUrl;
}

async function list(query: Partial<LinkQuery> = {}): Promise<readonly SignedLink[]> {
  const answer = await server.fetch(
    `/storage/v1/links?${new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, String(value)])).toString()}`,
  );
  return linkPageSchema.parse(await answer.json()).links;
}

async function revoke(selection: unknown): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  const answer = await server.fetch('/storage/v1/links/revoke', { method: 'POST', headers, body: JSON.stringify(selection) });
  expect(answer.status).toBe(200);
  return linkRevokedSchema.parse(await answer.json()).revoked;
}

const statusOf = async (url: string) => {
  const answer = await fetch(url);
  await answer.arrayBuffer();
  return answer.status;
};
/** The same link on the other server. */
const onReplica = (url: string) => url.replace(server.url, replica.url);
/** Tokens know seconds only: what is signed now must not be taken for something that was signed when links were revoked. */
const nextSecond = () => sleep(1000 - (Date.now() % 1000) + 20);

describe('the ledger of signed links', () => {
  it('tells for what, by whom and how often used, and never the token', async () => {
    const url = await sign('docs', 'a/one.txt', { token: userToken(ALICE) });
    expect([await statusOf(url), await statusOf(url), await statusOf(onReplica(url))]).toEqual([200, 200, 200]);
    const find = async () => (await list({ bucket: 'docs', subject: ALICE })).map(({ path, hits }) => [path, hits]);
    await expect.poll(find, { timeout: 10_000 }).toEqual([['a/one.txt', 3]]);
    const [link] = await list({ bucket: 'docs', subject: ALICE });
    expect(link).toMatchObject({ scope: 'download', subject: ALICE, role: 'authenticated', revokedAt: null });
    const token = new URL(url).searchParams.get('token') ?? '';
    expect(JSON.stringify(await server.sql('select * from storage.signed_links'))).not.toContain(token.split('.')[2]);
    expect(Date.parse(link?.expiresAt ?? '') - Date.parse(link?.signedAt ?? '')).toBe(600_000);
  });

  it('knows upload links, links of batches and links that another server made', async () => {
    const { data } = await server.client(userToken(BOB)).from('docs').createSignedUploadUrl('new.txt');
    await server.client().from('docs').createSignedUrls(['a/one.txt', 'b/three.txt', 'missing'], 60);
    expect(await list({ bucket: 'docs', path: 'new.txt' })).toMatchObject([{ scope: 'upload', subject: BOB, hits: 0 }]);
    expect(await list({ bucket: 'docs', path: 'b/three.txt' })).toMatchObject([{ scope: 'download', subject: null, role: 'service_role' }]);
    expect(await list({ bucket: 'docs', path: 'missing' })).toEqual([]);
    const used = await server
      .client()
      .from('docs')
      .uploadToSignedUrl('new.txt', data?.token ?? '', 'x');
    expect(used.error).toBeNull();
    expect(await list({ bucket: 'docs', path: 'new.txt' })).toMatchObject([{ hits: 1, subject: BOB }]);

    const foreign = new UrlSigner([secretKey(JWT_SECRET, 'HS256')]).signDownload('docs/a', 60);
    expect(await statusOf(`${server.url}/storage/v1/object/sign/docs/a?token=${foreign}`)).toBe(200);
    expect(await list({ bucket: 'docs', path: 'a' })).toMatchObject([{ hits: 1, subject: null, role: null }]);
  });

  it('is read in pages, newest first', async () => {
    await server
      .client()
      .from('other')
      .createSignedUrls(
        Array.from({ length: 5 }, () => 'a/one.txt'),
        60,
      );
    for (const seconds of [61, 62, 63, 64]) await sign('other', 'a/one.txt', { expires: seconds });
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const query = new URLSearchParams({ bucket: 'other', limit: '2', ...(cursor === '' ? {} : { cursor }) });
      const page = linkPageSchema.parse(await (await server.fetch(`/storage/v1/links?${query.toString()}`)).json());
      seen.push(...page.links.map(({ id }) => id));
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(seen).toHaveLength(5);
    expect(new Set(seen).size).toBe(5);
  });

  it('is for the service only, and says what is wrong with a selection', async () => {
    for (const token of [ANON_TOKEN, userToken(ALICE), '']) {
      expect(await (await server.fetch('/storage/v1/links', { token })).json()).not.toHaveProperty('links');
    }
    const refused = async (body: unknown) => {
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
      return (await server.fetch('/storage/v1/links/revoke', init)).text();
    };
    expect(await refused({})).toContain('name ids, a subject or a bucket');
    expect(await refused({ prefix: 'a/' })).toContain('needs its bucket');
    expect(await refused({ ids: ['short'] })).toContain('ids.0');
    expect(await (await server.fetch('/storage/v1/links?state=dead')).text()).toContain('state');
  });
});

describe('a revoked link', () => {
  it('is refused on every server, and others of the same object are not', async () => {
    const [first, second] = [await sign('docs', 'a/two.txt', { expires: 700 }), await sign('docs', 'a/two.txt', { expires: 800 })];
    expect([await statusOf(first), await statusOf(onReplica(first))]).toEqual([200, 200]);
    const links = await list({ bucket: 'docs', path: 'a/two.txt' });
    const shorter = links.toSorted((a, b) => a.expiresAt.localeCompare(b.expiresAt))[0];
    expect(await revoke({ ids: [shorter?.id] })).toBe(1);
    expect(await revoke({ ids: [shorter?.id] })).toBe(0);
    await expect.poll(() => statusOf(first), { timeout: 10_000 }).toBe(400);
    await expect.poll(() => statusOf(onReplica(first)), { timeout: 10_000 }).toBe(400);
    expect(await (await fetch(first)).json()).toMatchObject({ error: 'InvalidJWT', message: expect.stringContaining('revoked') });
    expect([await statusOf(second), await statusOf(onReplica(second))]).toEqual([200, 200]);
    expect(await list({ bucket: 'docs', state: 'revoked' })).toMatchObject([{ id: shorter?.id }]);
  });

  it('may be all of a folder, also those that nobody has noted, and not those made later', async () => {
    const [inside, beside, elsewhere] = [await sign('docs', 'a/one.txt'), await sign('docs', 'a'), await sign('other', 'a/one.txt')];
    const foreign = new UrlSigner([secretKey(JWT_SECRET, 'HS256')]).signDownload('docs/a/two.txt', 900);
    const unseen = `${server.url}/storage/v1/object/sign/docs/a/two.txt?token=${foreign}`;
    expect(await revoke({ bucket: 'docs', prefix: 'a/' })).toBeGreaterThan(0);
    await expect.poll(() => statusOf(onReplica(inside)), { timeout: 10_000 }).toBe(400);
    expect([await statusOf(unseen), await statusOf(onReplica(unseen))]).toEqual([400, 400]);
    expect([await statusOf(beside), await statusOf(elsewhere)]).toEqual([200, 200]);
    await nextSecond();
    expect(await statusOf(await sign('docs', 'a/one.txt'))).toBe(200);
  });

  it('may be all of a user, also what another server made a moment ago', async () => {
    const [mine, theirs] = [
      await sign('docs', 'b/three.txt', { token: userToken(ALICE), expires: 901, base: replica.url }),
      await sign('docs', 'b/three.txt', { token: userToken(BOB), expires: 902 }),
    ];
    await revoke({ subject: ALICE });
    await expect.poll(() => statusOf(onReplica(mine)), { timeout: 10_000 }).toBe(400);
    await expect.poll(() => statusOf(mine.replace(replica.url, server.url)), { timeout: 10_000 }).toBe(400);
    expect(await statusOf(theirs)).toBe(200);
  });

  it('may be one to upload with', async () => {
    const { data } = await server.client(userToken(BOB)).from('docs').createSignedUploadUrl('late.txt');
    expect(await revoke({ bucket: 'docs', path: 'late.txt' })).toBe(1);
    const { error } = await server
      .client()
      .from('docs')
      .uploadToSignedUrl('late.txt', data?.token ?? '', 'x');
    expect(error?.message).toContain('revoked');
    expect((await server.client().from('docs').exists('late.txt')).data).toBe(false);
  });

  it('cannot be brought back by writing its signature in another way', async () => {
    const url = await sign('other', 'a/one.txt', { expires: 903 });
    expect(await revoke({ bucket: 'other' })).toBeGreaterThan(0);
    await expect.poll(() => statusOf(url), { timeout: 10_000 }).toBe(400);
    const token = new URL(url).searchParams.get('token') ?? '';
    for (const changed of [`${token}=`, `${token}%20`, `${token}.`, token.replaceAll('-', '+').replaceAll('_', '/')]) {
      expect(await statusOf(url.replace(token, changed))).toBe(400);
    }
  });
});

it('a link that may be revoked is not followed while the database is away', async () => {
  const own = await startTestServer();
  try {
    await own.client().createBucket('docs');
    await own.client().from('docs').upload('a.txt', 'a');
    const { data } = await own.client().from('docs').createSignedUrl('a.txt', 600);
    expect(await statusOf(data?.signedUrl ?? '')).toBe(200);
    process.kill(own.postgres.pid, 'SIGKILL');
    await expect.poll(() => statusOf(data?.signedUrl ?? ''), { timeout: 20_000 }).toBeGreaterThanOrEqual(500);
  } finally {
    await own.stop();
  }
});
