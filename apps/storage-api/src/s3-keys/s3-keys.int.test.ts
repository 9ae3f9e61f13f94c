import { CreateBucketCommand, GetObjectCommand, ListBucketsCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { createLogger } from '@supastor/adapters/telemetry/logger';
import { createTempDir } from '@supastor/testkit/harness/temp-dir';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type S3Key, s3KeySchema, s3KeyWithSecretSchema } from '@supastor/contract/wire/s3-key';
import { startStorageApi, type StorageApi } from '../start.ts';
import { createKey, s3KeyClient } from '../testing/s3-keys.ts';
import { s3Client, s3ErrorOf, TEST_S3 } from '../testing/s3.ts';
import { ANON_TOKEN, signToken, startTestServer, type TestServer } from '../testing/server.ts';

const ALICE = '11111111-1111-4111-8111-111111111111';

let server: TestServer;
let replica: StorageApi;
let service: S3Client;
const clients: S3Client[] = [];

beforeAll(async () => {
  server = await startTestServer({ s3: TEST_S3 });
  replica = await startStorageApi({ ...server.options, s3: { ...TEST_S3, rootPort: null } });
  service = s3Client(`${server.url}/s3`);
  await service.send(new CreateBucketCommand({ Bucket: 'own' }));
});

afterAll(async () => {
  for (const client of [service, ...clients]) client.destroy();
  await replica.stop();
  await server.stop();
});

type Created = Awaited<ReturnType<typeof createKey>>;

function clientOf(key: Created, base = server.url): S3Client {
  const client = s3KeyClient(`${base}/s3`, key);
  clients.push(client);
  return client;
}

