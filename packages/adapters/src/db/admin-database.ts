import type { RevocationStore } from '@supastor/core/access/revoked-sessions';
import type { ObjectFeed } from '@supastor/core/objects/object-feed.port';
import type { Pool } from 'pg';
import { createObjectFeed, type Query } from './object-events.ts';

/** Connections of the control plane to Postgres, opened when first needed. */
export interface AdminDatabase {
  /** Resolves when Postgres answers a query. */
  ping(): Promise<void>;
  /** Revoked sessions in `supastor.revoked_sessions`; creates schema and table when they are missing. */
  readonly revocations: RevocationStore;
  /** Changes of objects, when our own storage server keeps its tables in this database. */
  readonly objectFeed: ObjectFeed;
  close(): Promise<void>;
}

const CREATE_TABLE = `
  create schema if not exists supastor;
  create table if not exists supastor.revoked_sessions (
    session_id text primary key,
    expires_at timestamptz not null
  );`;

/** @param url Connection string of a role that may create the schema `supastor`, or owns it. */
export function createAdminDatabase({
  url,
  onIdleError,
}: {
  readonly url: string;
  readonly onIdleError: (error: Error) => void;
}): AdminDatabase {
  let pool: Promise<Pool> | null = null;
  const connect = () => (pool ??= openPool(url, onIdleError));
  const query: Query = async (sql, values) => (await connect()).query(sql, values ? [...values] : undefined);

  return {
    async ping() {
      await query('select 1');
    },
    objectFeed: createObjectFeed(query),
    revocations: {
      async load() {
        await query(CREATE_TABLE);
        await query('delete from supastor.revoked_sessions where expires_at < now()');
        const { rows } = await query(
          'select session_id, extract(epoch from expires_at) * 1000 as expires_at_ms from supastor.revoked_sessions',
        );
        return rows.map((row) => ({ sessionId: String(row['session_id']), expiresAtMs: Number(row['expires_at_ms']) }));
      },
      async add(entries) {
        await query(
          `insert into supastor.revoked_sessions (session_id, expires_at)
           select id, to_timestamp(ms / 1000.0) from unnest($1::text[], $2::float8[]) as t (id, ms)
           on conflict (session_id) do nothing`,
          [entries.map((entry) => entry.sessionId), entries.map((entry) => entry.expiresAtMs)],
        );
      },
    },
    async close() {
      await (await pool)?.end();
    },
  };
}

async function openPool(connectionString: string, onIdleError: (error: Error) => void): Promise<Pool> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({
    connectionString,
    max: 3,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 3000,
    query_timeout: 5000,
    application_name: 'supastor-admin',
  });
  pool.on('error', onIdleError);
  return pool;
}
