import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { StorageClient } from '@supabase/storage-js';
import { SignJWT } from 'jose';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanEnvironment, REPO_ROOT } from './harness/cli.ts';
import { hashStream, writeRandomFile } from './harness/random-file.ts';
import { type Stack, type StackAccess, startStack } from './harness/stack.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

let stack: Stack;
let access: StackAccess;
let admin: StorageClient;
let files: TempDir;

beforeAll(async () => {
  files = await createTempDir('e2e-files');
  stack = await startStack();
  access = await stack.access();
  admin = clientFor(access.SERVICE_ROLE_KEY);
}, 120_000);

afterAll(async () => {
  await stack.destroy();
  await files.remove();
}, 60_000);

test('a bucket is created, seen and refused a second time', async () => {
  const created = await admin.createBucket('files', { public: false });
  expect(created.error).toBeNull();
  const again = await admin.createBucket('files');
  expect(again.error?.message).toContain('already exists');
  const { data } = await admin.listBuckets();
  expect(data?.map((bucket) => bucket.name)).toContain('files');
});

test.each([
  ['1 KiB', KIB],
  ['5 MiB', 5 * MIB],
  ['1 GiB', GIB],
])(
  'an object of %s comes back byte for byte',
  async (label, sizeBytes) => {
    const source = join(files.path, label.replace(' ', '-'));
    const expected = await writeRandomFile(source, sizeBytes);
    const path = `sizes/${label}.bin`;
    const upload = await admin.from('files').upload(path, createReadStream(source), { contentType: 'application/x-test', duplex: 'half' });
    expect(upload.error).toBeNull();

    const { data: info } = await admin.from('files').info(path);
    expect(info).toMatchObject({ size: sizeBytes, contentType: 'application/x-test' });

    const { data: link } = await admin.from('files').createSignedUrl(path, 60);
    const response = await fetch(link?.signedUrl ?? '');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe(String(sizeBytes));
    expect(response.body).not.toBeNull();
    if (response.body) expect(await hashStream(response.body)).toBe(expected);
  },
  300_000,
);

test('a listing shows folders and objects', async () => {
  await admin.from('files').upload('folder/a.txt', 'a', { contentType: 'text/plain' });
  const root = await admin.from('files').list();
  expect(root.data?.map(({ name, id }) => [name, id === null])).toEqual([
    ['folder', true],
    ['sizes', true],
  ]);
  const { data } = await admin.from('files').list('folder');
  expect(data?.map((object) => object.name)).toEqual(['a.txt']);
});

test('a signed link stops working when it is altered', async () => {
  const { data } = await admin.from('files').createSignedUrl('folder/a.txt', 60);
  const url = data?.signedUrl ?? '';
  expect(await (await fetch(url)).text()).toBe('a');
  expect((await fetch(url.replace('a.txt', 'b.txt'))).ok).toBe(false);
  expect((await fetch(`${url.slice(0, -3)}abc`)).ok).toBe(false);
});

test("user A cannot read B's object under a policy made through postgres-meta", async () => {
  await admin.createBucket('own');
  const ownFolder = "bucket_id = 'own' and (storage.foldername(name))[1] = auth.uid()::text";
  await createPolicy({ name: 'own read', command: 'SELECT', definition: ownFolder });
  await createPolicy({ name: 'own write', command: 'INSERT', check: ownFolder });
  const [a, b] = ['6a0e4a9c-0000-4000-8000-00000000000a', '6a0e4a9c-0000-4000-8000-00000000000b'];
  const [userA, userB] = [clientFor(await userToken(a)), clientFor(await userToken(b))];

  expect((await userB.from('own').upload(`${b}/secret.txt`, 'of B', { contentType: 'text/plain' })).error).toBeNull();
  expect(await (await userB.from('own').download(`${b}/secret.txt`)).data?.text()).toBe('of B');

  expect((await userA.from('own').download(`${b}/secret.txt`)).error).not.toBeNull();
  expect((await userA.from('own').createSignedUrl(`${b}/secret.txt`, 60)).error).not.toBeNull();
  expect((await userA.from('own').list(b)).data).toEqual([]);
  expect((await userA.from('own').copy(`${b}/secret.txt`, `${a}/stolen.txt`)).error).not.toBeNull();
  const intrusion = await userA.from('own').upload(`${b}/planted.txt`, 'x', { contentType: 'text/plain' });
  expect(intrusion.error?.message).toContain('row-level security');
  await userA.from('own').remove([`${b}/secret.txt`]);
  expect(await (await userB.from('own').download(`${b}/secret.txt`)).data?.text()).toBe('of B');
});

test('the example of the README runs as it is printed', async () => {
  const { STORAGE_URL, SERVICE_ROLE_KEY } = access;
  const example = join(REPO_ROOT, 'examples', 'storage-js', 'example.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [example], { env: cleanEnvironment({ STORAGE_URL, SERVICE_ROLE_KEY }) });
  expect(stdout).toBe('meow\n');
});

test('what was uploaded survives down and up', async () => {
  expect((await stack.cli('down')).code).toBe(0);
  await stack.up('--dev');
  access = await stack.access();
  const { data } = await clientFor(access.SERVICE_ROLE_KEY).from('files').download('folder/a.txt');
  expect(await data?.text()).toBe('a');
}, 60_000);

function clientFor(key: string): StorageClient {
  return new StorageClient(access.STORAGE_URL, { apikey: key, Authorization: `Bearer ${key}` });
}

function userToken(sub: string): Promise<string> {
  return new SignJWT({ sub, role: 'authenticated' })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt()
    .setExpirationTime('10m')
    .sign(new TextEncoder().encode(access.JWT_SECRET));
}

async function createPolicy(policy: { name: string; command: string; definition?: string; check?: string }): Promise<void> {
  const response = await fetch(`${access.META_URL}/policies`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ schema: 'storage', table: 'objects', roles: ['authenticated'], ...policy }),
  });
  expect(response.status, await response.text()).toBe(200);
}
