import type { Policy } from '@supastor/contract/operations/policies';
import { policyChangeSchema, policyCommandSchema, policyTableSchema, type PolicyChange } from '@supastor/contract/operations/policies';
import { describePolicy } from '@supastor/core/policies/policy-definition';
import { text, textOrNull } from '../query.ts';
import type { Transaction } from '../transaction.ts';

type Row = Readonly<Record<string, unknown>>;

const LIST = `select tablename, policyname, permissive = 'PERMISSIVE' as permissive, roles::text[] as roles, cmd, qual, with_check
  from pg_policies where schemaname = 'storage' and tablename in ('buckets', 'objects') order by tablename desc, policyname`;

/** Every policy of buckets and objects, expressions as Postgres prints them. */
export async function readPolicies({ run }: Transaction): Promise<readonly Policy[]> {
  const { rows } = await run(LIST);
  return rows.map(toPolicy);
}

function toPolicy(row: Row): Policy {
  return describePolicy({
    table: policyTableSchema.parse(row['tablename']),
    name: text(row, 'policyname'),
    command: policyCommandSchema.parse(row['cmd']),
    permissive: row['permissive'] === true,
    roles: Array.isArray(row['roles']) ? row['roles'].map(String) : [],
    using: textOrNull(row, 'qual'),
    check: textOrNull(row, 'with_check'),
  });
}

/** Columns that {@link toChange} reads. */
export const CHANGE_COLUMNS = 'id::text, at, by_email, action, before, after, rolled_back_by::text';

export function toChange(row: Row): PolicyChange {
  const at = row['at'] instanceof Date ? row['at'].toISOString() : text(row, 'at');
  return policyChangeSchema.parse({
    id: row['id'],
    at,
    by: row['by_email'],
    action: row['action'],
    before: row['before'],
    after: row['after'],
    rolledBackBy: row['rolled_back_by'],
  });
}
