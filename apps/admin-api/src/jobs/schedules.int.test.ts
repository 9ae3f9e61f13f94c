import { randomUUID } from 'node:crypto';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdminHarness, startAdminHarness } from '../testing/admin-harness.ts';
import { addPerson, signIn } from '../testing/people.ts';

const PATIENCE = { timeout: 60_000, interval: 200 };
/** Far enough away that no test meets its own time. */
const RARE = '0 0 29 2 *';

let postgres: TempPostgres;
let database: Client;
let servers: readonly [AdminHarness, AdminHarness];
let token: string;
let count = 0;

beforeAll(async () => {
  postgres = await startTempPostgres();
  const databaseUrl = await postgres.createDatabase('schedules');
  servers = [await startAdminHarness({ databaseUrl }), await startAdminHarness({ databaseUrl })];
  token = await servers[0].login();
  database = new Client({ connectionString: databaseUrl });
  await database.connect();
});
afterAll(async () => {
  await database?.end();
  for (const server of servers ?? []) await server.stop();
  await postgres?.stop();
});

const api = (method: string, path: string, body?: unknown, as = token) =>
  servers[0].call(method, `/api/v1${path}`, { token: as, ...(body !== undefined && { body }) });
const nextName = () => `schedule ${(count += 1)}`;
async function create(wanted: object = {}, as = token): Promise<string> {
  const { status, body } = await api('POST', '/schedules', { name: nextName(), kind: 'audit.verify', cron: RARE, ...wanted }, as);
  expect(status, body.detail).toBe(200);
  return body.id;
}
const find = async (id: string) => (await api('GET', '/schedules')).body.schedules.find((each: { id: string }) => each.id === id);
const jobsOf = async (name: string) =>
  (await database.query('select state, error_code from supastor.jobs where schedule = $1 order by created_at', [name])).rows;
/** Lets the time of schedules come, so many minutes ago. */
const comes = (ids: readonly string[], minutesAgo = 0) =>
  database.query(
    `update supastor.schedules set next_at = date_trunc('second', now()) - $2::int * interval '1 minute' where id = any ($1::uuid[])`,
    [ids, minutesAgo],
  );
