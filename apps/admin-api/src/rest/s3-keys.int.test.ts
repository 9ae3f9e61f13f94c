import { s3KeyWithSecretSchema } from '@supastor/contract/wire/s3-key';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdminHarness, startAdminHarness } from '../testing/admin-harness.ts';
import { addPerson, signIn } from '../testing/people.ts';
import { startStorageProcess, type StorageProcess } from '../testing/storage-process.ts';

let storage: StorageProcess;
let admin: AdminHarness;
let token: string;

beforeAll(async () => {
  storage = await startStorageProcess();
  admin = await startAdminHarness(storage.forAdmin);
  token = await admin.login();
});
afterAll(async () => {
  await admin?.stop();
  await storage?.stop();
});

const api = (method: string, path: string, body?: unknown) =>
  admin.call(method, `/api/v1${path}`, { token, ...(body !== undefined && { body }) });

describe('S3 access keys', () => {
  it('are made, changed, rotated and revoked, and the trail never holds a secret', async () => {
    const made = s3KeyWithSecretSchema.parse((await api('POST', '/s3-keys', { name: 'ci', verbs: ['read'], buckets: ['builds'] })).body);
    const { accessKeyId } = made.key;
    expect((await api('GET', '/s3-keys')).body).toEqual({ keys: [made.key] });
    expect(await api('PATCH', `/s3-keys/${accessKeyId}`, { enabled: false })).toMatchObject({ status: 200, body: { enabled: false } });
    const rotated = s3KeyWithSecretSchema.parse((await api('POST', `/s3-keys/${accessKeyId}/rotate`, { overlapSeconds: 60 })).body);
    expect(await api('POST', `/s3-keys/${accessKeyId}/rotate`, {})).toMatchObject({ status: 409, body: { code: 'SJ_CONFLICT' } });
    expect(await api('DELETE', `/s3-keys/${accessKeyId}`)).toMatchObject({ status: 200 });
    expect(await api('DELETE', `/s3-keys/${accessKeyId}`)).toMatchObject({ status: 404, body: { code: 'SJ_NOT_FOUND' } });
    const trail = JSON.stringify((await api('GET', '/audit?limit=100')).body);
    for (const operation of ['s3Keys.create', 's3Keys.update', 's3Keys.rotate', 's3Keys.revoke']) expect(trail).toContain(operation);
    for (const { secretAccessKey } of [made, rotated]) expect(trail).not.toContain(secretAccessKey);
  });

  it('that are asked for wrongly name the field, whoever finds the mistake', async () => {
    expect(await api('POST', '/s3-keys', { name: 'x', verbs: [] })).toMatchObject({
      status: 400,
      body: { code: 'SJ_INPUT_INVALID', detail: expect.stringContaining('verbs') },
    });
    expect(await api('POST', '/s3-keys', { name: 'x', verbs: ['read'], role: 'postgres' })).toMatchObject({
      status: 400,
      body: { code: 'SJ_INPUT_INVALID', detail: expect.stringContaining("role: 'postgres'") },
    });
  });

  it('are given, widened and taken over only by whoever may do what they do', async () => {
    const { body } = await api('POST', '/s3-keys', { name: 'strong', verbs: ['read', 'write'], buckets: ['builds'] });
    const { accessKeyId } = body.key;
    expect((await api('POST', '/roles', { name: 'keeper', permissions: ['s3Keys:read', 's3Keys:write'] })).body).toMatchObject({
      name: 'keeper',
    });
    const keeper = await addPerson(admin, token, { email: 'keeper@example.org', role: 'keeper' });
    await api('POST', `/users/${keeper.id}/grants`, { role: 'viewer', scope: { bucket: 'builds', prefix: 'a/' } });
    const weak = await signIn(admin, keeper.email);
    const attempt = (method: string, path: string, sent?: unknown) =>
      admin.call(method, `/api/v1${path}`, { token: weak, ...(sent !== undefined && { body: sent }) });
    const wanted = { name: 'mine', verbs: ['read'], buckets: ['builds'], prefixes: ['a/'] };
    for (const more of [
      { prefixes: [] },
      { prefixes: ['a'] },
      { prefixes: ['a/', 'b/'] },
      { buckets: ['builds', 'other'] },
      { buckets: ['*'] },
      { buckets: ['b*'] },
      { verbs: ['read', 'delete'] },
      { verbs: ['manage'] },
    ]) {
      const answer = await attempt('POST', '/s3-keys', { ...wanted, ...more });
      expect([more, answer.status, answer.body.code]).toEqual([more, 403, 'SJ_FORBIDDEN']);
    }
    const own = (await attempt('POST', '/s3-keys', wanted)).body.key.accessKeyId;
    expect((await attempt('POST', `/s3-keys/${own}/rotate`, {})).status).toBe(200);
    expect((await attempt('PATCH', `/s3-keys/${own}`, { verbs: ['read', 'write'] })).status).toBe(403);
    expect((await attempt('PATCH', `/s3-keys/${own}`, { prefixes: ['a/b/'] })).status).toBe(200);
    expect((await attempt('POST', `/s3-keys/${accessKeyId}/rotate`, {})).status).toBe(403);
    expect((await attempt('PATCH', `/s3-keys/${accessKeyId}`, { ipRanges: [] })).status).toBe(403);
    expect((await attempt('PATCH', `/s3-keys/${accessKeyId}`, { enabled: false })).status).toBe(200);
    expect((await attempt('PATCH', `/s3-keys/${accessKeyId}`, { enabled: true })).status).toBe(403);
    expect((await attempt('DELETE', `/s3-keys/${accessKeyId}`)).status).toBe(200);
  });

  it('of a server that keeps none are refused with a reason', async () => {
    const other = await startAdminHarness({ storageUrl: `${storage.url}/health`, storagePublicUrl: storage.url });
    const answer = await other.call('GET', '/api/v1/s3-keys', { token: await other.login() });
    expect(answer).toMatchObject({ status: 400, body: { code: 'SJ_TARGET_UNSUPPORTED' } });
    await other.stop();
  });
});
