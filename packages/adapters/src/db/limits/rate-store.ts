import type { RateStore } from '@supastor/core/limits/rate.port';
import { explainLoss, type Query } from '../query.ts';

/** Counts in `supastor.rate_windows`. */
export function createRateStore(query: Query): RateStore {
  return {
    async add(hits) {
      // In one order everywhere, so that two servers wait for each other and never lock up.
      const sorted = hits.toSorted((a, b) => (a.key < b.key ? -1 : 1));
      const { rows } = await query(
        `insert into supastor.rate_windows as w (key, window_no, hits)
         select * from unnest($1::text[], $2::bigint[], $3::int[])
         on conflict (key, window_no) do update set hits = w.hits + excluded.hits
         returning key, window_no, hits`,
        [sorted.map(({ key }) => key), sorted.map(({ window }) => window), sorted.map(({ count }) => count)],
      ).catch(explainLoss);
      const totals = new Map(rows.map((row) => [`${String(row['window_no'])} ${String(row['key'])}`, Number(row['hits'])]));
      return hits.map(({ key, window, count }) => totals.get(`${window} ${key}`) ?? count);
    },
    async sweep(beforeWindow) {
      await query('delete from supastor.rate_windows where window_no < $1', [beforeWindow]).catch(explainLoss);
    },
  };
}