describe('schedules', () => {
  it('run each time once, whichever of two servers sees it first, as an entry of the audit trail', async () => {
    const ids = await Promise.all(Array.from({ length: 10 }, () => create()));
    await comes(ids);
    for (const id of ids) {
      await expect.poll(async () => (await find(id)).lastJobId, PATIENCE).not.toBeNull();
      const { name, nextAt, lastJobId } = await find(id);
      expect(Date.parse(nextAt)).toBeGreaterThan(Date.now());
      await expect.poll(async () => (await api('GET', `/jobs/${lastJobId}`)).body.state, PATIENCE).toBe('done');
      expect(await jobsOf(name)).toHaveLength(1);
      const { body } = await api('GET', `/audit?operation=schedules.run&limit=200`);
      expect(body.entries.filter(({ resource }: { resource: string }) => resource === `schedule/${id}`)).toMatchObject([
        { outcome: 'done', userAgent: 'schedule' },
      ]);
    }
  });

  it('run once for all that was missed, or leave it out', async () => {
    const [once, skipped] = [await create({ missed: 'once' }), await create()];
    await comes([once, skipped], 120);
    await expect.poll(async () => (await find(once)).lastJobId, PATIENCE).not.toBeNull();
    await expect.poll(async () => (await find(skipped)).lastSkip, PATIENCE).toContain('no server was there');
    expect(await find(skipped)).toMatchObject({ lastJobId: null, isPaused: false });
    expect(await jobsOf((await find(once)).name)).toHaveLength(1);
  });

  it('leave a time out while the job of the time before is not over', async () => {
    const id = await create({ missed: 'once' });
    const jobId = randomUUID();
    await database.query(
      `insert into supastor.jobs (id, kind, title, input, by_email, state, worker) values ($1, 'some.other', 't', '{}', 'e', 'running', 'w')`,
      [jobId],
    );
    await database.query('update supastor.schedules set last_job_id = $2 where id = $1', [id, jobId]);
    await comes([id]);
    await expect.poll(async () => (await find(id)).lastSkip, PATIENCE).toContain(jobId);
    await database.query('delete from supastor.jobs where id = $1', [jobId]);
  });

  it('stop when who answers for them holds the permission no more', async () => {
    const person = await addPerson(servers[0], token, { email: 'leaves@example.org', role: 'admin' });
    const id = await create({}, await signIn(servers[0], person.email));
    await api('POST', `/users/${person.id}/disable`);
    await expect.poll(async () => (await api('GET', `/users/${person.id}`)).body.state, PATIENCE).toBe('disabled');
    await comes([id]);
    await expect.poll(async () => find(id), PATIENCE).toMatchObject({ isPaused: true, nextAt: null, lastJobId: null });
    expect((await find(id)).pauseReason).toContain('leaves@example.org');
    expect((await api('PATCH', `/schedules/${id}`, { isPaused: false })).body).toMatchObject({ isPaused: false, pauseReason: null });
    expect((await find(id)).by).not.toBe('leaves@example.org');
  });

  it('are run by hand, paused, changed, resumed and removed', async () => {
    const id = await create({ kind: 'usage.get', settings: { by: 'type' } });
    const run = await api('POST', `/schedules/${id}/run`);
    expect(run).toMatchObject({ status: 200, body: { kind: 'usage.get', schedule: (await find(id)).name } });
    expect((await api('PATCH', `/schedules/${id}`, { isPaused: true })).body).toMatchObject({ isPaused: true, nextAt: null });
    const name = nextName();
    const changed = await api('PATCH', `/schedules/${id}`, { name, cron: '30 2 * * *', timeZone: 'Europe/Berlin', isPaused: false });
    expect(changed.body).toMatchObject({ name, isPaused: false, settings: { by: 'type', limit: 100 } });
    expect(new Date(changed.body.nextAt).getUTCMinutes()).toBe(30);
    expect((await api('DELETE', `/schedules/${id}`)).status).toBe(200);
    for (const [method, path] of [
      ['DELETE', ''],
      ['POST', '/run'],
      ['PATCH', ''],
    ] as const) {
      expect((await api(method, `/schedules/${id}${path}`, method === 'PATCH' ? {} : undefined)).status).toBe(404);
    }
  });

  it.each([
    [{ cron: '99 * * * *' }, 'cron'],
    [{ cron: '0 0 31 2 *' }, 'cron'],
    [{ timeZone: 'Nowhere/None' }, 'timeZone'],
    [{ kind: 'audit.prune', settings: { olderThanDays: 1 } }, 'settings.olderThanDays'],
    [{ kind: 'audit.verify', settings: { odd: 1 } }, 'settings'],
    [{ kind: 'buckets.delete' }, 'kind'],
  ])('%j is refused for its %s', async (wanted, path) => {
    const answer = await api('POST', '/schedules', { name: nextName(), kind: 'audit.verify', cron: RARE, ...wanted });
    expect(answer).toMatchObject({ status: 400, body: { errors: [expect.objectContaining({ path })] } });
  });

  it('of one name are refused', async () => {
    const { name } = await find(await create());
    expect((await api('POST', '/schedules', { name, kind: 'audit.verify', cron: RARE })).status).toBe(409);
  });

  it('are made only by people who may do the same by hand', async () => {
    const operator = await addPerson(servers[0], token, { email: 'op@example.org', role: 'operator' });
    const as = await signIn(servers[0], operator.email);
    const prune = { name: nextName(), kind: 'audit.prune', settings: { olderThanDays: 30 }, cron: RARE };
    expect((await api('POST', '/schedules', prune, as)).status).toBe(403);
    const id = await create(prune);
    expect((await api('POST', `/schedules/${id}/run`, undefined, as)).status).toBe(403);
    expect((await api('PATCH', `/schedules/${id}`, { cron: '0 0 * * *' }, as)).status).toBe(403);
    expect((await api('PATCH', `/schedules/${id}`, { isPaused: true }, as)).status).toBe(200);
    const key = await api('POST', '/api-keys', { name: 'k', permissions: ['jobs:write', 'audit:read'] });
    expect((await api('POST', '/schedules', { name: nextName(), kind: 'audit.verify', cron: RARE }, key.body.secret)).status).toBe(403);
  });
});
