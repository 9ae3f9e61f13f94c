import type { Pool } from 'pg';

const PARTS: readonly string[] = [
  `select 'table ' || c.oid::regclass::text || ' ' || c.relkind::text || ' ' || c.relrowsecurity::text || ' ' || coalesce(c.relacl::text, '')
     || coalesce(' ' || pg_get_viewdef(case c.relkind when 'v' then c.oid end), '')
     from pg_class c where c.relnamespace::regnamespace::text = any ($1) and c.relkind in ('r', 'v', 'S')`,
  `select 'column ' || a.attrelid::regclass::text || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull::text || ' '
     || a.attgenerated::text || ' ' || a.attidentity::text || ' ' || a.attcollation::regcollation::text || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
     from pg_attribute a join pg_class c on c.oid = a.attrelid left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
     where c.relnamespace::regnamespace::text = any ($1) and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped`,
  `select 'constraint ' || conrelid::regclass::text || '.' || conname || ' ' || pg_get_constraintdef(oid)
     from pg_constraint where connamespace::regnamespace::text = any ($1)`,
  `select 'index ' || indexdef from pg_indexes where schemaname = any ($1)`,
  `select 'function ' || oid::regprocedure::text || ' ' || md5(pg_get_functiondef(oid)) || ' ' || coalesce(proacl::text, '')
     from pg_proc where pronamespace::regnamespace::text = any ($1) and prokind = 'f'`,
  `select 'trigger ' || pg_get_triggerdef(t.oid) from pg_trigger t join pg_class c on c.oid = t.tgrelid
     where c.relnamespace::regnamespace::text = any ($1) and not t.tgisinternal`,
  `select 'policy ' || concat_ws(' ', schemaname, tablename, policyname, permissive, roles::text, cmd, qual, with_check)
     from pg_policies where schemaname = any ($1)`,
];

/** Everything that migrations make in these schemas, as sorted lines: schemas that agree in them are the same. */
export async function schemaFingerprint(pool: Pool, schemas: readonly string[]): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const part of PARTS) {
    const { rows } = await pool.query<{ line: string }>(`select line from (${part}) as p (line)`, [schemas]);
    lines.push(...rows.map(({ line }) => line));
  }
  return lines.toSorted();
}
