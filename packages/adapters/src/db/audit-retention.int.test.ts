import { createAuditLog } from '@supastor/core/audit/audit-log';
import { createAuditSeal } from '@supastor/core/audit/audit-seal';
import type { AuditIntent } from '@supastor/core/audit/audit-sink.port';
import { createAuditTrail } from '@supastor/core/audit/audit-trail';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createAdminDatabase } from './admin-database.ts';

const DAY_MS = 86_400_000;
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const signal = AbortSignal.timeout(600_000);

let postgres: TempPostgres;
let count = 0;
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  postgres = await startTempPostgres();
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});
afterAll(() => postgres.stop());

function open(url: string, secret = 'retention-secret-of-these-tests-0123456789') {
  const database = createAdminDatabase({ url, onIdleError: () => {} });
  ends.push(() => database.close());
  const seal = createAuditSeal(secret);
  const clock = { now: () => Date.now() };
  const trail = createAuditTrail({ store: database.audit, seal, writer: 'writer', clock, logger: silent });
  const log = createAuditLog({ store: database.audit, trail, seal, clock });
  return { database, trail, log, verify: () => log.verify(null, signal) };
}

/** The trail of a role that is no superuser, as services sign in. */
async function openAsService() {
  count += 1;
  const name = `retention_${count}`;
  const admin = await connect(await postgres.createDatabase(name));
  await admin.query(`create role ${name} login createrole; grant create on database ${name} to ${name}`);
  const url = new URL(postgres.url);
  [url.username, url.pathname] = [name, `/${name}`];
  return { admin, url: url.href, ...open(url.href) };
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  ends.unshift(() => client.end());
  return client;
}

type Trail = ReturnType<typeof open>['trail'];

/** Operations that were made so many days ago, two rows each, and the checkpoint after them. */
async function write(trail: Trail, prefix: string, operations: number, daysAgo: number): Promise<void> {
  const at = new Date(Date.now() - daysAgo * DAY_MS).toISOString();
  for (let index = 0; index < operations; index += 1) {
    const auditId = `${prefix}-${index}`;
    await trail.intent({ ...INTENT, auditId, at }, { deferrable: false });
    await trail.outcome({ auditId, at, operation: INTENT.operation, outcome: 'done', code: null, durationMs: 1, change: {} });
  }
  await trail.checkpoint();
}

const INTENT: Omit<AuditIntent, 'auditId' | 'at'> = {
  operation: 'buckets.create',
  effect: 'write',
  identity: { email: 'a@example.org', sessionId: 's', apiKeyId: null },
  resource: 'bucket/photos',
  parameters: {},
  requestId: 'r',
  ip: '127.0.0.1',
  userAgent: null,
};

async function firstEntry({ log }: ReturnType<typeof open>): Promise<string | undefined> {
  for await (const entry of log.read({}, signal)) return entry.id;
  return undefined;
}

it('removes what is old enough, up to a checkpoint, and the rest still verifies', async () => {
  const service = await openAsService();
  await write(service.trail, 'ancient', 5, 400);
  await write(service.trail, 'old', 5, 100);
  await write(service.trail, 'young', 5, 1);
  expect(await service.log.prune(200 * DAY_MS, signal)).toEqual({ removed: 10, through: 10 });
  expect(await service.log.prune(31 * DAY_MS, signal)).toEqual({ removed: 10, through: 20 });
  expect(await service.log.prune(31 * DAY_MS, signal)).toEqual({ removed: 0, through: 20 });
  expect(await firstEntry(service)).toBe('young-0');

  await write(service.trail, 'new', 3, 0);
  const report = await service.verify();
  expect(report).toMatchObject({ rows: 16, firstBad: null, removed: { through: 20 } });
  expect(report.head?.seq).toBe(36);
  // Another process that starts now sees the same.
  expect(await open(service.url).verify()).toMatchObject({ rows: 16, firstBad: null });
  await expect(service.log.verify({ seq: 3, hash: '0'.repeat(64) }, signal)).rejects.toMatchObject({ code: 'SJ_INPUT_INVALID' });
});

it('keeps the last row, however old, so that the chain goes on from it', async () => {
  const service = await openAsService();
  await write(service.trail, 'a', 2, 400);
  expect(await service.log.prune(31 * DAY_MS, signal)).toEqual({ removed: 0, through: null });
  await write(service.trail, 'b', 1, 0);
  expect(await service.log.prune(31 * DAY_MS, signal)).toEqual({ removed: 4, through: 4 });
  expect(await service.verify()).toMatchObject({ rows: 2, firstBad: null });
});

