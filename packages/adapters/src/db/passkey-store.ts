import type { PasskeyStore, StoredPasskey, UsedOnce } from '@supastor/core/access/passkey.port';
import { explainLoss, type Query, text } from './query.ts';

const COLUMNS = `id, user_id, name, public_key, counter, transports, synced, extract(epoch from created_at) * 1000 as created_ms,
  extract(epoch from last_used_at) * 1000 as used_ms`;

/** Passkeys in `supastor.passkeys`. */
export function createPasskeyStore(query: Query): PasskeyStore {
  const ask = async (sql: string, values: readonly unknown[]) => (await query(sql, values).catch(explainLoss)).rows;
  const changes = async (sql: string, values: readonly unknown[]) => (await ask(sql, values)).length > 0;
  return {
    async find(id) {
      const [row] = await ask(`select ${COLUMNS} from supastor.passkeys where id = $1`, [id]);
      return row ? toPasskey(row) : null;
    },
    async list(userId) {
      const rows = await ask(`select ${COLUMNS} from supastor.passkeys where user_id = $1 order by created_at, id`, [userId]);
      return rows.map(toPasskey);
    },
    add: ({ id, userId, name, publicKey, counter, transports, synced }) =>
      changes(
        `insert into supastor.passkeys (id, user_id, name, public_key, counter, transports, synced)
         values ($1, $2, $3, $4, $5, $6::text[], $7) on conflict do nothing returning id`,
        [id, userId, name, publicKey, counter, transports, synced],
      ),
    used: (id, counter) =>
      changes(
        `update supastor.passkeys set counter = $2, last_used_at = now()
         where id = $1 and (counter < $2 or (counter = 0 and $2 = 0)) returning id`,
        [id, counter],
      ),
    rename: (userId, id, name) =>
      changes('update supastor.passkeys set name = $3 where id = $2 and user_id = $1 returning id', [userId, id, name]),
    remove: (userId, id) => changes('delete from supastor.passkeys where id = $2 and user_id = $1 returning id', [userId, id]),
    async removeAll(userId) {
      return (await ask('delete from supastor.passkeys where user_id = $1 returning id', [userId])).length;
    },
  };
}

/** Keys in `supastor.used_once`. */
export function createUsedOnce(query: Query): UsedOnce {
  return {
    async use(key, expiresAtMs) {
      const { rows } = await query(
        `with swept as (delete from supastor.used_once where expires_at < now())
         insert into supastor.used_once (key, expires_at) values ($1, to_timestamp($2::float8 / 1000)) on conflict do nothing returning key`,
        [key, expiresAtMs],
      ).catch(explainLoss);
      return rows.length > 0;
    },
  };
}

function toPasskey(row: Readonly<Record<string, unknown>>): StoredPasskey {
  return {
    id: text(row, 'id'),
    userId: text(row, 'user_id'),
    name: text(row, 'name'),
    publicKey: text(row, 'public_key'),
    counter: Number(row['counter']),
    transports: Array.isArray(row['transports']) ? row['transports'].map(String) : [],
    synced: row['synced'] === true,
    createdAtMs: Number(row['created_ms']),
    lastUsedAtMs: row['used_ms'] === null ? null : Number(row['used_ms']),
  };
}
