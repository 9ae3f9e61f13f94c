import type { Config } from '@supastor/contract/config/schema';
import { SupastorError } from '@supastor/contract/errors';
import type { Secret } from '@supastor/contract/secret';
import type { ReplicaFact } from '@supastor/core/doctor/database-checks';
import { databaseUrl, replicaUrls, STORAGE_ROLE } from '@supastor/core/stack/services/shared';
import { PostgresClient } from '../postgres-tls/postgres-client.ts';

const TIMEOUT_MS = 5000;
const PRIMARY = `select (select system_identifier from pg_control_system())::text as system, pg_current_wal_flush_lsn()::text as position`;
const REPLICA = `select (select system_identifier from pg_control_system())::text as system, pg_is_in_recovery() as standby,
  case when $1::pg_lsn is not null then greatest(0, pg_wal_lsn_diff($1::pg_lsn, pg_last_wal_replay_lsn())) end::text as lag,
  case when pg_is_in_recovery() then pg_is_wal_replay_paused() else false end as paused`;

/** Asks the primary where it is, and then the replica of this index how far it has come. */
export async function probeReplica(config: Config, index: number, password: Secret): Promise<ReplicaFact> {
  const url = replicaUrls(config, STORAGE_ROLE, password.reveal())[index] ?? '';
  try {
    const [primary] = await ask<{ system: string; position: string }>(databaseUrl(config, STORAGE_ROLE, password.reveal()), PRIMARY).catch(
      () => [],
    );
    const [replica] = await ask<{ system: string; standby: boolean; lag: string | null; paused: boolean }>(url, REPLICA, [
      primary?.position,
    ]);
    return {
      kind: 'ready',
      standby: replica?.standby === true,
      sameCluster: primary === undefined || primary.system === replica?.system,
      lagBytes: replica?.lag === null || replica?.lag === undefined ? null : Number(replica.lag),
      paused: replica?.paused === true,
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: 'refused', reason, hint: error instanceof SupastorError ? (error.hint ?? null) : null };
  }
}

async function ask<Row extends object>(connectionString: string, text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
  const limits = { connectionTimeoutMillis: TIMEOUT_MS, query_timeout: TIMEOUT_MS };
  const client = new PostgresClient({ connectionString, ...limits, application_name: 'supastor-doctor' });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}
