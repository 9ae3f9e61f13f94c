import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AdminHarness, startAdminHarness } from '../testing/admin-harness.ts';
import { FOREIGN_STORAGE_URL } from '../testing/foreign-storage.ts';
import { startStorageProcess, type StorageProcess } from '../testing/storage-process.ts';

const ALICE = '11111111-1111-4111-8111-111111111111';
const BOB = '22222222-2222-4222-8222-222222222222';

let storage: StorageProcess;
let admin: AdminHarness;
let session: string;
let database: Client;

const api = (method: string, path: string, body?: unknown) =>
  admin.call(method, `/api/v1${path}`, { token: session, ...(body !== undefined && { body }) });
const policy = (name: string, changes: object = {}) => ({ name, command: 'SELECT', using: `bucket_id = 'box'`, ...changes });
const create = async (body: unknown) => {
  const answer = await api('POST', '/policies', body);
  expect(answer.status).toBe(200);
  return answer.body;
};
const names = async () => (await api('GET', '/policies')).body.policies.map(({ name }: { name: string }) => name);

async function tokenOf(role: string, sub?: string): Promise<string> {
  const token = new SignJWT({ role, ...(sub && { sub }) }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1h');
  return token.sign(new TextEncoder().encode(storage.jwtSecret));
}

beforeAll(async () => {
  storage = await startStorageProcess();
  admin = await startAdminHarness(storage.forAdmin);
  session = await admin.login();
  database = new Client({ connectionString: storage.databaseUrl });
  await database.connect();
  await api('POST', '/buckets', { name: 'box' });
});
afterAll(async () => {
  await database?.end();
  await admin?.stop();
  await storage?.stop();
});

beforeEach(async () => {
  const { rows } = await database.query(`select policyname from pg_policies where schemaname = 'storage'`);
  for (const { policyname } of rows) await database.query(`drop policy "${policyname}" on storage.objects`);
});

describe('policies', () => {
  it('are created, listed with what is wrong with them, replaced and deleted', async () => {
    const made = await create(policy('readers', { using: 'true' }));
    expect(made).toMatchObject({ policy: { name: 'readers', using: 'true', roles: ['public'], permissive: true } });
    const { body } = await api('GET', '/policies?bucket=box');
    expect(body.policies).toMatchObject([{ name: 'readers', findings: [{ rule: 'every-bucket' }] }]);
    const draft = policy('readers', { roles: ['authenticated'] });
    const replaced = await api('PUT', '/policies/objects/readers', { draft, revision: made.policy.revision });
    expect(replaced.body).toMatchObject({ policy: { roles: ['authenticated'], buckets: ['box'] } });
    expect(replaced.body.diff).toContain('+  to "authenticated"');
    expect((await api('DELETE', '/policies/objects/readers')).body).toMatchObject({ policy: null });
    expect(await names()).toEqual([]);
  });

  it('belong to the owner of the table, whoever is signed in', async () => {
    await create(policy('owned'));
    const { rows } = await database.query(
      `select pg_get_userbyid(c.relowner) as owner from pg_policy p join pg_class c on c.oid = p.polrelid where p.polname = 'owned'`,
    );
    expect(rows).toEqual([{ owner: 'supabase_storage_admin' }]);
  });

  it.each([
    ['a syntax error', { using: 'bucket_id =' }, 400, /Postgres refuses/],
    ['an unknown column', { using: `buket_id = 'box'` }, 400, /buket_id/],
    ['an unknown role', { roles: ['nobody-knows'] }, 400, /nobody-knows/],
    ['a second statement', { using: 'true); drop table storage.objects; --' }, 400, /Postgres refuses/],
    ['an expression that leaves its bracket', { command: 'UPDATE', using: 'true) with check (true' }, 400, /not one expression/],
    ['no expression', { using: null }, 400, /using/],
  ])('with %s are refused and change nothing', async (_, changes, status, message) => {
    const answer = await api('POST', '/policies', policy('bad', changes));
    expect(answer).toMatchObject({ status, body: { code: 'SJ_INPUT_INVALID' } });
    expect(answer.body.detail).toMatch(message);
    expect(await names()).toEqual([]);
    expect((await database.query('select count(*) from storage.objects')).rowCount).toBe(1);
  });

  it('are planned without being made', async () => {
    const answer = await api('POST', '/policies/plan', { action: 'create', draft: policy('planned') });
    expect(answer.body.statements).toEqual([expect.stringMatching(/^create policy "planned"/)]);
    expect(await names()).toEqual([]);
    expect(await api('POST', '/policies/plan', { action: 'update' })).toMatchObject({ status: 400, body: { code: 'SJ_INPUT_INVALID' } });
    const bad = await api('POST', '/policies/plan', { action: 'create', draft: policy('planned', { using: 'nonsense' }) });
    expect(bad.status).toBe(400);
  });

  it('conflict with a name that is taken and with a change that was faster', async () => {
    await create(policy('one'));
    expect((await api('POST', '/policies', policy('one'))).status).toBe(409);
    expect((await api('PUT', '/policies/objects/one', { draft: policy('one'), revision: 'old' })).status).toBe(409);
    expect((await api('PUT', '/policies/objects/two', { draft: policy('two') })).status).toBe(404);
    const both = await Promise.all([1, 2].map(() => api('DELETE', '/policies/objects/one')));
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      200,
      expect.toSatisfy((status) => status === 404 || status === 409),
    ]);
  });

  it('are rolled back, each change once', async () => {
    const made = await create(policy('mine'));
    const changed = (await api('PUT', '/policies/objects/mine', { draft: policy('mine', { using: 'false' }) })).body;
    const back = await api('POST', `/policies/history/${changed.changeId}/rollback`);
    expect(back.body.policy).toEqual(made.policy);
    expect((await api('POST', `/policies/history/${changed.changeId}/rollback`)).status).toBe(409);
    expect((await api('POST', `/policies/history/${made.changeId}/rollback`)).body.policy).toBeNull();
    expect(await names()).toEqual([]);
    const history = (await api('GET', '/policies/history?limit=2')).body;
    expect(history.changes.map(({ action }: { action: string }) => action)).toEqual(['rollback', 'rollback']);
    const older = (await api('GET', `/policies/history?limit=2&before=${history.next}`)).body.changes;
    expect(older).toMatchObject([{ action: 'update', rolledBackBy: back.body.changeId }, { action: 'create' }]);
  });
});

