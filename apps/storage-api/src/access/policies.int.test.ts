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

let server: TestServer;

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

describe('policies', () => {
  beforeEach(() => reset([]));

  test('answer a refused upload with the text that Supabase users search for', async () => {
    const response = await send('alice', 'POST', `/object/box/${ALICE}/new`, 'new');
    expect(response.status).toBe(400);
    expect(await response.text()).toBe(
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
