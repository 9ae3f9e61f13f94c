import type { Pool } from 'pg';
import { Database } from '../metadata/database.ts';
import { migrate, MIGRATIONS } from '../metadata/migrate.ts';
import { createTestPool } from './pool.ts';
import { SILENT } from './test-database.ts';

/** Of the server that wrote the rows, and of the schema itself. */
const NOT_COPIED = ['instances', 'supastor_migrations', 'policy_mirror'];

export interface EarlierDatabase {
  readonly pool: Pool;
  /** As the server logs in. */
  readonly url: string;
}

/**
 * A database as a version of the past left it: the first `stage` migrations, and of the rows in `source` what that schema could
 * hold. The sums that quotas and sequences keep go with them.
 */
export async function makeEarlierDatabase(source: Pool, superuserUrl: string, stage: number): Promise<EarlierDatabase> {
  const pool = createTestPool(superuserUrl, 2);
  await pool.query(`grant create on database ${new URL(superuserUrl).pathname.slice(1)} to supabase_storage_admin`);
  const url = superuserUrl.replace('postgres@', 'supabase_storage_admin@');
  const database = new Database({ url, maxConnections: 1, logger: SILENT });
  await migrate(database, SILENT, MIGRATIONS.slice(0, stage));
  await database.stop();
  for (const table of await tablesOf(pool)) await copyTable(source, pool, table);
  return { pool, url };
}

async function tablesOf(pool: Pool): Promise<readonly string[]> {
  const { rows } = await pool.query<{ table: string }>(
    `select format('%I.%I', schemaname, tablename) as table from pg_tables
     where schemaname in ('storage', 'storage_versions') and tablename <> all ($1) order by 1`,
    [NOT_COPIED],
  );
  return rows.map(({ table }) => table);
}

/** Without triggers: what they made of the rows is among the rows. */
async function copyTable(source: Pool, target: Pool, table: string): Promise<void> {
  const { rows: columns } = await target.query<{ name: string; sequence: string | null }>(
    `select quote_ident(attname) as name, pg_get_serial_sequence($1, attname) as sequence from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
    [table],
  );
  const names = columns.map(({ name }) => name).join(', ');
  const { rows } = await source.query<{ row: unknown }>(`select to_jsonb(t) as row from ${table} t`);
  const client = await target.connect();
  try {
    await client.query(`begin; set local session_replication_role = replica; delete from ${table}`);
    await client.query(
      `insert into ${table} (${names}) overriding system value select ${names} from jsonb_populate_recordset(null::${table}, $1)`,
      [JSON.stringify(rows.map(({ row }) => row))],
    );
    for (const { name, sequence } of columns) {
      if (sequence !== null) await client.query(`select setval($1, (select coalesce(max(${name}), 0) + 1 from ${table}))`, [sequence]);
    }
    await client.query('commit');
  } finally {
    client.release();
  }
}
