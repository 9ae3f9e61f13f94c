import type { RoleStore, StoredRole } from '@supastor/core/access/user.port';
import { explainLoss, type Query, text, type Transact } from './query.ts';
import { announceUser } from './user-changes.ts';

/** Roles of this installation in `supastor.roles`. */
export function createRoleStore(query: Query, transact: Transact): RoleStore {
  const ask: Query = (sql, values) => query(sql, values).catch(explainLoss);
  return {
    async list() {
      const { rows } = await ask('select name, description, permissions from supastor.roles order by name limit 1000');
      return rows.map(toRole);
    },
    async find(name) {
      const { rows } = await ask('select name, description, permissions from supastor.roles where name = $1', [name]);
      return rows[0] ? toRole(rows[0]) : null;
    },
    async add({ name, description, permissions }, createdBy) {
      const { rows } = await ask(
        `insert into supastor.roles (name, description, permissions, created_by) values ($1, $2, $3, $4)
         on conflict do nothing returning name`,
        [name, description, permissions, createdBy],
      );
      return rows.length > 0;
    },
    update: ({ name, description, permissions }) =>
      transact(async (run) => {
        const { rows } = await run('update supastor.roles set description = $2, permissions = $3 where name = $1 returning name', [
          name,
          description,
          permissions,
        ]);
        const { rows: holders } = await run('select distinct user_id from supastor.grants where role = $1', [name]);
        for (const holder of holders) await announceUser(run, text(holder, 'user_id'));
        return rows.length > 0;
      }).catch(explainLoss),
    remove: (name) =>
      transact(async (run) => {
        // A grant that is being written waits for this, or is seen.
        await run('lock table supastor.grants in share row exclusive mode');
        const { rows: holders } = await run('select from supastor.grants where role = $1 limit 1', [name]);
        if (holders.length > 0) return 'in-use' as const;
        const { rows } = await run('delete from supastor.roles where name = $1 returning name', [name]);
        return rows.length > 0 ? ('done' as const) : ('missing' as const);
      }).catch(explainLoss),
  };
}

function toRole(row: Readonly<Record<string, unknown>>): StoredRole {
  const permissions = row['permissions'];
  return {
    name: text(row, 'name'),
    description: text(row, 'description'),
    permissions: Array.isArray(permissions) ? permissions.map(String) : [],
  };
}
