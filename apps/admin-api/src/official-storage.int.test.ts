import { StorageClient } from '@supabase/storage-js';
import { OPERATIONS } from '@supastor/contract/operations/all';
import { problemSchema } from '@supastor/contract/wire/problem';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AdminHarness, startAdminHarness } from './testing/admin-harness.ts';
import { type MetaProcess, startMetaProcess } from './testing/meta-process.ts';
import { startGatedStorage, type StorageProcess } from './testing/storage-process.ts';
import { bodyFor, pathOf } from './testing/valid-requests.ts';

/** Those that reach storage or its database; people, sessions and the like are the control plane's own. */
const STORAGE_NOUNS = new Set(
  'buckets objects usage database policies s3Keys links webhooks quotas maintenance metrics alerts system'.split(' '),
);
const cases = OPERATIONS.filter(({ name }) => STORAGE_NOUNS.has(name.split('.')[0] ?? '')).map(
  (operation) => [operation.name, operation] as const,
);

/** Operations that only our storage server can carry out. */
const ONLY_OURS =
  /^(?:links|quotas|s3Keys|webhooks)\.|^maintenance\.(?:adopted|cancel|damaged|get|import|quarantine|restore|runs|scan|scrub)$|^objects\.(?:signFolder)$/;

let storage: StorageProcess;
let meta: MetaProcess;
let admin: AdminHarness;
let token: string;
let files: StorageClient;

beforeAll(async () => {
  storage = await startGatedStorage();
  meta = await startMetaProcess(storage.databaseUrl);
  admin = await startAdminHarness({ ...storage.forAdmin, metaUrl: meta.url });
  token = await admin.login();
  files = new StorageClient(storage.forAdmin.storageUrl, { authorization: `Bearer ${storage.serviceRoleKey}` });
});
afterAll(async () => {
  await admin?.stop();
  await meta?.stop();
  await storage?.stop();
});

const api = (method: string, path: string, body?: unknown) =>
  admin.call(method, `/api/v1${path}`, { token, ...(body !== undefined && { body }) });

describe('over a server with what the official one has', () => {
  beforeEach(async () => {
    await files.createBucket('photos');
    const uploads = await Promise.all(['a', 'a/b'].map((path) => files.from('photos').upload(path, path, { upsert: true })));
    expect(uploads.map(({ error }) => error)).toEqual([null, null]);
  });

  it.each(cases)('%s works, or says that it is not to be had', async (name, operation) => {
    const { status, body } = await admin.call(operation.rest.method, pathOf(operation), { token, ...bodyFor(operation) });
    if (status < 300) {
      expect(name).not.toMatch(ONLY_OURS);
      return;
    }
    const problem = problemSchema.parse(body);
    expect([status < 500, problem.code]).toEqual([true, expect.not.stringMatching(/^SJ_(?:INTERNAL|UPSTREAM_FAILED)$/)]);
    expect([name, problem.code === 'SJ_TARGET_UNSUPPORTED']).toEqual([name, ONLY_OURS.test(name)]);
    if (problem.code === 'SJ_TARGET_UNSUPPORTED') expect(problem.hint).toMatch(/\w/);
  });

  it('versions are not promised: a bucket is not made with them, nor changed', async () => {
    expect(await api('POST', '/buckets', { name: 'kept', versioning_status: 'ENABLED' })).toMatchObject({
      status: 400,
      body: { code: 'SJ_TARGET_UNSUPPORTED' },
    });
    expect((await api('GET', '/buckets/kept')).status).toBe(404);
    expect(await api('PATCH', '/buckets/photos', { versioning_status: 'ENABLED' })).toMatchObject({
      status: 400,
      body: { code: 'SJ_TARGET_UNSUPPORTED' },
    });
    expect((await api('POST', '/buckets', { name: 'plain', versioning_status: 'DISABLED' })).status).toBe(200);
  });

  it('an earlier version is neither restored nor linked to, where the newest would be taken for it', async () => {
    const versionId = '11111111-1111-4111-8111-111111111111';
    for (const path of ['restore', 'sign-one']) {
      expect(await api('POST', `/buckets/photos/objects/${path}`, { path: 'a', versionId })).toMatchObject({
        status: 400,
        body: { code: 'SJ_TARGET_UNSUPPORTED' },
      });
    }
    expect(await (await files.from('photos').download('a')).data?.text()).toBe('a');
  });
});
