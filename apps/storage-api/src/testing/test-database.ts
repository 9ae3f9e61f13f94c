import { createLogger } from '@supastor/adapters/telemetry/logger';
import { startTempPostgres } from '@supastor/testkit/harness/temp-postgres';
import type { Pool } from 'pg';
import { Database } from '../metadata/database.ts';
import { migrate } from '../metadata/migrate.ts';
import { createTestPool } from './pool.ts';
import { BOOTSTRAP_SQL } from './server.ts';

export interface TestDatabase {
  readonly database: Database;
  /** As the database's superuser. */
  readonly pool: Pool;
  /** As the server logs in. */
  readonly url: string;
  stop(): Promise<void>;
}

export const SILENT = createLogger({ service: 'storage', level: 'fatal' });

/** A Postgres of its own with our schema, without a server. */
export async function startTestDatabase(): Promise<TestDatabase> {
  const postgres = await startTempPostgres();
  const pool = createTestPool(postgres.url, 4);
  await pool.query(BOOTSTRAP_SQL);
  const url = postgres.url.replace('postgres@', 'supabase_storage_admin@');
  const database = new Database({ url, maxConnections: 10, logger: SILENT });
  await migrate(database, SILENT);
  return {
    database,
    pool,
    url,
    async stop() {
      await database.stop();
      await pool.end();
      await postgres.stop();
    },
  };
}
