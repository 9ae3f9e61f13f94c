import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ANON_TOKEN, SERVICE_TOKEN, signToken, startTestServer, type TestServer } from '../testing/server.ts';

const ALICE = '11111111-1111-4111-8111-111111111111';
const BOB = '22222222-2222-4222-8222-222222222222';
const TOKENS = {
  anon: ANON_TOKEN,
  alice: signToken({ role: 'authenticated', sub: ALICE }),
  bob: signToken({ role: 'authenticated', sub: BOB }),
  service: SERVICE_TOKEN,
};
type Who = keyof typeof TOKENS;
const ALL: readonly Who[] = ['anon', 'alice', 'bob', 'service'];

let server: TestServer;

/** What each attempt needs is in place before it: `<ALICE>/doc` in the bucket, owned by Alice. */
const VERBS: Record<string, (who: Who) => Promise<Response>> = {
  upload: (who) => send(who, 'POST', `/object/box/${ALICE}/new`, 'new'),
  upsert: (who) => send(who, 'PUT', `/object/box/${ALICE}/doc`, 'changed'),
  read: (who) => send(who, 'GET', `/object/authenticated/box/${ALICE}/doc`),
  info: (who) => send(who, 'GET', `/object/info/authenticated/box/${ALICE}/doc`),
  sign: (who) => json(who, 'POST', `/object/sign/box/${ALICE}/doc`, { expiresIn: 60 }),
  signUpload: (who) => send(who, 'POST', `/object/upload/sign/box/${ALICE}/new`),
  copy: (who) => json(who, 'POST', '/object/copy', { bucketId: 'box', sourceKey: `${ALICE}/doc`, destinationKey: `${ALICE}/copy` }),
  move: (who) => json(who, 'POST', '/object/move', { bucketId: 'box', sourceKey: `${ALICE}/doc`, destinationKey: `${ALICE}/moved` }),
  delete: (who) => send(who, 'DELETE', `/object/box/${ALICE}/doc`),
  deleteMany: (who) => json(who, 'DELETE', '/object/box', { prefixes: [`${ALICE}/doc`] }),
  list: (who) => json(who, 'POST', '/object/list/box', { prefix: ALICE }),
  listV2: (who) => json(who, 'POST', '/object/list-v2/box', { prefix: ALICE }),
};

const OWN_FOLDER = `bucket_id = 'box' and (storage.foldername(name))[1] = auth.uid()::text`;

/** For each set of policies: who may do what. The service role may do everything. */
const MATRIX: readonly { name: string; sql: readonly string[]; allowed: Partial<Record<string, readonly Who[]>> }[] = [
  { name: 'no policies', sql: [], allowed: {} },
  {
    name: 'own folder',
    sql: [`create policy p on storage.objects for all to authenticated using (${OWN_FOLDER}) with check (${OWN_FOLDER})`],
    allowed: Object.fromEntries(Object.keys(VERBS).map((verb) => [verb, ['alice']])),
  },
  {
    name: 'public read',
    sql: [`create policy p on storage.objects for select to public using (bucket_id = 'box')`],
    allowed: {
      read: ['anon', 'alice', 'bob'],
      info: ['anon', 'alice', 'bob'],
      sign: ['anon', 'alice', 'bob'],
      list: ['anon', 'alice', 'bob'],
      listV2: ['anon', 'alice', 'bob'],
    },
  },
  {
    name: 'insert only',
    sql: [`create policy p on storage.objects for insert to anon, authenticated with check (bucket_id = 'box')`],
    allowed: { upload: ['anon', 'alice', 'bob'], signUpload: ['anon', 'alice', 'bob'] },
  },
  {
    name: 'select and insert',
    sql: [
      `create policy p on storage.objects for select to authenticated using (owner_id = auth.uid()::text)`,
      `create policy q on storage.objects for insert to authenticated with check (true)`,
    ],
    allowed: {
      upload: ['alice', 'bob'],
      signUpload: ['alice', 'bob'],
      read: ['alice'],
      info: ['alice'],
      sign: ['alice'],
      list: ['alice'],
      listV2: ['alice'],
      copy: ['alice'],
    },
  },
  {
    name: 'select and delete',
    sql: [
      `create policy p on storage.objects for select to authenticated using (true)`,
      `create policy q on storage.objects for delete to authenticated using (owner = auth.uid())`,
    ],
    allowed: {
      read: ['alice', 'bob'],
      info: ['alice', 'bob'],
      sign: ['alice', 'bob'],
      list: ['alice', 'bob'],
      listV2: ['alice', 'bob'],
      delete: ['alice'],
      deleteMany: ['alice'],
    },
  },
];

beforeAll(async () => {
  server = await startTestServer();
  await server.client().createBucket('box');
});
afterAll(() => server.stop());

async function reset(policies: readonly string[]): Promise<void> {
  await server.sql('delete from storage.objects');
  await send('service', 'POST', `/object/box/${ALICE}/doc`, 'original');
  await server.sql(`update storage.objects set owner = '${ALICE}', owner_id = '${ALICE}'`);
  const existing = await server.sql(`select policyname, tablename from pg_policies where schemaname = 'storage'`);
  for (const { policyname, tablename } of existing) await server.sql(`drop policy ${String(policyname)} on storage.${String(tablename)}`);
  for (const sql of policies) await server.sql(sql);
}

