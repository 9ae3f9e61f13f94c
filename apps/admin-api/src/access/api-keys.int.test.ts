import { once } from 'node:events';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type AdminHarness, EMAIL, startAdminHarness } from '../testing/admin-harness.ts';

let postgres: TempPostgres;
let count = 0;
const running: AdminHarness[] = [];
beforeAll(async () => {
  postgres = await startTempPostgres();
});
afterEach(async () => {
  for (const admin of running.splice(0)) await admin.stop();
});
afterAll(() => postgres.stop());

const newDatabase = () => postgres.createDatabase(`keys_${(count += 1)}`);
async function start(databaseUrl: string | null): Promise<AdminHarness> {
  const admin = await startAdminHarness({ databaseUrl });
  running.push(admin);
  return admin;
}
const create = (admin: AdminHarness, token: string, permissions: readonly string[], more: object = {}) =>
  admin.call('POST', '/api/v1/api-keys', { token, body: { name: 'ci', permissions, ...more } });
const system = async (admin: AdminHarness, token: string) => (await admin.call('GET', '/api/v1/system', { token })).status;

describe('API keys', () => {
  it('do what they were given and nothing else, and are in the trail by their id', async () => {
    const admin = await start(await newDatabase());
    const token = await admin.login();
    const { status, body } = await create(admin, token, ['system:read', 'audit:read', 'buckets:write', 'session:read']);
    expect(status).toBe(200);
    expect(body.secret).toMatch(/^sst_[\w-]{43}$/);
    expect(await system(admin, body.secret)).toBe(200);
    expect((await admin.call('GET', '/api/v1/sessions', { token: body.secret })).status).toBe(403);
    expect((await admin.call('GET', '/api/v1/session', { token: body.secret })).body).toMatchObject({ email: EMAIL, role: 'key' });
    expect((await admin.call('DELETE', '/api/v1/session', { token: body.secret })).status).toBe(409);
    await admin.call('POST', '/api/v1/buckets', { token: body.secret, body: { name: 'photos' } });
    const trail = await admin.call('GET', '/api/v1/audit?operation=buckets', { token: body.secret });
    expect(trail.body.entries).toMatchObject([{ identity: { email: EMAIL, apiKeyId: body.key.id } }]);
  });

  it('are listed without their secret, which is nowhere in the database', async () => {
    const databaseUrl = await newDatabase();
    const admin = await start(databaseUrl);
    const token = await admin.login();
    const { body } = await create(admin, token, ['system:read']);
    await system(admin, body.secret);
    const { keys } = (await admin.call('GET', '/api/v1/api-keys', { token })).body;
    expect(keys).toMatchObject([{ id: body.key.id, name: 'ci', permissions: ['system:read'], prefix: body.secret.slice(0, 10) }]);
    expect(JSON.stringify(keys)).not.toContain(body.secret);
    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    const { rows } =
      await client.query(`select string_agg(t::text, '') || (select string_agg(entry, '') from supastor.audit_log) as all_text
      from supastor.api_keys t`);
    await client.end();
    expect(rows[0].all_text).toContain(body.key.id);
    expect(rows[0].all_text).not.toContain(body.secret.slice(10));
  });

  it('cannot give more than their maker holds, nor outlive it', async () => {
    const admin = await start(await newDatabase());
    const token = await admin.login();
    const { secret } = (await create(admin, token, ['apiKeys:write', 'system:read'], { expiresInDays: 1 })).body;
    expect(await create(admin, secret, ['system:read', 'buckets:delete'])).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining('buckets:delete') },
    });
    expect((await create(admin, token, ['made:up'])).status).toBe(403);
    const child = (await create(admin, secret, ['system:read'], { expiresInDays: null })).body.key;
    expect(Date.parse(child.expiresAt)).toBeLessThanOrEqual(Date.now() + 86_400_000);
    const strong = (await create(admin, token, ['buckets:delete'])).body.key;
    expect((await admin.call('POST', `/api/v1/api-keys/${strong.id}/rotate`, { token: secret, body: {} })).status).toBe(403);
  });

  it('are rotated with an overlap, once', async () => {
    const admin = await start(await newDatabase());
    const token = await admin.login();
    const old = (await create(admin, token, ['system:read'])).body;
    const rotate = (id: string, overlapHours: number) =>
      admin.call('POST', `/api/v1/api-keys/${id}/rotate`, { token, body: { overlapHours } });
    const fresh = (await rotate(old.key.id, 1)).body;
    expect([await system(admin, old.secret), await system(admin, fresh.secret)]).toEqual([200, 200]);
    expect((await rotate(old.key.id, 1)).status).toBe(409);
    const { keys } = (await admin.call('GET', '/api/v1/api-keys', { token })).body;
    expect(keys.find(({ id }: { id: string }) => id === old.key.id)).toMatchObject({ replacedBy: fresh.key.id });
    const last = (await rotate(fresh.key.id, 0)).body;
    expect([await system(admin, fresh.secret), await system(admin, last.secret)]).toEqual([401, 200]);
  });

  it('are dead on every server within a second once revoked, sockets included', async () => {
    const databaseUrl = await newDatabase();
    const [first, second] = [await start(databaseUrl), await start(databaseUrl)];
    const token = await first.login();
    const { key, secret } = (await create(first, token, ['system:read', 'services:read'])).body;
    expect(await system(second, secret)).toBe(200);
    const socket = new WebSocket(`${second.url.replace('http', 'ws')}/api/v1/events`, { headers: { authorization: `Bearer ${secret}` } });
    await once(socket, 'message');
    const closed = once(socket, 'close');
    expect((await first.call('DELETE', `/api/v1/api-keys/${key.id}`, { token })).status).toBe(200);
    await expect.poll(() => system(second, secret), { timeout: 1000, interval: 20 }).toBe(401);
    expect((await closed)[0]).toBe(1008);
    expect((await first.call('DELETE', `/api/v1/api-keys/${key.id}`, { token })).status).toBe(404);
  });

  it.each(['sst_', 'sst_wrong', `sst_${'a'.repeat(43)}`])('are refused when nobody made them: %s', async (secret) => {
    const admin = await start(await newDatabase());
    expect(await system(admin, secret)).toBe(401);
  });

  it('need a database', async () => {
    const admin = await start(null);
    const token = await admin.login();
    expect(await create(admin, token, ['system:read'])).toMatchObject({ status: 503, body: { code: 'SJ_DATABASE_UNREACHABLE' } });
    expect(await system(admin, 'sst_x')).toBe(401);
  });
});