const SETS: readonly (readonly [name: string, policies: readonly object[]])[] = [
  ['none', []],
  ['own folder', ['SELECT', 'INSERT', 'UPDATE', 'DELETE'].map((command) => ownFolder(command))],
  ['public read', [policy('read')]],
  ['insert only', [policy('in', { command: 'INSERT', using: null, check: `bucket_id = 'box'`, roles: ['anon', 'authenticated'] })]],
  [
    'all but a veto',
    [
      policy('all', { command: 'ALL' }),
      policy('veto', { command: 'INSERT', permissive: false, using: null, check: `name not like '%new%'` }),
    ],
  ],
  ['a failing one', [policy('broken', { command: 'ALL', using: '1 / (case when name is null then 1 else 0 end) = 1' })]],
];

function ownFolder(command: string): object {
  const condition = `bucket_id = 'box' and (storage.foldername(name))[1] = (select auth.uid())::text`;
  const [using, check] = [command === 'INSERT' ? null : condition, command === 'SELECT' || command === 'DELETE' ? null : condition];
  return policy(`own ${command}`, { command, using, check, roles: ['authenticated'] });
}

const DOC = `${ALICE}/doc`;
const NEW = `${ALICE}/new`;
/** What a client does, and what the simulator is asked: they must agree. */
const VERBS: readonly (readonly [verb: string, question: object, request: (token: string) => Promise<Response>])[] = [
  ['read', { path: DOC }, (token) => send(token, 'GET', `/object/authenticated/box/${DOC}`)],
  ['upload', { path: NEW }, (token) => send(token, 'POST', `/object/box/${NEW}`, 'text')],
  ['overwrite', { path: DOC }, (token) => send(token, 'PUT', `/object/box/${DOC}`, 'text')],
  ['delete', { path: DOC }, (token) => send(token, 'DELETE', `/object/box/${DOC}`)],
  ['copy', { path: DOC, to: NEW }, (token) => json(token, '/object/copy', { bucketId: 'box', sourceKey: DOC, destinationKey: NEW })],
  ['move', { path: DOC, to: NEW }, (token) => json(token, '/object/move', { bucketId: 'box', sourceKey: DOC, destinationKey: NEW })],
];

function send(token: string, method: string, path: string, body?: string): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'text/plain' }) };
  return fetch(`${storage.url}/storage/v1${path}`, { method, headers, ...(body !== undefined && { body }) });
}