/** Whether an answer is a success that shows or changes something. */
async function isAllowed(verb: string, response: Response): Promise<boolean> {
  const text = await response.text();
  if (response.status !== 200) return false;
  if (verb === 'list' || verb === 'deleteMany') return text !== '[]';
  return verb === 'listV2' ? !text.includes('"objects":[]') : true;
}

describe.each(MATRIX)('policies: $name', ({ sql, allowed }) => {
  test.each(Object.keys(VERBS))('%s', async (verb) => {
    const outcome: Partial<Record<Who, boolean>> = {};
    for (const who of ALL) {
      await reset(sql);
      const attempt = VERBS[verb];
      outcome[who] = attempt === undefined ? false : await isAllowed(verb, await attempt(who));
    }
    const expected = Object.fromEntries(ALL.map((who) => [who, who === 'service' || (allowed[verb] ?? []).includes(who)]));
    expect(outcome).toEqual(expected);
  });
});

describe('policies', () => {
  beforeEach(() => reset([]));

  test('answer a refused upload with the text that Supabase users search for', async () => {
    const response = await VERBS['upload']?.('alice');
    expect(response?.status).toBe(400);
    expect(await response?.text()).toBe(
      '{"statusCode":"403","error":"Unauthorized","message":"new row violates row-level security policy","code":"AccessDenied"}',
    );
    expect(await server.sql('select 1 from storage.objects where name like $1', ['%/new'])).toEqual([]);
  });

  test('see the request: claims, headers, method, path and operation', async () => {
    await server.sql('create table seen (settings jsonb)');
    await server.sql('grant insert on seen to authenticated');
    await server.sql(`create function note() returns boolean language plpgsql as $$ begin
      insert into seen values (jsonb_build_object('role', current_user, 'uid', auth.uid(), 'claim', auth.jwt() ->> 'team',
        'method', current_setting('request.method'), 'path', current_setting('request.path'), 'operation', storage.operation(),
        'agent', current_setting('request.headers')::jsonb ->> 'x-agent'));
      return true; end $$`);
    await server.sql('create policy p on storage.objects for insert to authenticated with check (note())');
    const token = signToken({ role: 'authenticated', sub: BOB, team: 'red' });
    const response = await server.fetch('/storage/v1/object/box/seen', { method: 'POST', body: 'x', token, headers: { 'x-agent': 'me' } });
    expect(response.status).toBe(200);
    expect((await server.sql('select settings from seen limit 1'))[0]?.['settings']).toEqual({
      role: 'authenticated',
      uid: BOB,
      claim: 'red',
      method: 'POST',
      path: '/object/box/seen',
      operation: 'storage.object.upload',
      agent: 'me',
    });
  });

  test('may look at user metadata, type and size', async () => {
    await reset([
      `create policy p on storage.objects for insert to authenticated with check
       (user_metadata->>'department' = 'engineering' and metadata->>'mimetype' like 'image/%' and (metadata->>'size')::int < 10)`,
    ]);
    expect((await uploadAsBob('fits', 'x', 'image/png', 'engineering')).error).toBeNull();
    expect((await uploadAsBob('wrong-type', 'x', 'text/plain', 'engineering')).error).toMatchObject({ statusCode: '403' });
    expect((await uploadAsBob('wrong-department', 'x', 'image/png', 'sales')).error).toMatchObject({ statusCode: '403' });
    expect((await uploadAsBob('too-big', 'x'.repeat(10), 'image/png', 'engineering')).error).toMatchObject({ statusCode: '403' });
  });

  test('cover buckets too', async () => {
    const bob = server.client(TOKENS.bob);
    expect((await bob.createBucket('bobs')).error).toMatchObject({ statusCode: '403' });
    expect((await bob.listBuckets()).data).toEqual([]);
    expect((await bob.getBucket('box')).error).toMatchObject({ message: 'Bucket not found' });
    expect((await bob.updateBucket('box', { public: true })).error).toMatchObject({ message: 'Bucket not found' });
    expect((await bob.deleteBucket('box')).error).toMatchObject({ message: 'Bucket not found' });
    expect((await bob.emptyBucket('box')).error).toMatchObject({ message: 'Bucket not found' });
    await server.sql(`create policy p on storage.buckets for select to authenticated using (true)`);
    expect((await bob.emptyBucket('box')).error).toBeNull();
    expect(await server.sql('select name from storage.objects')).toHaveLength(1);
  });
});

function uploadAsBob(key: string, body: string, contentType: string, department: string) {
  return server.client(TOKENS.bob).from('box').upload(key, body, { contentType, metadata: { department } });
}

function send(who: Who, method: string, path: string, body?: string): Promise<Response> {
  return server.fetch(path, { method, token: TOKENS[who], ...(body === undefined ? {} : { body }) });
}

function json(who: Who, method: string, path: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return server.fetch(path, { method, token: TOKENS[who], headers, body: JSON.stringify(body) });
}
