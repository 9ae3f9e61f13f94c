import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANON_TOKEN, signToken, startTestServer, type TestServer } from '../../testing/server.ts';
import { type Creation, TusBox } from '../../testing/tus-box.ts';
import { tusFetch } from '../../testing/tus.ts';

const ANNA = signToken({ role: 'authenticated', sub: '11111111-1111-4111-8111-111111111111' });
const BERT = signToken({ role: 'authenticated', sub: '22222222-2222-4222-8222-222222222222' });

let server: TestServer;
let tus: TusBox;

beforeAll(async () => {
  server = await startTestServer();
  tus = new TusBox(server);
  await server.client().createBucket('box');
  await server.sql(`create policy own_insert on storage.objects for insert to authenticated
    with check (bucket_id = 'box' and (storage.foldername(name))[1] = auth.uid()::text)`);
});
afterAll(() => server.stop());

const own = (token: string, folder: string, rest: Creation = {}) =>
  tus.create({ token, metadata: { objectName: `${folder}/${tus.uniqueName()}` }, ...rest });

async function told(answer: Promise<Response>): Promise<readonly [number, string]> {
  const response = await answer;
  return [response.status, await response.text()];
}

describe('access', () => {
  it('follows the policies when an upload begins', async () => {
    expect((await own(ANNA, '11111111-1111-4111-8111-111111111111')).status).toBe(201);
    const refused = await own(ANNA, '22222222-2222-4222-8222-222222222222');
    expect([refused.status, await refused.text()]).toEqual([403, 'new row violates row-level security policy']);
    expect((await own(ANON_TOKEN, 'x')).status).toBe(403);
  });

  it('follows the policies when it ends, and lets the last byte be sent again', async () => {
    const response = await own(ANNA, '11111111-1111-4111-8111-111111111111');
    const location = response.headers.get('location') ?? '';
    await server.sql('alter policy own_insert on storage.objects with check (false)');
    const refused = await tus.patch(location, 0, '0123456789', { token: ANNA });
    expect([refused.status, await tus.offsetAt(location)]).toEqual([403, '9']);
    await server.sql(`alter policy own_insert on storage.objects
      with check (bucket_id = 'box' and (storage.foldername(name))[1] = auth.uid()::text)`);
    expect((await tus.patch(location, 9, '9', { token: ANNA })).status).toBe(204);
    const [row] = await server.sql('select owner_id, sha256 from storage.objects order by created_at desc limit 1');
    expect(row).toEqual({
      owner_id: '11111111-1111-4111-8111-111111111111',
      sha256: createHash('sha256').update('0123456789').digest('hex'),
    });
  });

  it('keeps others from continuing or ending an upload, and from telling it from none', async () => {
    const location = (await own(ANNA, '11111111-1111-4111-8111-111111111111')).headers.get('location') ?? '';
    const unknown = location.slice(0, -8);
    for (const token of [BERT, ANON_TOKEN]) {
      expect(await told(tus.patch(location, 0, '01234', { token }))).toEqual(await told(tus.patch(unknown, 0, '01234', { token })));
      expect(await told(tusFetch(location, { method: 'DELETE', token }))).toEqual([404, 'The upload was not found']);
    }
    expect((await tus.patch(location, 0, '01234', { token: '' })).status).toBe(400);
    expect(await tus.offsetAt(location)).toBe('0');
  });

  it('replaces only when asked to', async () => {
    const metadata = { objectName: 'twice' };
    await tus.patch(await tus.createAt({ metadata }), 0, 'first.....');
    const again = await tus.create({ metadata });
    expect([again.status, await again.text()]).toEqual([409, 'The resource already exists']);
    const location = await tus.createAt({ metadata, headers: { 'x-upsert': 'true' } });
    expect((await tus.patch(location, 0, 'second....')).status).toBe(204);
    expect((await tus.stored('twice')).toString()).toBe('second....');
  });

  it('loses to whoever made the object in the meantime', async () => {
    const metadata = { objectName: 'contested' };
    const [one, two] = [await tus.createAt({ metadata }), await tus.createAt({ metadata })];
    expect((await tus.patch(one, 0, 'one.......')).status).toBe(204);
    expect((await tus.patch(two, 0, 'two.......')).status).toBe(409);
    expect((await tus.stored('contested')).toString()).toBe('one.......');
  });
});

describe('signed links', () => {
  it('let anyone upload the one object', async () => {
    const { data } = await server.client().from('box').createSignedUploadUrl('signed.txt');
    const signature = { 'x-signature': data?.token ?? '' };
    const url = `${tus.endpoint}/sign`;
    const response = await tus.create({ url, token: '', metadata: { objectName: 'signed.txt' }, headers: signature });
    expect(response.status).toBe(201);
    const location = response.headers.get('location') ?? '';
    expect(location.startsWith(`${url}/`)).toBe(true);
    expect((await tus.patch(location, 0, '0123456789', { token: '' })).status).toBe(400);
    expect((await tus.patch(location, 0, '0123456789', { token: '', headers: signature })).status).toBe(204);
    expect((await tus.stored('signed.txt')).toString()).toBe('0123456789');
  });

  it('are good for no other object and for no upload of someone else', async () => {
    const { data } = await server.client().from('box').createSignedUploadUrl('mine.txt', { upsert: true });
    const headers = { 'x-signature': data?.token ?? '' };
    expect((await tus.create({ url: `${tus.endpoint}/sign`, token: '', metadata: { objectName: 'yours.txt' }, headers })).status).toBe(400);
    expect((await tus.create({ url: `${tus.endpoint}/sign`, token: '', metadata: { objectName: 'mine.txt' } })).status).toBe(400);
    const location = await tus.createAt({ metadata: { objectName: 'mine.txt' } });
    const signedLocation = location.replace('/resumable/', '/resumable/sign/');
    expect((await tus.patch(signedLocation, 0, '0123456789', { token: '', headers })).status).toBe(404);
  });
});