async function call(method: string, path: string, body?: unknown, token?: string): Promise<{ status: number; body: unknown }> {
  const init = { method, headers: { 'content-type': 'application/json' }, ...(token === undefined ? {} : { token }) };
  const response = await server.fetch(path, { ...init, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return { status: response.status, body: await response.json() };
}

async function show({ key: { accessKeyId } }: Created): Promise<S3Key> {
  return s3KeySchema.parse((await call('GET', `/s3-keys/${accessKeyId}`)).body);
}

const ask = (client: S3Client) => s3ErrorOf(client.send(new ListBucketsCommand({})));

describe('access keys', () => {
  it('are told with their secret once, and listed without it', async () => {
    const created = await createKey(server, { name: 'ci', buckets: ['own'], verbs: ['read'], ipRanges: ['127.0.0.0/8'] });
    expect(created.key).toMatchObject({ name: 'ci', buckets: ['own'], prefixes: [], verbs: ['read'], role: 'service_role', usable: true });
    expect([created.key.accessKeyId, created.secretAccessKey.length]).toEqual([expect.stringMatching(/^SJ[A-Z2-7]{18}$/), 40]);
    const { body } = await call('GET', '/storage/v1/s3-keys');
    expect(body).toMatchObject({ keys: expect.arrayContaining([created.key]) });
    expect(JSON.stringify(body)).not.toContain(created.secretAccessKey);
    expect(JSON.stringify(await server.sql('select * from storage.s3_access_keys'))).not.toContain(created.secretAccessKey);
  });

  it('are managed by the service role only', async () => {
    for (const token of [ANON_TOKEN, signToken({ role: 'authenticated', sub: ALICE }), '']) {
      for (const [method, path] of [
        ['GET', '/s3-keys'],
        ['POST', '/s3-keys'],
        ['GET', '/s3-keys/x'],
        ['PATCH', '/s3-keys/x'],
        ['POST', '/s3-keys/x/rotate'],
        ['DELETE', '/s3-keys/x'],
      ] as const) {
        const { status, body } = await call(method, path, method === 'GET' ? undefined : {}, token);
        expect([status, body]).toEqual([400, expect.objectContaining({ statusCode: token === '' ? '400' : '403' })]);
      }
    }
    await expect(server.sql('set role service_role; select * from storage.s3_access_keys')).rejects.toThrow('permission denied');
  });

  it('that are asked for wrongly are refused, naming every field', async () => {
    const wrong = { name: '', verbs: ['fly'], buckets: ['a/b'], ipRanges: ['10.0.0.0/99'], expiresAt: 'tomorrow', extra: 1 };
    const { status, body } = await call('POST', '/s3-keys', wrong);
    expect(status).toBe(400);
    for (const field of ['name:', 'verbs.0:', 'buckets.0:', 'ipRanges.0:', 'expiresAt:', 'extra'])
      expect(JSON.stringify(body)).toContain(field);
    const message = async (part: object) => JSON.stringify((await call('POST', '/s3-keys', { name: 'x', verbs: ['read'], ...part })).body);
    expect(await message({ role: 'postgres' })).toContain("role: 'postgres'");
    expect(await message({ verbs: ['manage'], prefixes: ['a/'] })).toContain("verbs: 'manage'");
    expect((await call('POST', '/s3-keys/SJNOBODY/rotate', {})).body).toMatchObject({ code: 'NoSuchAccessKey', statusCode: '404' });
    expect((await call('DELETE', '/s3-keys/SJNOBODY')).body).toMatchObject({ code: 'NoSuchAccessKey' });
  });

  it('are dead on every server within a second of being revoked or disabled', async () => {
    const created = await createKey(server);
    const [here, there] = [clientOf(created), clientOf(created, replica.url)];
    expect([await ask(here), await ask(there)]).toEqual(['no error', 'no error']);
    await call('PATCH', `/s3-keys/${created.key.accessKeyId}`, { enabled: false });
    await expectSoon(here, '403 InvalidAccessKeyId');
    await expectSoon(there, '403 InvalidAccessKeyId');
    await call('PATCH', `/s3-keys/${created.key.accessKeyId}`, { enabled: true });
    await expectSoon(there, 'no error');
    await call('DELETE', `/s3-keys/${created.key.accessKeyId}`);
    await expectSoon(there, '403 InvalidAccessKeyId');
    await expectSoon(here, '403 InvalidAccessKeyId');
  });

  it('end when they expire', async () => {
    const created = await createKey(server, { expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
    const client = clientOf(created);
    expect(await ask(client)).toBe('no error');
    await call('PATCH', `/s3-keys/${created.key.accessKeyId}`, { expiresAt: new Date(Date.now() - 1000).toISOString() });
    await expectSoon(client, '403 InvalidAccessKeyId');
    await call('PATCH', `/s3-keys/${created.key.accessKeyId}`, { expiresAt: null });
    await expectSoon(client, 'no error');
  });

  it('change what they may do without a restart', async () => {
    const created = await createKey(server, { verbs: ['read'] });
    const client = clientOf(created, replica.url);
    const write = () => s3ErrorOf(client.send(new PutObjectCommand({ Bucket: 'own', Key: 'changed', Body: 'x' })));
    expect(await write()).toBe('403 AccessDenied');
    const { body } = await call('PATCH', `/s3-keys/${created.key.accessKeyId}`, { verbs: ['read', 'write'], name: 'renamed' });
    expect(body).toMatchObject({ name: 'renamed', verbs: ['read', 'write'], buckets: ['*'], role: 'service_role' });
    await expect.poll(write, { timeout: 15_000, interval: 200 }).toBe('no error');
  });

  it('go on working with the old secret for a while after a rotation', async () => {
    const old = await createKey(server);
    const rotate = (overlapSeconds: number) => call('POST', `/s3-keys/${old.key.accessKeyId}/rotate`, { overlapSeconds });
    const fresh = s3KeyWithSecretSchema.parse((await rotate(3600)).body);
    expect(fresh.secretAccessKey).not.toBe(old.secretAccessKey);
    expect(fresh.key.previousSecretUntil).not.toBeNull();
    await expectSoon(clientOf(fresh), 'no error');
    await expectSoon(clientOf(fresh, replica.url), 'no error');
    expect([await ask(clientOf(old)), await ask(clientOf(old, replica.url))]).toEqual(['no error', 'no error']);
    expect(await rotate(60)).toMatchObject({ body: { statusCode: '409', message: expect.stringContaining('works until') } });
    const last = s3KeyWithSecretSchema.parse((await rotate(0)).body);
    await expectSoon(clientOf(last), 'no error');
    await expectSoon(clientOf(old), '403 SignatureDoesNotMatch');
    await expectSoon(clientOf(fresh, replica.url), '403 SignatureDoesNotMatch');
  });

  it('work with their new secret at once where they were rotated, and no longer with one that has ended', async () => {
    const created = await createKey(server);
    const before = clientOf(created);
    expect(await ask(before)).toBe('no error');
    const rotated = await call('POST', `/s3-keys/${created.key.accessKeyId}/rotate`, { overlapSeconds: 0 });
    expect(await ask(clientOf(s3KeyWithSecretSchema.parse(rotated.body)))).toBe('no error');
    expect(await ask(before)).toBe('403 SignatureDoesNotMatch');
    await call('DELETE', `/s3-keys/${created.key.accessKeyId}`);
    expect(await ask(before)).toBe('403 InvalidAccessKeyId');
  });

  it('act as their role: policies bind a key with claims', async () => {
    await server.sql(`create policy own on storage.objects for all to authenticated
      using (bucket_id = 'own' and (storage.foldername(name))[1] = auth.uid()::text)
      with check (bucket_id = 'own' and (storage.foldername(name))[1] = auth.uid()::text)`);
    const alice = clientOf(await createKey(server, { role: 'authenticated', claims: { sub: ALICE } }));
    const put = (Key: string) => s3ErrorOf(alice.send(new PutObjectCommand({ Bucket: 'own', Key, Body: 'hers' })));
    expect([await put(`${ALICE}/note`), await put('elsewhere')]).toEqual(['no error', '403 AccessDenied']);
    const [row] = await server.sql(`select owner_id from storage.objects where name = '${ALICE}/note'`);
    expect(row).toEqual({ owner_id: ALICE });
    await service.send(new PutObjectCommand({ Bucket: 'own', Key: 'private', Body: 'x' }));
    expect(await s3ErrorOf(alice.send(new GetObjectCommand({ Bucket: 'own', Key: 'private' })))).toBe('404 NoSuchKey');
  });

  it('are bound to addresses', async () => {
    expect(await ask(clientOf(await createKey(server, { ipRanges: ['127.0.0.0/8', '::1'] })))).toBe('no error');
    expect(await ask(clientOf(await createKey(server, { ipRanges: ['10.0.0.0/8'] })))).toBe('403 AccessDenied');
  });

  it('note when and from where they were used', async () => {
    const created = await createKey(server);
    expect((await show(created)).lastUsedAt).toBeNull();
    await ask(clientOf(created));
    await expect.poll(async () => (await show(created)).lastUsedAt, { timeout: 30_000, interval: 500 }).not.toBeNull();
    expect((await show(created)).lastUsedIp).toBe('127.0.0.1');
  }, 60_000);
});

describe('the encryption key', () => {
  it('can be replaced while the old one is still named, and then dropped', async () => {
    const created = await createKey(server, { name: 'resealed' });
    const dir = await createTempDir('reseal');
    const logger = createLogger({ service: 'storage', level: 'fatal' });
    const options = { ...server.options, s3: { ...TEST_S3, rootPort: null }, storePath: `${dir.path}/store`, logger };
    const before = await server.sql('select id, secret from storage.s3_access_keys order by id');
    const successor = await startStorageApi({ ...options, encryptionKey: 'a new encryption key' });
    expect(await ask(clientOf(created, successor.url))).toBe('no error');
    const after = await server.sql('select id, secret from storage.s3_access_keys order by id');
    expect(after.filter(({ secret }, at) => secret === before[at]?.['secret'])).toEqual([]);
    await successor.stop();
    const stranger = await startStorageApi({ ...options, encryptionKey: 'another one', jwtSecret: 'x'.repeat(40) });
    expect(await ask(clientOf(created, stranger.url))).toBe('403 InvalidAccessKeyId');
    await stranger.stop();
    await dir.remove();
  }, 60_000);
});

/** A change is heard of within a second; a loaded machine may take longer to ask. */
async function expectSoon(client: S3Client, outcome: string): Promise<void> {
  await expect.poll(() => ask(client), { timeout: 15_000, interval: 100 }).toBe(outcome);
}
