import { createAdminDatabase } from '@supastor/adapters/db/admin-database';
import { createStorageClient } from '@supastor/adapters/storage/storage-client';
import { createAuditSeal } from '@supastor/core/audit/audit-seal';
import { createAuditTrail } from '@supastor/core/audit/audit-trail';
import { Client } from 'pg';
import type { StackAccess } from '../../harness/stack.ts';
import { median } from '../table.ts';

const WRITERS = 16;
const WRITES = 400;
const ROUNDS = 5;
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** How much longer a write takes with its intent before and its outcome after, in a trail on the same Postgres; 0.1 is a tenth. */
export async function measureAuditShare(access: StackAccess, bucket: string): Promise<number> {
  const storage = createStorageClient({ url: access.STORAGE_URL, publicUrl: access.STORAGE_URL, serviceRoleKey: access.SERVICE_ROLE_KEY });
  const database = createAdminDatabase({ url: await createDatabase(access.DB_URL), processId: 'bench', onIdleError: () => {} });
  const seal = createAuditSeal('a secret of the benchmark only, 0123456789');
  const trail = createAuditTrail({ store: database.audit, seal, writer: 'bench', clock: { now: () => Date.now() }, logger: silent });
  const write = (index: number) =>
    storage.updateBucket(bucket, { public: index % 2 === 0, file_size_limit: null, allowed_mime_types: null }, AbortSignal.timeout(60_000));
  try {
    const shares: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const plain = await timeOf(write);
      const audited = await timeOf(async (index) => {
        const same = { auditId: `bench-${round}-${index}`, at: new Date().toISOString(), operation: 'buckets.update' };
        const who = { identity: { email: 'owner@example.org', sessionId: 'session', apiKeyId: null }, ip: '127.0.0.1', userAgent: 'bench' };
        const what = {
          effect: 'write' as const,
          resource: `bucket/${bucket}`,
          parameters: { bucket, public: true },
          requestId: `r-${index}`,
        };
        await trail.intent({ ...same, ...who, ...what }, { deferrable: false });
        await write(index);
        await trail.outcome({ ...same, outcome: 'done', code: null, durationMs: 3, change: { after: { public: true } } });
      });
      if (round > 0) shares.push(audited / plain - 1);
    }
    return median(shares);
  } finally {
    await database.close();
    storage.close();
  }
}

/** A database of its own: in that of the stack, admin-api would take this process for a dead one and close its entries. */
async function createDatabase(serverUrl: string): Promise<string> {
  const sql = new Client(serverUrl);
  await sql.connect();
  await sql.query('create database bench_audit');
  await sql.end();
  const url = new URL(serverUrl);
  url.pathname = '/bench_audit';
  return url.href;
}

async function timeOf(task: (index: number) => Promise<unknown>): Promise<number> {
  let next = 0;
  const work = async () => {
    while (next < WRITES) await task((next += 1));
  };
  const startMs = performance.now();
  await Promise.all(Array.from({ length: WRITERS }, work));
  return performance.now() - startMs;
}
