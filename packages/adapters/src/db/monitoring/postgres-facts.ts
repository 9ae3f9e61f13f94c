import type { SeriesName } from '@supastor/contract/wire/metrics';
import type { Reading } from '@supastor/core/monitoring/reading';
import type { Query } from '../query.ts';

/** What one look at Postgres says. */
export type ReadPostgresFacts = (nowMs: number) => Promise<Reading>;

const SERVER = `select
  pg_database_size(current_database())::float8 as "postgres.size",
  (select count(*) from pg_stat_activity where backend_type = 'client backend')::float8 as "postgres.connections",
  current_setting('max_connections')::float8 as "postgres.maxConnections",
  (select coalesce(max(extract(epoch from clock_timestamp() - xact_start)), 0) from pg_stat_activity
    where xact_start is not null and backend_type = 'client backend' and pid <> pg_backend_pid())::float8 as "postgres.oldestTransaction",
  (select max(extract(epoch from replay_lag)) from pg_stat_replication)::float8 as "postgres.replicationLag",
  (select xact_commit + xact_rollback from pg_stat_database where datname = current_database())::float8 as transactions,
  extract(epoch from pg_postmaster_start_time())::float8 * 1000 as started_ms`;

/** Present only beside our own storage server; each is asked when its table is there. */
const STORAGE: readonly { readonly series: SeriesName; readonly table: string; readonly sql: string; readonly isSlow?: true }[] = [
  { series: 'collector.backlog', table: 'storage.retired_blobs', sql: 'select count(*) from storage.retired_blobs' },
  {
    series: 'webhooks.pending',
    table: 'storage.webhook_deliveries',
    sql: `select count(*) from storage.webhook_deliveries where state = 'pending'`,
  },
  {
    series: 'webhooks.dead',
    table: 'storage.webhook_deliveries',
    sql: `select count(*) from storage.webhook_deliveries where state = 'dead'`,
  },
  { series: 'damage.open', table: 'storage.damaged_blobs', sql: 'select count(*) from storage.damaged_blobs' },
  { series: 'storage.objects', table: 'storage.objects', sql: 'select count(*) from storage.objects', isSlow: true },
  {
    series: 'storage.bytes',
    table: 'storage.objects',
    sql: `select coalesce(sum((metadata ->> 'size')::bigint), 0) from storage.objects`,
    isSlow: true,
  },
];

/** What goes through all objects is asked this often. */
const SLOW_MS = 300_000;

/**
 * @param query Runs on the database that has the schema `storage`.
 * @returns Facts about the server and about what storage keeps in it. Counts of all objects are up to five minutes old.
 */
export function createPostgresFacts(query: Query): ReadPostgresFacts {
  let slowAtMs = Number.NEGATIVE_INFINITY;
  const slow = new Map<SeriesName, number>();
  return async (nowMs) => {
    const { rows } = await query(SERVER);
    const row = rows[0] ?? {};
    const levels: { [S in SeriesName]?: number } = {};
    for (const name of SERVER_LEVELS) if (typeof row[name] === 'number') levels[name] = row[name];
    const isSlowDue = nowMs - slowAtMs >= SLOW_MS;
    if (isSlowDue) slowAtMs = nowMs;
    for (const { series, table, sql, isSlow } of STORAGE) {
      if (isSlow && !isSlowDue) continue;
      const value = await countOf(query, table, sql);
      if (value === null) continue;
      if (isSlow) slow.set(series, value);
      else levels[series] = value;
    }
    for (const [series, value] of slow) levels[series] = value;
    const counts = { 'postgres.transactions': Number(row['transactions']) };
    return { atMs: nowMs, startedAtMs: Number(row['started_ms']), counts, levels, latencies: [] };
  };
}

const SERVER_LEVELS = [
  'postgres.size',
  'postgres.connections',
  'postgres.maxConnections',
  'postgres.oldestTransaction',
  'postgres.replicationLag',
] as const;

async function countOf(query: Query, table: string, sql: string): Promise<number | null> {
  const { rows } = await query('select to_regclass($1) is not null as there', [table]);
  if (rows[0]?.['there'] !== true) return null;
  const counted = await query(`select (${sql})::float8 as value`).catch(() => null);
  const value = counted?.rows[0]?.['value'];
  return typeof value === 'number' ? value : null;
}