function json(token: string, path: string, body: object): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return fetch(`${storage.url}/storage/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function resetObjects(): Promise<void> {
  await json(storage.serviceRoleKey, '/bucket/box/empty', {});
  await expect.poll(async () => (await database.query('select from storage.objects')).rowCount, { timeout: 15_000 }).toBe(0);
  await send(await tokenOf('service_role', ALICE), 'POST', `/object/box/${DOC}`, 'text');
}

describe('the simulator', () => {
  describe.each(SETS)('with policies: %s', (_, policies) => {
    it.each([
      ['anon', undefined],
      ['authenticated', ALICE],
      ['authenticated', BOB],
      ['service_role', undefined],
    ])('says of %s %s what the storage server does', async (role, sub) => {
      for (const each of policies) await create(each);
      const token = await tokenOf(role, sub);
      for (const [verb, question, request] of VERBS) {
        await resetObjects();
        const { status, body } = await api('POST', '/policies/simulate', { token, verb, bucket: 'box', ...question });
        expect(status).toBe(200);
        const answer = await request(token);
        await answer.arrayBuffer();
        expect({ verb, allowed: body.allowed }, body.reason).toEqual({ verb, allowed: answer.ok });
      }
    });
  });

  it('names the policy that decides and changes nothing', async () => {
    await resetObjects();
    await create(ownFolder('DELETE'));
    await create(ownFolder('SELECT'));
    const ask = async (sub: string) =>
      (await api('POST', '/policies/simulate', { role: 'authenticated', claims: { sub }, verb: 'delete', bucket: 'box', path: DOC })).body;
    expect(await ask(ALICE)).toMatchObject({ allowed: true, steps: [{ decidedBy: ['own SELECT'] }, { decidedBy: ['own DELETE'] }] });
    expect(await ask(BOB)).toMatchObject({
      allowed: false,
      steps: [{ allowed: false, policies: [{ name: 'own SELECT', verdict: 'false' }] }, {}],
    });
    expect((await database.query('select name from storage.objects')).rows).toEqual([{ name: DOC }]);
  });

  it('tries paths that do not exist yet, and public buckets', async () => {
    await create(ownFolder('SELECT'));
    const question = { role: 'authenticated', claims: { sub: BOB }, verb: 'read', bucket: 'box', path: `${BOB}/${randomUUID()}` };
    expect((await api('POST', '/policies/simulate', question)).body).toMatchObject({ allowed: true });
    await api('PATCH', '/buckets/box', { public: true });
    expect((await api('POST', '/policies/simulate', { ...question, role: 'anon' })).body).toMatchObject({
      allowed: true,
      bypass: 'public bucket',
    });
    await api('PATCH', '/buckets/box', { public: false });
  });

  it.each([
    ['an unknown role', { role: 'nobody' }, 404, 'SJ_NOT_FOUND'],
    ['an unknown bucket', { bucket: 'nowhere' }, 404, 'SJ_NOT_FOUND'],
    ['a token that is none', { token: 'x' }, 400, 'SJ_INPUT_INVALID'],
    ['a copy to nowhere', { verb: 'copy' }, 400, 'SJ_INPUT_INVALID'],
  ])('refuses %s', async (_, changes, status, code) => {
    const answer = await api('POST', '/policies/simulate', { verb: 'read', bucket: 'box', path: 'a', ...changes });
    expect(answer).toMatchObject({ status, body: { code } });
  });
});

it('says who can read an object, and through which policy', async () => {
  await resetObjects();
  await create(ownFolder('SELECT'));
  const { body } = await api('POST', '/policies/who-can', { bucket: 'box', path: DOC, users: [BOB] });
  expect(body.code, body.detail).toBeUndefined();
  const found = body.identities.map(({ role, subject, allowed, decidedBy }: Record<string, unknown>) => [
    role,
    subject,
    allowed,
    decidedBy,
  ]);
  expect(body.publicBucket).toBe(false);
  expect(found).toEqual([
    ['anon', null, false, []],
    ['authenticated', '00000000-0000-4000-8000-000000000000', false, ['own SELECT']],
    ['authenticated', ALICE, true, ['own SELECT']],
    ['authenticated', BOB, false, ['own SELECT']],
    ['service_role', null, true, []],
  ]);
});

// Keys of its own and a ledger of links are what only our storage server has.
it.skipIf(FOREIGN_STORAGE_URL !== undefined)('says which S3 keys and live links lead to an object, and revokes the links', async () => {
  await resetObjects();
  await create(ownFolder('SELECT'));
  const key = (fields: object) => api('POST', '/s3-keys', { verbs: ['read'], buckets: ['b*'], ...fields });
  await key({ name: 'all', role: 'service_role' });
  await key({ name: 'alice', role: 'authenticated', claims: { sub: ALICE } });
  await key({ name: 'bob', role: 'authenticated', claims: { sub: BOB } });
  await key({ name: 'elsewhere', buckets: ['other'] });
  await key({ name: 'writer', verbs: ['write'] });
  const signed = await api('POST', '/buckets/box/objects/sign', { paths: [DOC], expiresInSeconds: 600 });
  const ask = async () => (await api('POST', '/policies/who-can', { bucket: 'box', path: DOC })).body;
  const { s3Keys, links } = await ask();
  expect(s3Keys.map(({ name, allowed }: Record<string, unknown>) => [name, allowed])).toEqual([
    ['all', true],
    ['alice', true],
    ['bob', false],
  ]);
  expect(links).toMatchObject([{ bucket: 'box', path: DOC, scope: 'download', role: 'service_role' }]);

  expect((await api('GET', `/links?bucket=box&state=live`)).body.links).toMatchObject([{ id: links[0].id }]);
  expect((await api('POST', '/links/revoke', { prefix: 'a/' })).status).toBe(400);
  expect((await api('POST', '/links/revoke', {})).status).toBe(400);
  expect((await api('POST', '/links/revoke', { ids: [links[0].id] })).body).toEqual({ revoked: 1 });
  expect((await ask()).links).toEqual([]);
  const refused = await fetch(signed.body.links[0].url);
  expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('revoked')]);
  const { body } = await api('GET', '/audit?operation=links.revoke&outcome=done');
  expect(body.entries).toMatchObject([{ parameters: { ids: [links[0].id] }, after: { revoked: 1 } }]);
});
