import { s3KeyWithSecretSchema } from '@supastor/contract/wire/s3-key';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdminHarness, startAdminHarness } from '../testing/admin-harness.ts';
import { startStorageProcess, type StorageProcess } from '../testing/storage-process.ts';

let storage: StorageProcess;
let admin: AdminHarness;
let token: string;

beforeAll(async () => {
  storage = await startStorageProcess();
  const url = `${storage.url}/storage/v1`;
  const { serviceRoleKey, databaseUrl } = storage;
  admin = await startAdminHarness({ storageUrl: url, storagePublicUrl: url, serviceRoleKey, databaseUrl });
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

  it('of a server that keeps none are refused with a reason', async () => {
    const other = await startAdminHarness({ storageUrl: `${storage.url}/health`, storagePublicUrl: storage.url });
    const answer = await other.call('GET', '/api/v1/s3-keys', { token: await other.login() });
    expect(answer).toMatchObject({ status: 400, body: { code: 'SJ_TARGET_UNSUPPORTED' } });
    await other.stop();
  });
});
