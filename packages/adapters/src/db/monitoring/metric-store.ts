import type { Frame, Points } from '@supastor/core/monitoring/frame';
import type { MetricStore, WatchedInstance } from '@supastor/core/monitoring/metric-store.port';
import type { Reading } from '@supastor/core/monitoring/reading';
import { explainLoss, type Query, text, textOrNull } from '../query.ts';

type Row = Readonly<Record<string, unknown>>;

/** Instances that were not asked for this long are removed. */
const FORGET = `interval '1 day'`;

/** Frames in `supastor.metric_frames`, instances in `supastor.metric_instances`. */
export function createMetricStore(query: Query): MetricStore {
  const ask: Query = (sql, values) => query(sql, values).catch(explainLoss);
  return {
    async write(stepSeconds, frames) {
      await ask(
        `insert into supastor.metric_frames (step_seconds, at, instance, points)
         select $1, to_timestamp(at_ms / 1000), instance, points
         from unnest($2::float8[], $3::text[], $4::jsonb[]) as f (at_ms, instance, points)
         on conflict (step_seconds, at, instance) do update set points = excluded.points`,
        [
          stepSeconds,
          frames.map(({ atMs }) => atMs),
          frames.map(({ instance }) => instance),
          frames.map(({ points }) => JSON.stringify(points)),
        ],
      );
    },
    async read(stepSeconds, fromMs, toMs) {
      const { rows } = await ask(
        `select extract(epoch from at)::float8 * 1000 as at_ms, instance, points from supastor.metric_frames
         where step_seconds = $1 and at >= to_timestamp($2::float8 / 1000) and at < to_timestamp($3::float8 / 1000) order by at, instance`,
        [stepSeconds, fromMs, toMs],
      );
      return rows.map((row): Frame => ({ atMs: Number(row['at_ms']), instance: text(row, 'instance'), points: pointsOf(row) }));
    },
    async newest(stepSeconds) {
      const sql = 'select extract(epoch from max(at))::float8 * 1000 as at_ms from supastor.metric_frames where step_seconds = $1';
      const at = (await ask(sql, [stepSeconds])).rows[0]?.['at_ms'];
      return typeof at === 'number' ? at : null;
    },
    async prune(stepSeconds, beforeMs) {
      const sql = 'delete from supastor.metric_frames where step_seconds = $1 and at < to_timestamp($2::float8 / 1000)';
      await ask(sql, [stepSeconds, beforeMs]);
      await ask(`delete from supastor.metric_instances where at < now() - ${FORGET}`);
    },
    async instances(sinceMs) {
      const { rows } = await ask(
        `select instance, job, up, at, error, reading from supastor.metric_instances
         where at >= to_timestamp($1::float8 / 1000) order by job, instance`,
        [sinceMs],
      );
      return rows.map(toInstance);
    },
    async forget(instance) {
      await ask('delete from supastor.metric_instances where instance = $1', [instance]);
    },
    async note(instances) {
      await ask(
        `insert into supastor.metric_instances (instance, job, up, at, error, reading)
         select * from jsonb_to_recordset($1::jsonb) as i (instance text, job text, up boolean, at timestamptz, error text, reading jsonb)
         on conflict (instance) do update
           set job = excluded.job, up = excluded.up, at = excluded.at, error = excluded.error, reading = excluded.reading`,
        [JSON.stringify(instances)],
      );
    },
  };
}

function toInstance(row: Row): WatchedInstance {
  return {
    instance: text(row, 'instance'),
    job: text(row, 'job'),
    up: row['up'] === true,
    at: row['at'] instanceof Date ? row['at'].toISOString() : text(row, 'at'),
    error: textOrNull(row, 'error'),
    reading: readingOf(row),
  };
}

/** Only this store writes these columns. */
function pointsOf(row: Row): Points {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by `write` above
  return row['points'] as Points;
}

function readingOf(row: Row): Reading | null {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by `note` above
  return row['reading'] as Reading | null;
}
