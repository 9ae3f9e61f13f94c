import { createAdminDatabase } from '@supastor/adapters/db/admin-database';
import { createAuditLog } from '@supastor/core/audit/audit-log';
import { createAuditSeal } from '@supastor/core/audit/audit-seal';
import { createAuditTrail } from '@supastor/core/audit/audit-trail';
import { startTempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { median, type Table } from './table.ts';

const OPERATIONS = 50_000;
const WRITERS = 400;
const ROUNDS = 3;
const MAX_VERIFY_MS = 2000;
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Fills the trail with two rows per operation, as concurrent callers do, then verifies all of it. */
export async function benchAudit(): Promise<Table> {
  const postgres = await startTempPostgres({ fsync: true });
  const database = createAdminDatabase({ url: postgres.url, processId: 'bench', onIdleError: () => {} });
  try {
    const clock = { now: () => Date.now() };
    const seal = createAuditSeal('a secret of the benchmark only, 0123456789');
    const trail = createAuditTrail({ store: database.audit, seal, writer: 'bench', clock, logger: silent });
    const log = createAuditLog({ store: database.audit, trail, seal, clock });
    const fillStart = performance.now();
    let next = 0;
    const work = async () => {
      while (next < OPERATIONS) await record(trail, (next += 1));
    };
    await Promise.all(Array.from({ length: WRITERS }, work));
    await trail.checkpoint();
    const fillMs = performance.now() - fillStart;
    const times: number[] = [];
    let rows = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const start = performance.now();
      const report = await log.verify(null, AbortSignal.timeout(60_000));
      times.push(performance.now() - start);
      if (report.firstBad) throw new Error(`the trail does not verify: ${report.firstBad.detail}`);
      rows = report.rows;
    }
    return {
      title: 'Audit trail',
      rows: [
        { what: `write ${rows.toLocaleString('en')} rows, ${WRITERS} callers`, value: `${Math.round(fillMs)} ms` },
        {
          what: `verify ${rows.toLocaleString('en')} rows, median of ${ROUNDS}`,
          value: `${Math.round(median(times))} ms`,
          target: `under ${MAX_VERIFY_MS} ms`,
          met: median(times) < MAX_VERIFY_MS,
        },
      ],
    };
  } finally {
    await database.close();
    await postgres.stop();
  }
}

async function record(trail: ReturnType<typeof createAuditTrail>, index: number): Promise<void> {
  const same = { auditId: `bench-${index}`, at: new Date().toISOString(), operation: 'buckets.update' };
  await trail.intent(
    {
      ...same,
      effect: 'write',
      identity: { email: 'owner@example.org', sessionId: 'session', apiKeyId: null },
      resource: `bucket/bucket-${index}`,
      parameters: { bucket: `bucket-${index}`, public: true },
      requestId: `request-${index}`,
      ip: '127.0.0.1',
      userAgent: 'bench',
    },
    { deferrable: false },
  );
  await trail.outcome({ ...same, outcome: 'done', code: null, durationMs: 3, change: { after: { public: true } } });
}
