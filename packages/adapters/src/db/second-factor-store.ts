import type { SecondFactorStore } from '@supastor/core/access/second-factor.port';
import { explainLoss, type Query, text, type Transact } from './query.ts';
import { announceUser } from './user-changes.ts';

/** Second factors in `supastor.second_factors`, their recovery codes in `supastor.recovery_codes`. */
export function createSecondFactorStore(query: Query, transact: Transact): SecondFactorStore {
  const ask: Query = (sql, values) => query(sql, values).catch(explainLoss);
  const changes = async (sql: string, values: readonly unknown[]) => (await ask(sql, values)).rows.length > 0;
  const inTransaction = <T>(work: (run: Query) => Promise<T>) => transact(work).catch(explainLoss);

  return {
    async find(userId) {
      const { rows } = await ask(
        `select secret_sealed, extract(epoch from confirmed_at) * 1000 as confirmed_ms,
           (select count(*) from supastor.recovery_codes c where c.user_id = f.user_id and used_at is null) as codes_left
         from supastor.second_factors f where user_id = $1`,
        [userId],
      );
      const [row] = rows;
      if (!row) return null;
      const confirmedAtMs = row['confirmed_ms'] === null ? null : Number(row['confirmed_ms']);
      return { secretSealed: text(row, 'secret_sealed'), confirmedAtMs, codesLeft: Number(row['codes_left']) };
    },
    begin: (userId, secretSealed) =>
      changes(
        `insert into supastor.second_factors (user_id, secret_sealed) values ($1, $2)
         on conflict (user_id) do update set secret_sealed = excluded.secret_sealed where second_factors.confirmed_at is null
         returning user_id`,
        [userId, secretSealed],
      ),
    confirm: (userId, { secretSealed, step, codeHashes }) =>
      inTransaction(async (run) => {
        const { rows } = await run(
          `update supastor.second_factors set confirmed_at = now(), last_step = $3
           where user_id = $1 and secret_sealed = $2 and confirmed_at is null returning user_id`,
          [userId, secretSealed, step],
        );
        if (rows.length === 0) return false;
        await putCodes(run, userId, codeHashes);
        await announceUser(run, userId);
        return true;
      }),
    useStep: (userId, step) =>
      changes(
        `update supastor.second_factors set last_step = $2
         where user_id = $1 and confirmed_at is not null and last_step < $2 returning user_id`,
        [userId, step],
      ),
    useCode: (userId, codeHash) =>
      changes(
        `update supastor.recovery_codes set used_at = now() where user_id = $1 and code_hash = $2 and used_at is null returning user_id`,
        [userId, codeHash],
      ),
    replaceCodes: (userId, codeHashes) =>
      inTransaction(async (run) => {
        const { rows } = await run('select from supastor.second_factors where user_id = $1 and confirmed_at is not null for update', [
          userId,
        ]);
        if (rows.length === 0) return false;
        await putCodes(run, userId, codeHashes);
        return true;
      }),
    remove: (userId) =>
      inTransaction(async (run) => {
        const { rows } = await run(
          'delete from supastor.second_factors where user_id = $1 and confirmed_at is not null returning user_id',
          [userId],
        );
        if (rows.length > 0) await announceUser(run, userId);
        return rows.length > 0;
      }),
  };
}

async function putCodes(run: Query, userId: string, codeHashes: readonly string[]): Promise<void> {
  await run('delete from supastor.recovery_codes where user_id = $1', [userId]);
  await run('insert into supastor.recovery_codes (user_id, code_hash) select $1, unnest($2::text[])', [userId, codeHashes]);
}
