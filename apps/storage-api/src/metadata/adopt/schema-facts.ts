import type { PoolClient } from 'pg';

export interface TableFacts {
  readonly name: string;
  readonly owner: string;
  /** Whether our role may alter it. */
  readonly isOurs: boolean;
  /** Column name to type. */
  readonly columns: Readonly<Record<string, string>>;
  readonly hasPrimaryKey: boolean;
}

interface TriggerFacts {
  readonly table: string;
  readonly name: string;
  /** Function with its schema, such as `storage.protect_delete`. */
  readonly call: string;
}

interface FunctionFacts {
  readonly name: string;
  readonly owner: string;
  readonly isOurs: boolean;
}

interface ForeignKeyFacts {
  readonly table: string;
  readonly name: string;
  /** Referenced table with its schema. */
  readonly target: string;
}

/** One snapshot of schema `storage`, as far as taking it over depends on it. */
export interface SchemaFacts {
  readonly user: string;
  readonly exists: boolean;
  readonly mayCreate: boolean;
  /** Names of migrations of ours that were applied. */
  readonly applied: readonly string[];
  /** The last migration of the original, such as `objects-prefixes`. */
  readonly upstream: string | null;
  readonly tables: readonly TableFacts[];
  readonly triggers: readonly TriggerFacts[];
  readonly functions: readonly FunctionFacts[];
  readonly foreignKeys: readonly ForeignKeyFacts[];
  readonly bucketTypes: readonly string[] | null;
  /** Rows of the original's object versioning that are not the current object of their key. */
  readonly hasHistory: boolean;
  readonly hasMultipartUploads: boolean;
  readonly hasDuplicateKeys: boolean;
}

const CATALOG = `
with mine as (
  select c.oid, c.relname::text as name, pg_get_userbyid(c.relowner)::text as owner, pg_has_role(current_user, c.relowner, 'usage') as ours
  from pg_class c where c.relnamespace = to_regnamespace('storage') and c.relkind in ('r', 'p', 'v', 'm', 'f')
)
select
  current_user::text as "user",
  to_regnamespace('storage') is not null as "exists",
  coalesce(has_schema_privilege(to_regnamespace('storage'), 'create'), false) as "mayCreate",
  (select coalesce(jsonb_agg(jsonb_build_object('name', m.name, 'owner', m.owner, 'isOurs', m.ours,
      'hasPrimaryKey', exists (select from pg_constraint k where k.conrelid = m.oid and k.contype = 'p'),
      'columns', (select coalesce(jsonb_object_agg(a.attname, format_type(a.atttypid, a.atttypmod)), '{}')
        from pg_attribute a where a.attrelid = m.oid and a.attnum > 0 and not a.attisdropped))), '[]') from mine m) as tables,
  (select coalesce(jsonb_agg(jsonb_build_object('table', m.name, 'name', t.tgname, 'call', n.nspname || '.' || p.proname)), '[]')
    from pg_trigger t join mine m on m.oid = t.tgrelid join pg_proc p on p.oid = t.tgfoid join pg_namespace n on n.oid = p.pronamespace
    where not t.tgisinternal) as triggers,
  (select coalesce(jsonb_agg(jsonb_build_object('name', p.proname, 'owner', pg_get_userbyid(p.proowner),
      'isOurs', pg_has_role(current_user, p.proowner, 'usage'))), '[]')
    from pg_proc p where p.pronamespace = to_regnamespace('storage')) as functions,
  (select coalesce(jsonb_agg(jsonb_build_object('table', m.name, 'name', k.conname, 'target', n.nspname || '.' || c.relname)), '[]')
    from pg_constraint k join mine m on m.oid = k.conrelid join pg_class c on c.oid = k.confrelid join pg_namespace n on n.oid = c.relnamespace
    where k.contype = 'f') as "foreignKeys",
  (select jsonb_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = to_regtype('storage.buckettype')) as "bucketTypes"`;

type Catalog = Omit<SchemaFacts, 'applied' | 'upstream' | 'hasHistory' | 'hasMultipartUploads' | 'hasDuplicateKeys'>;

/** Reads the catalog and, of tables that may be read, whether they hold what has to be put aside. */
export async function readSchemaFacts(client: PoolClient): Promise<SchemaFacts> {
  const catalog = await one<Catalog>(client, CATALOG);
  const objects = catalog.tables.find(({ name }) => name === 'objects');
  const isReadable = (name: string) => catalog.tables.some((table) => table.name === name && table.isOurs);
  const yes = async (table: string, condition: string) =>
    isReadable(table) && (await one<{ found: boolean }>(client, `select exists (${condition}) as found`)).found;
  const { names } = isReadable('supastor_migrations')
    ? await one<{ names: string[] }>(client, `select coalesce(array_agg(name), '{}') as names from storage.supastor_migrations`)
    : { names: [] };
  const history = historyCondition(objects);
  return {
    ...catalog,
    applied: names,
    upstream: isReadable('migrations')
      ? (await one<{ last: string | null }>(client, 'select (select name::text from storage.migrations order by id desc limit 1) as last'))
          .last
      : null,
    hasHistory: history !== null && (await yes('objects', `select from storage.objects where ${history}`)),
    hasMultipartUploads: await yes('s3_multipart_uploads', 'select from storage.s3_multipart_uploads'),
    hasDuplicateKeys: await yes(
      'objects',
      `select from storage.objects where not coalesce(${history ?? 'false'}, false) and name is not null group by bucket_id, name having count(*) > 1`,
    ),
  };
}

/** What tells rows of the original's versioning from current objects; null where it has none. */
export function historyCondition(objects: TableFacts | undefined): string | null {
  const conditions = [
    ...(objects?.columns['archived_at'] === undefined ? [] : ['archived_at is not null']),
    ...(objects?.columns['is_delete_marker'] === undefined ? [] : ['is_delete_marker']),
  ];
  return conditions.length === 0 ? null : `(${conditions.join(' or ')})`;
}

async function one<T>(client: PoolClient, sql: string): Promise<T> {
  const { rows } = await client.query(sql);
  return rows[0];
}
