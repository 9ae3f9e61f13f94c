import { StorageClient } from '@supabase/storage-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdminHarness, startAdminHarness } from '../testing/admin-harness.ts';
import { startStorageProcess, type StorageProcess } from '../testing/storage-process.ts';

let storage: StorageProcess;
let admin: AdminHarness;
let token: string;

beforeAll(async () => {
  storage = await startStorageProcess();
  const { serviceRoleKey, forAdmin } = storage;
  admin = await startAdminHarness(forAdmin);
  token = await admin.login();
  const files = new StorageClient(forAdmin.storageUrl, { authorization: `Bearer ${serviceRoleKey}` });
  for (const bucket of ['mine', 'theirs']) {
    await files.createBucket(bucket);
    for (const path of ['a/one.txt', 'b/two.txt']) await files.from(bucket).upload(path, path, { contentType: 'text/plain' });
  }
}, 60_000);
afterAll(async () => {
  await admin?.stop();
  await storage?.stop();
});

const ALL = ['buckets:read', 'buckets:write', 'buckets:delete', 'objects:read', 'objects:write', 'objects:delete'];
async function keyFor(scope: object, permissions: readonly string[] = ALL): Promise<string> {
  const { status, body } = await admin.call('POST', '/api/v1/api-keys', { token, body: { name: 'scoped', permissions, scope } });
  expect(status).toBe(200);
  return body.secret;
}
const call = (key: string, method: string, path: string, body?: unknown) =>
  admin.call(method, `/api/v1${path}`, { token: key, ...(body !== undefined && { body }) });
const signed = async (key: string, bucket: string, paths: readonly string[]) =>
  (await call(key, 'POST', `/buckets/${bucket}/objects/sign`, { paths })).status;

/** Every way to touch a bucket or its objects. */
const attacks = (bucket: string): readonly (readonly [string, string, unknown?])[] => [
  ['GET', `/buckets/${bucket}`],
  ['PATCH', `/buckets/${bucket}`, { public: true }],
  ['DELETE', `/buckets/${bucket}`],
  ['POST', '/buckets', { name: bucket }],
  ['POST', `/buckets/${bucket}/empty`, {}],
  ['GET', `/buckets/${bucket}/objects`],
  ['POST', `/buckets/${bucket}/objects/sign`, { paths: ['a/one.txt'] }],
  ['POST', `/buckets/${bucket}/objects/sign-upload`, { paths: ['a/one.txt'] }],
  ['POST', `/buckets/${bucket}/objects/remove`, { paths: ['a/one.txt'] }],
  ['POST', `/buckets/${bucket}/objects/move`, { from: 'a/one.txt', to: 'a/stolen.txt' }],
];

describe('a key for one bucket', () => {
  it('works in it and lists only it', async () => {
    const key = await keyFor({ bucket: 'mine' });
    const { body } = await call(key, 'GET', '/buckets');
    expect(body.buckets.map(({ name }: { name: string }) => name)).toEqual(['mine']);
    expect((await call(key, 'GET', '/buckets?search=theirs')).body.buckets).toEqual([]);
    expect((await call(key, 'GET', '/buckets/mine/objects?prefix=a/')).body.objects).toHaveLength(1);
    expect(await signed(key, 'mine', ['a/one.txt', 'b/two.txt'])).toBe(200);
  });

  it('crosses nothing in 500 tries, and cannot tell what exists from what does not', async () => {
    const key = await keyFor({ bucket: 'mine' });
    const answers = new Set<string>();
    for (let round = 0; round < 25; round += 1) {
      for (const bucket of ['theirs', `missing-${round}`]) {
        for (const [method, path, body] of attacks(bucket)) {
          const answer = await call(key, method, path, body);
          expect(`${method} ${path}: ${answer.status}`).toBe(`${method} ${path}: 404`);
          const { instance: _request, ...rest } = answer.body;
          answers.add(JSON.stringify(rest));
        }
      }
    }
    expect([...answers]).toHaveLength(1);
    expect((await call(token, 'GET', '/buckets/theirs/objects?prefix=a/')).body.objects).toHaveLength(1);
  }, 60_000);

  it('does not reach what is for the whole installation', async () => {
    const key = await keyFor({ bucket: 'mine' }, ['services:read', 'audit:read', 'system:read']);
    expect((await call(key, 'GET', '/services')).status).toBe(403);
    expect((await call(key, 'GET', '/audit')).status).toBe(403);
    expect((await call(key, 'GET', '/system')).status).toBe(200);
  });
});

describe('a key for a prefix', () => {
  it('stays below it, also with several paths at once and with dots', async () => {
    const key = await keyFor({ bucket: 'mine', prefix: 'a/' });
    expect(await signed(key, 'mine', ['a/one.txt'])).toBe(200);
    expect(await signed(key, 'mine', ['a/one.txt', 'b/two.txt'])).toBe(404);
    expect(await signed(key, 'mine', ['a/../b/two.txt'])).toBe(404);
    expect((await call(key, 'GET', '/buckets/mine/objects?prefix=a/')).status).toBe(200);
    expect((await call(key, 'GET', '/buckets/mine/objects')).status).toBe(404);
    expect((await call(key, 'GET', '/buckets/mine')).status).toBe(200);
    expect((await call(key, 'POST', '/buckets/mine/objects/move', { from: 'a/one.txt', to: 'b/x' })).status).toBe(404);
    expect((await call(key, 'POST', '/buckets/mine/objects/remove', { prefixes: ['a/', 'b/'] })).status).toBe(404);
    expect((await call(key, 'POST', '/buckets/mine/empty', {})).status).toBe(404);
    expect((await call(token, 'GET', '/buckets/mine/objects?prefix=b/')).body.objects).toHaveLength(1);
  });

  it('cannot make a key that reaches further', async () => {
    const maker = await keyFor({ bucket: 'mine', prefix: 'a/' }, [...ALL, 'apiKeys:write']);
    const make = (scope: object) => call(maker, 'POST', '/api-keys', { name: 'more', permissions: ['objects:read'], scope });
    // Making keys is for the whole installation.
    expect((await make({})).status).toBe(403);
    expect((await make({ bucket: 'mine', prefix: 'a/' })).status).toBe(403);
  });

  it('needs its bucket', async () => {
    const body = { name: 'odd', permissions: ['objects:read'], scope: { prefix: 'a/' } };
    expect((await admin.call('POST', '/api/v1/api-keys', { token, body })).status).toBe(400);
  });
});

it('a key for another environment does nothing here', async () => {
  const key = await keyFor({ environment: 'production' });
  expect((await call(key, 'GET', '/buckets')).status).toBe(403);
});
