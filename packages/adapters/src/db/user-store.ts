import type { GuardedChange, NewGrant, StoredGrant, StoredUser, UserStore } from '@supastor/core/access/user.port';
import { codeOf, explainLoss, type Query, text, type Transact } from './query.ts';
import { scopeColumns, toScope } from './scope-columns.ts';
import { announceUser, guardOwners } from './user-changes.ts';

type Row = Readonly<Record<string, unknown>>;

const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';

const SELECT = `select u.id, u.email, u.name, u.state, u.break_glass, u.created_by,
  exists (select from supastor.second_factors f where f.user_id = u.id and f.confirmed_at is not null) as second_factor,
  extract(epoch from u.created_at) * 1000 as created_ms, extract(epoch from u.last_login_at) * 1000 as login_ms,
  coalesce((select json_agg(json_build_object('id', g.id, 'role', g.role, 'environment', g.environment, 'bucket', g.bucket,
      'prefix', g.prefix, 'grantedBy', g.granted_by, 'grantedAtMs', extract(epoch from g.granted_at) * 1000,
      'permissions', r.permissions) order by g.granted_at, g.id)
    from supastor.grants g left join supastor.roles r on r.name = g.role where g.user_id = u.id), '[]') as grants
  from supastor.users u`;
const INSERT_GRANT = `insert into supastor.grants (id, user_id, role, environment, bucket, prefix, granted_by) values ($1, $2, $3, $4, $5, $6, $7)`;

/** Users in `supastor.users`, each change announced to the other servers. */
export function createUserStore(query: Query, transact: Transact): UserStore {
  const ask: Query = (sql, values) => query(sql, values).catch(explainLoss);
  const change = <T>(work: (run: Query) => Promise<T>) => transact(work).catch(explainLoss);
  const one = async (condition: string, value: string) => {
    const { rows } = await ask(`${SELECT} where ${condition}`, [value]);
    return rows[0] ? toUser(rows[0]) : null;
  };
  const guarded = (id: string, sql: string, values: readonly unknown[]): Promise<GuardedChange> =>
    change((run) => guardOwners(run, id, async () => (await run(sql, values)).rows.length > 0));

  return {
    find: (id) => one('u.id = $1', id),
    findByEmail: (email) => one('u.email = $1', email),
    async list({ search, limit, offset }) {
      const { rows } = await ask(
        `${SELECT} where $1::text is null or position(lower($1) in u.email) > 0 or position(lower($1) in lower(u.name)) > 0
         order by u.email limit $2 offset $3`,
        [search ?? null, limit, offset],
      );
      return rows.map(toUser);
    },
    add: ({ id, email, name, state, breakGlass, createdBy }, grants) =>
      orFalse(
        UNIQUE_VIOLATION,
        change(async (run) => {
          await run(`insert into supastor.users (id, email, name, state, break_glass, created_by) values ($1, $2, $3, $4, $5, $6)`, [
            id,
            email,
            name,
            state,
            breakGlass,
            createdBy,
          ]);
          for (const grant of grants) await run(INSERT_GRANT, valuesOf(id, grant));
        }),
      ),
    async ensureBreakGlass(email, grantId) {
      await change(async (run) => {
        await run('select pg_advisory_xact_lock(7303001, 2)');
        const { rows } = await run('select id from supastor.users where break_glass');
        if (rows.length > 0) {
          // Somebody else may have the address by now; then they keep it.
          await run(
            `update supastor.users set email = $1 where break_glass and email <> $1
             and not exists (select from supastor.users where email = $1)`,
            [email],
          );
          return;
        }
        const { rows: added } = await run(
          `insert into supastor.users (id, email, state, break_glass, created_by) values ('break-glass', $1, 'active', true, 'configuration')
           on conflict do nothing returning id`,
          [email],
        );
        if (added.length > 0) await run(INSERT_GRANT, [grantId, 'break-glass', 'owner', null, null, null, 'configuration']);
      });
    },
    async rename(id, name) {
      await ask('update supastor.users set name = $2 where id = $1', [id, name]);
    },
    setState: (id, state) =>
      guarded(
        id,
        `with changed as (update supastor.users set state = $2 where id = $1 returning id),
         cut as (delete from supastor.user_links where user_id = $1 and $2 = 'disabled')
         select id from changed`,
        [id, state],
      ),
    remove: (id) => guarded(id, 'delete from supastor.users where id = $1 and not break_glass returning id', [id]),
    addGrant: (userId, grant) =>
      orFalse(
        UNIQUE_VIOLATION,
        orFalse(
          FOREIGN_KEY_VIOLATION,
          change(async (run) => {
            await run(INSERT_GRANT, valuesOf(userId, grant));
            await announceUser(run, userId);
          }),
        ),
      ),
    removeGrant: (userId, grantId) =>
      guarded(userId, 'delete from supastor.grants where id = $2 and user_id = $1 returning id', [userId, grantId]),
    async passwordHash(email) {
      const { rows } = await ask(`select password_hash from supastor.users where email = $1 and not break_glass`, [email]);
      const hash = rows[0]?.['password_hash'];
      return typeof hash === 'string' ? hash : null;
    },
    async setPassword(id, hash) {
      await ask(
        `update supastor.users set password_hash = $2, state = case state when 'invited' then 'active' else state end where id = $1`,
        [id, hash],
      );
    },
    async noteLogin(id) {
      await ask('update supastor.users set last_login_at = now() where id = $1', [id]);
    },
  };
}

function valuesOf(userId: string, { id, role, scope, grantedBy }: NewGrant): readonly unknown[] {
  return [id, userId, role, ...scopeColumns(scope), grantedBy];
}

/** True when it is done, false when Postgres refuses it with this code. */
async function orFalse(code: string, done: Promise<unknown>): Promise<boolean> {
  try {
    return (await done) !== false;
  } catch (error) {
    if (codeOf(error) === code) return false;
    throw error;
  }
}

function toUser(row: Row): StoredUser {
  return {
    id: text(row, 'id'),
    email: text(row, 'email'),
    name: text(row, 'name'),
    state: toState(row['state']),
    breakGlass: row['break_glass'] === true,
    secondFactor: row['second_factor'] === true,
    createdBy: text(row, 'created_by'),
    createdAtMs: Number(row['created_ms']),
    lastLoginAtMs: row['login_ms'] === null ? null : Number(row['login_ms']),
    grants: Array.isArray(row['grants']) ? row['grants'].map(toGrant) : [],
  };
}

/** What is neither of the other two is not let in. */
function toState(value: unknown): StoredUser['state'] {
  return value === 'active' || value === 'invited' ? value : 'disabled';
}

function toGrant(value: unknown): StoredGrant {
  const row: Row = typeof value === 'object' && value !== null ? { ...value } : {};
  return {
    id: text(row, 'id'),
    role: text(row, 'role'),
    scope: toScope(row['environment'], row['bucket'], row['prefix']),
    grantedBy: text(row, 'grantedBy'),
    grantedAtMs: Number(row['grantedAtMs']),
    customPermissions: Array.isArray(row['permissions']) ? row['permissions'].map(String) : null,
  };
}