it('does not let the role of the service remove anything else', async () => {
  const service = await openAsService();
  await write(service.trail, 'young', 2, 10);
  await write(service.trail, 'new', 1, 0);
  const attacker = await connect(service.url);
  const { rows } = await service.admin.query('select n, seq, hash from supastor.audit_checkpoints where n = 1');
  const cut = { n: 1, seq: rows[0].seq, hash: rows[0].hash, at: 'x', checkpoint: 1, previous: '', signature: 'x', key_id: 'x' };
  await expect(attacker.query('select supastor.audit_prune($1)', [JSON.stringify(cut)])).rejects.toThrow(/cannot be removed/);
  await expect(attacker.query('delete from supastor.audit_log')).rejects.toThrow(/permission denied/);
  await expect(attacker.query('delete from supastor.audit_checkpoints')).rejects.toThrow(/permission denied/);
  await expect(attacker.query(`insert into supastor.audit_cuts values (1, 2, 'x', 'x', 1, '', 'x', 'x')`)).rejects.toThrow(
    /permission denied/,
  );
  // Not even a superuser deletes by accident.
  await expect(service.admin.query('delete from supastor.audit_log where seq = 1')).rejects.toThrow(/can only grow/);
  await expect(service.admin.query('delete from supastor.audit_checkpoints where n = 1')).rejects.toThrow(/can only grow/);
  await expect(service.admin.query('truncate supastor.audit_log')).rejects.toThrow(/can only grow/);
  expect(await service.verify()).toMatchObject({ rows: 6, firstBad: null });
});

it('two servers remove each row once', async () => {
  const service = await openAsService();
  const other = open(service.url);
  await write(service.trail, 'old', 20, 100);
  await write(service.trail, 'new', 1, 0);
  const reports = await Promise.all([service.log.prune(31 * DAY_MS, signal), other.log.prune(31 * DAY_MS, signal)]);
  expect(reports.map(({ removed }) => removed).toSorted((a, b) => a - b)).toEqual([0, 40]);
  expect(await service.verify()).toMatchObject({ rows: 2, firstBad: null });
});

it('leaves a trail alone that somebody has tampered with', async () => {
  const service = await openAsService();
  await write(service.trail, 'old', 3, 100);
  await write(service.trail, 'new', 1, 0);
  await service.admin.query(
    `set session_replication_role = replica; update supastor.audit_log set entry = replace(entry, 'photos', 'other') where seq = 3`,
  );
  await expect(service.log.prune(31 * DAY_MS, signal)).rejects.toMatchObject({ code: 'SJ_CONFLICT' });
  expect(await service.verify()).toMatchObject({ firstBad: { seq: 3, problem: 'changed' } });
});

it.each([
  ['a cut that is taken away', 'delete from supastor.audit_cuts', { seq: 1, problem: 'deleted' }],
  ['a cut that claims more', 'update supastor.audit_cuts set seq = 8', { problem: 'checkpoint' }],
  ['a cut of another key', `update supastor.audit_cuts set key_id = 'other'`, { problem: 'checkpoint' }],
  ['rows that go beyond the cut', 'delete from supastor.audit_log where seq < 9', { seq: 7, problem: 'deleted' }],
  ['the checkpoint that the cut ends at', 'delete from supastor.audit_checkpoints where n = 1', { problem: 'checkpoint' }],
])('verification finds %s', async (_, sql, problem) => {
  const service = await openAsService();
  await write(service.trail, 'old', 3, 100);
  await write(service.trail, 'new', 3, 0);
  expect(await service.log.prune(31 * DAY_MS, signal)).toMatchObject({ removed: 6 });
  await service.admin.query(`set session_replication_role = replica; ${sql}`);
  expect((await service.verify()).firstBad).toMatchObject(problem);
});

it('a new session secret does not make old cuts look forged while rows of the old one are left', async () => {
  const service = await openAsService();
  await write(service.trail, 'old', 3, 100);
  await write(service.trail, 'mid', 2, 10);
  expect(await service.log.prune(31 * DAY_MS, signal)).toMatchObject({ removed: 6 });
  const renewed = open(service.url, 'another-secret-of-these-tests-0123456789');
  await write(renewed.trail, 'new', 1, 0);
  expect(await renewed.verify()).toMatchObject({ rows: 6, rowsUnderOtherKeys: 4, firstBad: null });
});
