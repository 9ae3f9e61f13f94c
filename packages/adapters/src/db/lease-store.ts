import type { LeaseStore } from '@supastor/core/locks/lease.port';
import { explainLoss, type Query } from './query.ts';

/** Locks in `supastor.leases`; the clock is Postgres's. */
export function createLeaseStore(query: Query): LeaseStore {
  const ask: Query = (sql, values) => query(sql, values).catch(explainLoss);
  return {
    async acquire(name, owner, ttlMs) {
      const { rows } = await ask(
        `insert into supastor.leases as l (name, owner, expires_at) values ($1, $2, now() + $3::float8 * interval '1 millisecond')
         on conflict (name) do update set owner = excluded.owner, expires_at = excluded.expires_at
         where l.owner = excluded.owner or l.expires_at <= now()
         returning name`,
        [name, owner, ttlMs],
      );
      return rows.length > 0;
    },
    async release(name, owner) {
      await ask('delete from supastor.leases where name = $1 and owner = $2', [name, owner]);
    },
  };
}
