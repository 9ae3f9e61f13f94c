import type { Gauge } from '@supastor/core/monitoring/render-exposition';
import { type Query, text } from '../query.ts';

/** Figures of the business for Prometheus. */
export type ReadBusinessFacts = (nowMs: number) => Promise<readonly Gauge[]>;

const BUCKETS = `select bucket_id, count(*)::float8 as objects, coalesce(sum((metadata ->> 'size')::bigint), 0)::float8 as bytes
  from storage.objects group by bucket_id order by bucket_id limit 1000`;
const JOBS = 'select state, count(*)::float8 as jobs from supastor.jobs group by state';
const AUDIT = 'select coalesce(max(seq), 0)::float8 as entries from supastor.audit_log';
const ALERTS = `select rule, severity, count(*)::float8 as alerts from supastor.alerts where state = 'firing' group by rule, severity`;

/** Going through all objects is not done more often than this. */
const SLOW_MS = 300_000;

/** @param query Runs on a database whose schema `supastor` is up to date. */
export function createBusinessFacts(query: Query): ReadBusinessFacts {
  let buckets: { readonly atMs: number; readonly gauges: readonly Gauge[] } | null = null;

  const rowsOf = async (sql: string) => (await query(sql).catch(() => ({ rows: [] }))).rows;

  async function readBuckets(nowMs: number): Promise<readonly Gauge[]> {
    if (buckets && nowMs - buckets.atMs < SLOW_MS) return buckets.gauges;
    const rows = await rowsOf(BUCKETS);
    const samples = (column: string) => rows.map((row) => ({ labels: { bucket: text(row, 'bucket_id') }, value: Number(row[column]) }));
    const gauges = [
      { name: 'supastor_bucket_objects', help: 'Objects of a bucket.', samples: samples('objects') },
      { name: 'supastor_bucket_bytes', help: 'Bytes of the objects of a bucket.', samples: samples('bytes') },
    ];
    buckets = { atMs: nowMs, gauges };
    return gauges;
  }

  return async (nowMs) => {
    const [counted, jobs, audit, alerts] = await Promise.all([readBuckets(nowMs), rowsOf(JOBS), rowsOf(AUDIT), rowsOf(ALERTS)]);
    return [
      ...counted,
      {
        name: 'supastor_jobs',
        help: 'Jobs by state.',
        samples: jobs.map((row) => ({ labels: { state: text(row, 'state') }, value: Number(row['jobs']) })),
      },
      {
        name: 'supastor_audit_rows',
        help: 'Rows of the audit trail so far.',
        samples: audit.map((row) => ({ labels: {}, value: Number(row['entries']) })),
      },
      {
        name: 'supastor_alerts_firing',
        help: 'Alerts that fire, by rule.',
        samples: alerts.map((row) => ({
          labels: { rule: text(row, 'rule'), severity: text(row, 'severity') },
          value: Number(row['alerts']),
        })),
      },
    ];
  };
}
