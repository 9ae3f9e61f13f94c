import type { Quota, QuotaKey, QuotaLimits } from '@supastor/contract/wire/quota';
import { failures } from '../errors.ts';
import type { Database } from '../metadata/database.ts';
import { type Step, step } from '../metadata/step.ts';

interface QuotaRow {
  readonly kind: 'bucket' | 'owner';
  readonly subject: string;
  readonly max_bytes: string | null;
  readonly max_objects: string | null;
  readonly used_bytes: string;
  readonly used_objects: string;
}

const COLUMNS = 'kind, subject, max_bytes, max_objects, used_bytes, used_objects';
const MOST = 10_000;

const SQL = {
  list: { name: 'quota_list', text: `select ${COLUMNS} from storage.quotas order by kind, subject limit ${MOST}` },
  set: {
    name: 'quota_set',
    text: `insert into storage.quotas (kind, subject, max_bytes, max_objects) values ($1, $2, $3, $4)
      on conflict (kind, subject) do update set max_bytes = excluded.max_bytes, max_objects = excluded.max_objects
      returning ${COLUMNS}`,
  },
  remove: { name: 'quota_remove', text: 'delete from storage.quotas where kind = $1 and subject = $2 returning kind' },
} as const;

export async function listQuotas(database: Database): Promise<readonly Quota[]> {
  const found: Step<QuotaRow> = step(SQL.list);
  await database.read(found);
  return found.rows.map(present);
}

/** Sets both limits; a new quota counts what is there. */
export async function setQuota(database: Database, { kind, subject }: QuotaKey, limits: QuotaLimits): Promise<Quota> {
  const done: Step<QuotaRow> = step(SQL.set, [kind, subject, limits.maxBytes, limits.maxObjects]);
  await database.transact({ steps: [done] });
  const [row] = done.rows;
  if (row === undefined) throw new Error('a quota was set and not returned');
  return present(row);
}

/** @throws ProtocolError NoSuchQuota */
export async function removeQuota(database: Database, { kind, subject }: QuotaKey): Promise<void> {
  const removed: Step<{ readonly kind: string }> = step(SQL.remove, [kind, subject]);
  await database.transact({ steps: [removed] });
  if (removed.rows.length === 0) throw failures.noSuchQuota();
}

function limit(value: string | null): number | null {
  return value === null ? null : Number(value);
}

function present({ kind, subject, max_bytes, max_objects, used_bytes, used_objects }: QuotaRow): Quota {
  return {
    kind,
    subject,
    maxBytes: limit(max_bytes),
    maxObjects: limit(max_objects),
    usedBytes: Number(used_bytes),
    usedObjects: Number(used_objects),
  };
}
