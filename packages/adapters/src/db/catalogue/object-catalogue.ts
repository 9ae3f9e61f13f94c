import { SupastorError } from '@supastor/contract/errors';
import type { FoundObject } from '@supastor/contract/operations/catalogue';
import type { ObjectCatalogue, ObjectConditions, UsageGroup } from '@supastor/core/catalogue/object-catalogue.port';
import type { Transact } from '../transaction.ts';
import { codeOf, explainLoss, text, textOrNull } from '../query.ts';

type Row = Readonly<Record<string, unknown>>;

const SIZE = `coalesce((o.metadata ->> 'size')::bigint, 0)`;
const TYPE = `coalesce(nullif(split_part(o.metadata ->> 'mimetype', ';', 1), ''), 'application/octet-stream')`;
const OWNER = `coalesce(o.owner_id, o.owner::text)`;
const ORDERS = {
  name: 'o.bucket_id, o.name',
  largest: `${SIZE} desc, o.bucket_id, o.name`,
  newest: 'o.updated_at desc, o.bucket_id, o.name',
  oldest: 'o.updated_at, o.bucket_id, o.name',
} as const;
const STATEMENT_TIMEOUT = `set local statement_timeout = '20s'`;
/** PostgreSQL code of a statement that was cancelled, here by its time-out. */
const CANCELLED = '57014';

/** Questions over `storage.objects`, which our own and the official server keep alike. */
export function createObjectCatalogue(transact: Transact): ObjectCatalogue {
  const ask = (sql: string, values: readonly unknown[]) =>
    transact(
      async ({ run }) => {
        await run(STATEMENT_TIMEOUT);
        return (await run(sql, values)).rows;
      },
      { keep: false },
    ).catch(explain);

  return {
    async search(conditions, { order, limit, after }) {
      const where = buildWhere(conditions);
      if (after) where.add(`(o.bucket_id, o.name) > (${where.value(after.bucket)}, ${where.value(after.path)})`);
      const rows = await ask(
        `select o.bucket_id, o.name, ${SIZE} as size, o.metadata ->> 'mimetype' as type, ${OWNER} as owner, o.created_at, o.updated_at
         from storage.objects o where ${where.sql()} order by ${ORDERS[order]} limit ${where.value(limit)}`,
        where.values,
      );
      return rows.map(toFound);
    },
    async usage(conditions, by, limit) {
      const where = buildWhere(conditions);
      const key = groupKey(by, where.value, conditions.prefix ?? '');
      const rows = await ask(
        `with counted as materialized (select ${key} as key, ${SIZE} as bytes from storage.objects o where ${where.sql()}),
           grouped as (select key, count(*) as objects, sum(bytes) as bytes from counted group by key)
         select key, objects, bytes, sum(objects) over () as all_objects, sum(bytes) over () as all_bytes
         from grouped order by bytes desc, key limit ${where.value(limit)}`,
        where.values,
      );
      const [first] = rows;
      return {
        total: { objects: Number(first?.['all_objects'] ?? 0), bytes: Number(first?.['all_bytes'] ?? 0) },
        groups: rows.map((row) => ({ key: text(row, 'key'), objects: Number(row['objects']), bytes: Number(row['bytes']) })),
      };
    },
  };
}

interface Where {
  readonly values: unknown[];
  readonly add: (condition: string) => void;
  /** The placeholder of a value. */
  readonly value: (value: unknown) => string;
  readonly sql: () => string;
}

function buildWhere(asked: ObjectConditions): Where {
  const values: unknown[] = [];
  const parts = ['true'];
  const value = (item: unknown) => `$${values.push(item)}`;
  const add = (condition: string) => void parts.push(condition);
  if (asked.bucket !== undefined) add(`o.bucket_id = ${value(asked.bucket)}`);
  if (asked.prefix !== undefined && asked.prefix !== '') {
    // The half-open range goes through the index of names; starts_with settles what the order of the column says otherwise.
    add(`o.name >= ${value(asked.prefix)}`);
    add(`starts_with(o.name, ${value(asked.prefix)})`);
  }
  if (asked.text !== undefined) add(`strpos(lower(o.name), lower(${value(asked.text)})) > 0`);
  if (asked.pattern !== undefined) add(`o.name ~ ${value(asked.pattern)}`);
  if (asked.type !== undefined) add(`o.metadata ->> 'mimetype' like ${value(likeType(asked.type))}`);
  if (asked.minBytes !== undefined) add(`${SIZE} >= ${value(asked.minBytes)}`);
  if (asked.maxBytes !== undefined) add(`${SIZE} <= ${value(asked.maxBytes)}`);
  if (asked.changedAfter !== undefined) add(`o.updated_at > ${value(asked.changedAfter)}::timestamptz`);
  if (asked.changedBefore !== undefined) add(`o.updated_at < ${value(asked.changedBefore)}::timestamptz`);
  if (asked.owner !== undefined) add(`${OWNER} = ${value(asked.owner)}`);
  if (asked.metadata !== undefined) add(`o.user_metadata ->> ${value(asked.metadata.name)} = ${value(asked.metadata.value)}`);
  return { values, add, value, sql: () => parts.join(' and ') };
}

function likeType(type: string): string {
  const escaped = type.replaceAll(/[\\%_]/g, '\\$&').replaceAll('*', '%');
  return type.includes('/') ? escaped : `${escaped}/%`;
}

/** What one row counts for. A folder is the next segment below the prefix, with its slash; what lies there directly counts as itself. */
function groupKey(by: UsageGroup, value: Where['value'], prefix: string): string {
  const keys: Readonly<Record<UsageGroup, () => string>> = {
    bucket: () => 'o.bucket_id',
    folder: () => {
      const below = `substr(o.name, length(${value(prefix)}) + 1)`;
      return `case when strpos(${below}, '/') > 0 then split_part(${below}, '/', 1) || '/' else ${below} end`;
    },
    type: () => TYPE,
    owner: () => `coalesce(${OWNER}, '')`,
    age: () => `case when o.updated_at > now() - interval '1 day' then 'day' when o.updated_at > now() - interval '7 days' then 'week'
      when o.updated_at > now() - interval '30 days' then 'month' when o.updated_at > now() - interval '1 year' then 'year' else 'older' end`,
  };
  return keys[by]();
}

function explain(error: unknown): never {
  if (codeOf(error) === CANCELLED) {
    throw new SupastorError('SJ_TIMEOUT', 'There are too many objects to go through for this question.', {
      hint: 'Name a bucket and a prefix.',
      cause: error,
    });
  }
  return explainLoss(error);
}

function toFound(row: Row): FoundObject {
  return {
    bucket: text(row, 'bucket_id'),
    path: text(row, 'name'),
    sizeBytes: Number(row['size']),
    mimeType: textOrNull(row, 'type'),
    owner: textOrNull(row, 'owner'),
    createdAt: isoOf(row['created_at']),
    updatedAt: isoOf(row['updated_at']),
  };
}

function isoOf(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}
