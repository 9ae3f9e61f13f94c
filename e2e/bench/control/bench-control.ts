import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type StackAccess, startStack } from '../../harness/stack.ts';
import { LoadGenerator } from '../load/load-generator.ts';
import type { LoadResult } from '../load/load-worker.ts';
import type { ScenarioName } from '../load/scenarios.ts';
import { median, type Row, type Table } from '../table.ts';
import { measureAuditShare } from './audit-share.ts';
import type { BareFastifyOrder } from './bare-fastify.ts';
import { microsecondsToAuthorise } from './authorise.ts';
import { signIn } from './sign-in.ts';

const BUCKETS = 10;
const ROUNDS = 3;
const ROUND_MS = 2000;
const CONCURRENCIES = [1, 16, 64] as const;
const MIN_SHARE = 0.5;
const MAX_TAIL = 3;
const MAX_AUTHORISE_US = 10;
const MAX_AUDIT_SHARE = 0.25;

/** The control plane beside a bare server that asks Postgres once, and what permission and audit cost. */
export async function benchControl(): Promise<Table> {
  const unlimited = { SUPASTOR_ADMIN_LIMIT_IDENTITY: '0', SUPASTOR_ADMIN_LIMIT_ADDRESS: '0' };
  const stack = await startStack({ env: unlimited });
  const generator = new LoadGenerator();
  const bare = fork(join(import.meta.dirname, 'bare-fastify.ts'), [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  try {
    const access = await stack.access();
    for (let index = 0; index < BUCKETS; index += 1) await createBucket(access, `bench-${index}`);
    const order: BareFastifyOrder = { databaseUrl: access.DB_URL };
    const ready = once(bare, 'message');
    bare.send(order);
    const [bareBase]: unknown[] = await ready;
    const admin = { base: access.ADMIN_URL, token: await signIn(access), bucket: '' };
    const yardstick = { base: String(bareBase), token: '', bucket: '' };
    const measure = (scenario: ScenarioName, target: typeof admin, concurrency: number) =>
      generator.run({ scenario, target, concurrency, warmupMs: 300, durationMs: ROUND_MS, size: 0, label: 'control' });
    const rows: Row[] = [];
    for (const concurrency of CONCURRENCIES) {
      const ours: LoadResult[] = [];
      const bares: LoadResult[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        ours.push(await measure('admin buckets', admin, concurrency));
        bares.push(await measure('bare buckets', yardstick, concurrency));
      }
      rows.push(...compare(concurrency, ours, bares));
    }
    const authoriseUs = microsecondsToAuthorise();
    rows.push({
      what: 'check of a permission in a scope',
      value: `${authoriseUs.toFixed(2)} µs`,
      target: `under ${MAX_AUTHORISE_US} µs`,
      met: authoriseUs < MAX_AUTHORISE_US,
    });
    const share = await measureAuditShare(access, 'bench-0');
    rows.push({
      what: 'audit on top of a changed bucket',
      value: `${(share * 100).toFixed(0)} %`,
      target: `under ${MAX_AUDIT_SHARE * 100} %`,
      met: share < MAX_AUDIT_SHARE,
    });
    return { title: 'Control plane', rows };
  } finally {
    generator.stop();
    bare.kill();
    await stack.destroy();
  }
}

function compare(concurrency: number, ours: readonly LoadResult[], bares: readonly LoadResult[]): Row[] {
  const failed = [...ours, ...bares].find(({ errors }) => errors > 0);
  if (failed) throw new Error(`requests failed: ${failed.firstError ?? ''}`);
  const rate = median(ours.map(({ perSecond }) => perSecond));
  const share = rate / median(bares.map(({ perSecond }) => perSecond));
  const tail = median(ours.map(({ p50Ms, p99Ms }) => p99Ms / p50Ms));
  return [
    {
      what: `GET /api/v1/buckets c=${concurrency}: ${Math.round(rate)}/s, share of bare`,
      value: share.toFixed(2),
      target: `at least ${MIN_SHARE}`,
      met: share >= MIN_SHARE,
    },
    ...(concurrency === CONCURRENCIES.at(-1)
      ? [{ what: `  p99 / p50 at c=${concurrency}`, value: tail.toFixed(1), target: `under ${MAX_TAIL}`, met: tail < MAX_TAIL }]
      : []),
  ];
}

async function createBucket({ STORAGE_URL, SERVICE_ROLE_KEY }: StackAccess, name: string): Promise<void> {
  const headers = { authorization: `Bearer ${SERVICE_ROLE_KEY}`, 'content-type': 'application/json' };
  const response = await fetch(`${STORAGE_URL}/bucket`, { method: 'POST', headers, body: JSON.stringify({ name }) });
  if (!response.ok) throw new Error(`the bucket was not made: ${response.status}`);
}
