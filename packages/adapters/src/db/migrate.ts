import { AUDIT_MIGRATION } from './migrations/0001-audit.ts';
import { SESSIONS_MIGRATION } from './migrations/0002-sessions.ts';
import { API_KEYS_MIGRATION } from './migrations/0003-api-keys.ts';
import { KEY_SCOPES_MIGRATION } from './migrations/0010-key-scopes.ts';
import { USERS_MIGRATION } from './migrations/0011-users.ts';
import { TOKENS_MIGRATION } from './migrations/0012-tokens.ts';
import { SECOND_FACTORS_MIGRATION } from './migrations/0013-second-factors.ts';
import { PASSKEYS_MIGRATION } from './migrations/0014-passkeys.ts';
import { SSO_MIGRATION } from './migrations/0015-sso.ts';
import { IDEMPOTENCY_MIGRATION } from './migrations/0020-idempotency.ts';
import { EVENTS_MIGRATION } from './migrations/0021-events.ts';
import { RATE_WINDOWS_MIGRATION } from './migrations/0022-rate-windows.ts';
import { POLICY_CHANGES_MIGRATION } from './migrations/0030-policy-changes.ts';
import { JOBS_MIGRATION } from './migrations/0031-jobs.ts';
import { AUDIT_RETENTION_MIGRATION } from './migrations/0032-audit-retention.ts';
import { SCHEDULES_MIGRATION } from './migrations/0040-schedules.ts';
import { METRICS_MIGRATION } from './migrations/0045-metrics.ts';
import { ALERTS_MIGRATION } from './migrations/0046-alerts.ts';
import { PREFERENCES_MIGRATION } from './migrations/0050-preferences.ts';
import type { Transact } from './query.ts';

export interface Migration {
  readonly id: number;
  readonly name: string;
  readonly sql: string;
}

/** In this order, each once. Released ones are never edited. */
export const MIGRATIONS: readonly Migration[] = [
  { id: 1, name: 'audit', sql: AUDIT_MIGRATION },
  { id: 2, name: 'sessions', sql: SESSIONS_MIGRATION },
  { id: 3, name: 'api-keys', sql: API_KEYS_MIGRATION },
  { id: 10, name: 'key-scopes', sql: KEY_SCOPES_MIGRATION },
  { id: 11, name: 'users', sql: USERS_MIGRATION },
  { id: 12, name: 'tokens', sql: TOKENS_MIGRATION },
  { id: 13, name: 'second-factors', sql: SECOND_FACTORS_MIGRATION },
  { id: 14, name: 'passkeys', sql: PASSKEYS_MIGRATION },
  { id: 15, name: 'sso', sql: SSO_MIGRATION },
  { id: 20, name: 'idempotency', sql: IDEMPOTENCY_MIGRATION },
  { id: 21, name: 'events', sql: EVENTS_MIGRATION },
  { id: 22, name: 'rate-windows', sql: RATE_WINDOWS_MIGRATION },
  { id: 30, name: 'policy-changes', sql: POLICY_CHANGES_MIGRATION },
  { id: 31, name: 'jobs', sql: JOBS_MIGRATION },
  { id: 32, name: 'audit-retention', sql: AUDIT_RETENTION_MIGRATION },
  { id: 40, name: 'schedules', sql: SCHEDULES_MIGRATION },
  { id: 45, name: 'metrics', sql: METRICS_MIGRATION },
  { id: 46, name: 'alerts', sql: ALERTS_MIGRATION },
  { id: 50, name: 'preferences', sql: PREFERENCES_MIGRATION },
];

/** Any two numbers, the same in every version: whoever migrates this schema holds this lock. */
const LOCK = '7303001, 0';

/**
 * Brings the schema `supastor` to what this version needs, all or nothing; several servers that start at once do it once.
 * @param transact Runs its argument in one transaction, however long it takes.
 */
export async function migrate(transact: Transact, migrations: readonly Migration[] = MIGRATIONS): Promise<void> {
  await transact(async (query) => {
    await query(`select pg_advisory_xact_lock(${LOCK})`);
    await query('create schema if not exists supastor');
    await query(`create table if not exists supastor.migrations
      (id int primary key, name text not null, applied_at timestamptz not null default now())`);
    const { rows } = await query('select id from supastor.migrations');
    const applied = new Set(rows.map((row) => Number(row['id'])));
    for (const { id, name, sql } of migrations) {
      if (applied.has(id)) continue;
      await query(sql);
      await query('insert into supastor.migrations (id, name) values ($1, $2)', [id, name]);
    }
  });
}
