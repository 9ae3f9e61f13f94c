import type { Config } from '@supastor/contract/config/schema';
import { SupastorError } from '@supastor/contract/errors';
import type { Secret } from '@supastor/contract/secret';
import type { DatabaseFact } from '@supastor/core/doctor/database-checks';
import { databaseUrl } from '@supastor/core/stack/services/shared';
import { PostgresClient } from '../postgres-tls/postgres-client.ts';

const TIMEOUT_MS = 5000;

/** Signs in at the external Postgres as one of the configured roles. */
export async function probeDatabase(config: Config, role: string, password: Secret): Promise<DatabaseFact> {
  try {
    return await signIn(databaseUrl(config, role, password.reveal()));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: 'refused', reason, hint: error instanceof SupastorError ? (error.hint ?? null) : null };
  }
}

async function signIn(connectionString: string): Promise<DatabaseFact> {
  const client = new PostgresClient({
    connectionString,
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
    application_name: 'supastor-doctor',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string; encrypted: boolean; replica: boolean }>(
      `select current_setting('server_version') as version, pg_is_in_recovery() as replica,
         (select ssl from pg_stat_ssl where pid = pg_backend_pid()) as encrypted`,
    );
    const [row] = rows;
    return { kind: 'ready', version: row?.version ?? 'unknown', encrypted: row?.encrypted === true, replica: row?.replica === true };
  } finally {
    await client.end().catch(() => undefined);
  }
}
