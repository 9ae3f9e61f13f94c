import type { IdempotencyStore } from '@supastor/core/idempotency/idempotency.port';
import { explainLoss, type Query, text, textOrNull } from './query.ts';

/** How often a claim looks again when the key was freed between two statements. */
const ATTEMPTS = 5;

/** Keys in `supastor.idempotency_keys`. @param lockClass First key of the advisory lock that each live process holds on its id. */
export function createIdempotencyStore(query: Query, lockClass: number): IdempotencyStore {
  const ask: Query = (sql, values) => query(sql, values).catch(explainLoss);
  return {
    async claim({ id, fingerprint, owner, ttlMs }) {
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        const claimed = await ask(
          `insert into supastor.idempotency_keys as k (id, fingerprint, owner, expires_at)
           values ($1, $2, $3, now() + $4::float8 * interval '1 millisecond')
           on conflict (id) do update set fingerprint = excluded.fingerprint, owner = excluded.owner, answer = null,
             expires_at = excluded.expires_at where k.expires_at <= now()
           returning id`,
          [id, fingerprint, owner, ttlMs],
        );
        if (claimed.rows.length > 0) return { state: 'claimed' };
        // A process whose lock can be had is gone; the lock is given back with the statement.
        const { rows } = await ask(
          `select fingerprint, answer, answer is null and pg_try_advisory_xact_lock($2, hashtext(owner)) as lost
           from supastor.idempotency_keys where id = $1`,
          [id, lockClass],
        );
        const [row] = rows;
        if (!row) continue;
        const answer = textOrNull(row, 'answer');
        if (answer !== null) return { state: 'kept', fingerprint: text(row, 'fingerprint'), answer };
        return { state: row['lost'] === true ? 'lost' : 'running', fingerprint: text(row, 'fingerprint') };
      }
      throw new Error('an idempotency key changed hands too often');
    },
    async keep(id, answer) {
      await ask('update supastor.idempotency_keys set answer = $2 where id = $1', [id, answer]);
    },
    async release(id) {
      await ask('delete from supastor.idempotency_keys where id = $1 and answer is null', [id]);
    },
    async sweep() {
      await ask('delete from supastor.idempotency_keys where expires_at <= now()');
    },
  };
}
