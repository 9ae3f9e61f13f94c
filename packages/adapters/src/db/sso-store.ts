import type { SsoStore } from '@supastor/core/access/sso.port';
import type { NewGrant } from '@supastor/core/access/user.port';
import { explainLoss, type Query, text, type Transact } from './query.ts';
import { scopeColumns } from './scope-columns.ts';
import { announceUser, guardOwners } from './user-changes.ts';

const INSERT_GRANT = `insert into supastor.grants (id, user_id, role, environment, bucket, prefix, granted_by)
  values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`;

/** Identities of providers in `supastor.sso_identities`; their roles are grants that the provider has given. */
export function createSsoStore(query: Query, transact: Transact): SsoStore {
  const ask = async (sql: string, values: readonly unknown[]) => (await query(sql, values).catch(explainLoss)).rows;
  const inTransaction = <T>(work: (run: Query) => Promise<T>) => transact(work).catch(explainLoss);
  return {
    async find({ issuer, subject }) {
      const [row] = await ask('select user_id from supastor.sso_identities where issuer = $1 and subject = $2', [issuer, subject]);
      return row ? text(row, 'user_id') : null;
    },
    link: (userId, provider, { issuer, subject }) =>
      inTransaction(async (run) => {
        await run(
          `insert into supastor.sso_identities (issuer, subject, provider, user_id) values ($1, $2, $3, $4)
           on conflict (issuer, subject) do nothing`,
          [issuer, subject, provider, userId],
        );
        await run(`update supastor.users set state = 'active' where id = $1 and state = 'invited'`, [userId]);
        // An invitation that is still on its way must not set a password later.
        await run(`delete from supastor.user_links where user_id = $1 and kind = 'invitation'`, [userId]);
        await announceUser(run, userId);
      }),
    syncGrants: (userId, source, grants) =>
      inTransaction(async (run) => {
        const wanted = grants.map(keyOf);
        const { rows } = await run(
          'select id, role, environment, bucket, prefix from supastor.grants where user_id = $1 and granted_by = $2',
          [userId, source],
        );
        for (const grant of grants) await run(INSERT_GRANT, [grant.id, userId, grant.role, ...scopeColumns(grant.scope), source]);
        await run('update supastor.grants set granted_at = now() where user_id = $1 and granted_by = $2', [userId, source]);
        const over = rows
          .filter((row) => !wanted.includes(JSON.stringify([row['role'], row['environment'], row['bucket'], row['prefix']])))
          .map((row) => text(row, 'id'));
        for (const id of over) {
          await guardOwners(run, userId, async () => {
            const { rows: gone } = await run('delete from supastor.grants where id = $1 returning id', [id]);
            return gone.length > 0;
          });
        }
        await announceUser(run, userId);
      }),
    async noteSession(sessionId, provider, expiresAtMs) {
      await ask(
        `with swept as (delete from supastor.sso_sessions where expires_at < now())
         insert into supastor.sso_sessions (session_id, provider, expires_at) values ($1, $2, to_timestamp($3::float8 / 1000))
         on conflict do nothing`,
        [sessionId, provider, expiresAtMs],
      );
    },
    async providerOf(sessionId) {
      const [row] = await ask('select provider from supastor.sso_sessions where session_id = $1', [sessionId]);
      return row ? text(row, 'provider') : null;
    },
  };
}

function keyOf({ role, scope }: NewGrant): string {
  return JSON.stringify([role, ...scopeColumns(scope)]);
}
