import type { ApiKeyStore, NewApiKey, StoredApiKey } from '@supastor/core/access/api-key.port';
import { explainLoss, type Query, text, textOrNull } from './query.ts';
import { scopeColumns, toScope } from './scope-columns.ts';
import { REVOKED_CHANNEL } from './session-store.ts';

const COLUMNS = `id, name, prefix, permissions, created_by, last_used_ip, replaced_by, environment, bucket, prefix_scope, created_by_user,
  extract(epoch from created_at) * 1000 as created_ms, extract(epoch from expires_at) * 1000 as expires_ms,
  extract(epoch from last_used_at) * 1000 as used_ms`;
const INSERT = `insert into supastor.api_keys (id, name, prefix, secret_hash, permissions, created_by, created_at, expires_at,
  environment, bucket, prefix_scope, created_by_user)`;
const VALUES = `$1, $2, $3, $4, $5::text[], $6, to_timestamp($7::float8 / 1000), to_timestamp($8::float8 / 1000),
  $9, $10, $11, $12`;
/** Tells every server that this key is not what it was. */
const announce = (id: string) => `pg_notify('${REVOKED_CHANNEL}', '0 key:' || ${id})`;

/** API keys in `supastor.api_keys`. */
export function createApiKeyStore(query: Query): ApiKeyStore {
  const ask: Query = (sql, values) => query(sql, values).catch(explainLoss);
  const one = async (condition: string, value: string) => {
    const { rows } = await ask(`select ${COLUMNS} from supastor.api_keys where ${condition} and revoked_at is null`, [value]);
    return rows[0] ? toKey(rows[0]) : null;
  };
  return {
    findByHash: (secretHash) => one('secret_hash = $1', secretHash),
    find: (id) => one('id = $1', id),
    async list() {
      const { rows } = await ask(`select ${COLUMNS} from supastor.api_keys where revoked_at is null order by created_at desc limit 1000`);
      return rows.map(toKey);
    },
    async add(key) {
      await ask(`${INSERT} values (${VALUES})`, valuesOf(key));
    },
    async replace(oldId, key, oldExpiresAtMs) {
      const { rows } = await ask(
        `with retired as (
           update supastor.api_keys set expires_at = to_timestamp($14::float8 / 1000), replaced_by = $1
           where id = $13 and revoked_at is null and replaced_by is null returning id),
         added as (${INSERT} select ${VALUES} from retired)
         select ${announce('id')} from retired`,
        [...valuesOf(key), oldId, oldExpiresAtMs],
      );
      return rows.length > 0;
    },
    async revoke(id) {
      const { rows } = await ask(
        `with revoked as (update supastor.api_keys set revoked_at = now() where id = $1 and revoked_at is null returning id)
         select ${announce('id')} from revoked`,
        [id],
      );
      return rows.length > 0;
    },
    async used(uses) {
      await query(
        `update supastor.api_keys k set last_used_ip = t.ip, last_used_at = greatest(k.last_used_at, to_timestamp(t.used / 1000))
         from unnest($1::text[], $2::text[], $3::float8[]) as t (id, ip, used) where k.id = t.id`,
        [uses.map(({ id }) => id), uses.map(({ ip }) => ip), uses.map(({ lastUsedAtMs }) => lastUsedAtMs)],
      );
    },
  };
}

function valuesOf(key: NewApiKey): readonly unknown[] {
  const { id, name, prefix, secretHash, permissions, createdBy, createdAtMs, expiresAtMs, scope, createdByUser } = key;
  return [id, name, prefix, secretHash, permissions, createdBy, createdAtMs, expiresAtMs, ...scopeColumns(scope), createdByUser];
}

function toKey(row: Readonly<Record<string, unknown>>): StoredApiKey {
  return {
    id: text(row, 'id'),
    name: text(row, 'name'),
    prefix: text(row, 'prefix'),
    permissions: Array.isArray(row['permissions']) ? row['permissions'].map(String) : [],
    scope: toScope(row['environment'], row['bucket'], row['prefix_scope']),
    createdBy: text(row, 'created_by'),
    createdByUser: textOrNull(row, 'created_by_user'),
    createdAtMs: Number(row['created_ms']),
    expiresAtMs: msOrNull(row['expires_ms']),
    lastUsedAtMs: msOrNull(row['used_ms']),
    lastUsedIp: textOrNull(row, 'last_used_ip'),
    replacedBy: textOrNull(row, 'replaced_by'),
  };
}

function msOrNull(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}
