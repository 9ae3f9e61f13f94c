import { LOCK_SECONDS, type LoginThrottle, MAX_FAILURES } from '@supastor/core/access/login-throttle';
import { explainLoss, type Query, type Transact } from './query.ts';

/** Failed sign-ins in `supastor.login_failures`, counted for all servers together. */
export function createSharedThrottle(query: Query, transact: Transact): LoginThrottle {
  const recent = `last_at > now() - interval '${LOCK_SECONDS} seconds'`;
  return {
    attempt: (keys) =>
      transact(async (run) => {
        // In one order everywhere, so that two attempts wait for each other and never lock up.
        for (const key of keys.toSorted()) {
          await run(`insert into supastor.login_failures (key, failures, last_at) values ($1, 0, now()) on conflict do nothing`, [key]);
        }
        const { rows } = await run(
          `select extract(epoch from last_at + interval '${LOCK_SECONDS} seconds' - now()) as seconds,
             failures >= ${MAX_FAILURES} and ${recent} as locked
           from supastor.login_failures where key = any($1) order by key for update`,
          [keys],
        );
        const locked = rows.filter((row) => row['locked'] === true);
        if (locked.length === 0) {
          await run(
            `update supastor.login_failures set failures = case when ${recent} then failures else 0 end + 1, last_at = now() where key = any($1)`,
            [keys],
          );
        }
        return Math.max(0, ...locked.map((row) => Math.max(1, Math.ceil(Number(row['seconds'])))));
      }).catch(explainLoss),
    async undo(keys) {
      await query('update supastor.login_failures set failures = greatest(0, failures - 1) where key = any($1)', [keys]).catch(explainLoss);
    },
    async succeed(keys) {
      await query(`delete from supastor.login_failures where key = any($1) or not (${recent})`, [keys]).catch(explainLoss);
    },
  };
}
