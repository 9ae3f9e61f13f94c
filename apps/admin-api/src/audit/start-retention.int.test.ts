import { createAdminDatabase } from '@supastor/adapters/db/admin-database';
import { createAuditLog } from '@supastor/core/audit/audit-log';
import { createAuditSeal } from '@supastor/core/audit/audit-seal';
import { createAuditTrail } from '@supastor/core/audit/audit-trail';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startRetention } from './start-retention.ts';

const DAY_MS = 86_400_000;
const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

let postgres: TempPostgres;
beforeAll(async () => {
  postgres = await startTempPostgres();
});
afterAll(() => postgres.stop());

it('removes what has grown old, and records that', async () => {
  const database = createAdminDatabase({ url: postgres.url, onIdleError: () => {} });
  const clock = { now: () => Date.now() };
  const seal = createAuditSeal('retention-secret-of-these-tests-0123456789');
  const trail = createAuditTrail({ store: database.audit, seal, writer: 'writer', clock, logger });
  const log = createAuditLog({ store: database.audit, trail, seal, clock });
  const at = new Date(Date.now() - 50 * DAY_MS).toISOString();
  const change = { operation: 'buckets.create', effect: 'write', parameters: {}, identity: null, resource: null } as const;
  const entry = { ...change, auditId: 'old', at, requestId: 'r', ip: '', userAgent: null };
  await trail.intent(entry, { deferrable: false });
  await trail.outcome({ auditId: 'old', at, operation: 'buckets.create', outcome: 'done', code: null, durationMs: 1, change: {} });
  await trail.checkpoint();
  await trail.intent({ ...entry, auditId: 'new', at: new Date().toISOString() }, { deferrable: false });

  const retention = startRetention({ log, trail, days: 40, clock, ids: { next: randomUUID }, logger, everyMs: 50 });
  const find = async () => (await log.list({ operation: 'audit.prune' }, { cursor: null, limit: 10 })).entries;
  await expect.poll(find, { timeout: 20_000 }).toMatchObject([{ outcome: 'done', after: { removed: 2, through: 2 }, identity: null }]);
  await retention.stop();
  expect(await find()).toHaveLength(1);
  expect((await log.verify(null, AbortSignal.timeout(60_000))).firstBad).toBeNull();
  await database.close();
});
