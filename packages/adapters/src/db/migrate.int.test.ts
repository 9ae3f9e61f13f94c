import { MigrationGate } from '@supastor/testkit/harness/migration-gate';
import { schemaFingerprint } from '@supastor/testkit/harness/schema-fingerprint';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAdminDatabase } from './admin-database.ts';
import { migrate, MIGRATIONS } from './migrate.ts';
import type { Transact } from './query.ts';

const TABLE = 'supastor.migrations';
const PREPARE = `create schema if not exists supastor;
  create table if not exists ${TABLE} (id int primary key, name text not null, applied_at timestamptz not null default now())`;
const NAMES = MIGRATIONS.map(({ name }) => name);
/** Whoever migrates holds this lock, in every version. */
const LOCK = 'select pg_advisory_lock(7303001, 0)';
/** Longer than a query of the control plane may take. */
const PATIENCE_MS = 6_000;

let postgres: TempPostgres;
let fresh: readonly string[];
const pools: Pool[] = [];

beforeAll(async () => {
  postgres = await startTempPostgres();
  const { pool } = await newDatabase('fresh');
  await migrate(transactOn(pool));
  fresh = await fingerprint(pool);
});
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()));
  await postgres.stop();
});

async function newDatabase(name: string): Promise<{ url: string; pool: Pool }> {
  const url = await postgres.createDatabase(name);
  const pool = new Pool({ connectionString: url, max: 4 });
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  pools.push(pool);
  return { url, pool };
}

function transactOn(pool: Pool): Transact {
  return async (work) => {
    const client = await pool.connect();
    try {
      await client.query('begin');
      const result = await work((sql, values) => client.query(sql, values === undefined ? [] : [...values]));
      await client.query('commit');
      client.release();
      return result;
    } catch (error) {
      client.release(true);
      throw error;
    }
  };
}

/** The role that owns the audit trail is named after its database. */
async function fingerprint(pool: Pool): Promise<readonly string[]> {
  const lines = await schemaFingerprint(pool, ['supastor']);
  return lines.map((line) => line.replaceAll(/supastor_audit_\d+/g, 'supastor_audit'));
}

async function applied(pool: Pool): Promise<readonly string[]> {
  const { rows } = await pool.query<{ name: string }>(`select name from ${TABLE} order by id`);
  return rows.map(({ name }) => name);
}

describe('the schema of the control plane', () => {
  it('is the same from wherever it is upgraded, and keeps its rows', async () => {
    for (const stage of NAMES.keys()) {
      const { pool, url } = await newDatabase(`stage_${stage}`);
      await migrate(transactOn(pool), MIGRATIONS.slice(0, stage));
      if (stage >= NAMES.indexOf('api-keys') + 1) {
        await pool.query(`insert into supastor.sessions (id, email, ip, created_at, last_seen_at, expires_at)
            values ('s', 'a@example.com', '127.0.0.1', now(), now(), now() + interval '1 day');
          insert into supastor.api_keys (id, name, prefix, secret_hash, permissions, created_by, created_at)
            values ('k', 'ci', 'sj_1', 'hash', '{buckets:read}', 'a@example.com', now())`);
      }
      const [one, two] = [createAdminDatabase({ url, onIdleError: () => {} }), createAdminDatabase({ url, onIdleError: () => {} })];
      const [keys] = await Promise.all([one.apiKeys.list(), two.apiKeys.list()]);
      expect(keys.map(({ name, permissions }) => [name, permissions])).toEqual(
        stage >= NAMES.indexOf('api-keys') + 1 ? [['ci', ['buckets:read']]] : [],
      );
      expect([await applied(pool), await fingerprint(pool)]).toEqual([NAMES, fresh]);
      await Promise.all([one.close(), two.close()]);
    }
  }, 120_000);

  it('is left as it was when the connection breaks at any step, and whole after the next start', async () => {
    const { pool, url } = await newDatabase('cut');
    for (const name of NAMES) {
      const gate = await MigrationGate.close(pool, { table: TABLE, prepare: PREPARE, migration: name });
      const database = createAdminDatabase({ url, onIdleError: () => {} });
      const cut = gate.arrival().then((pid) => pool.query('select pg_terminate_backend($1)', [pid]));
      await expect(database.apiKeys.list()).rejects.toMatchObject({ code: 'SJ_DATABASE_UNREACHABLE' });
      await cut;
      await gate.open();
      expect(await applied(pool)).toEqual([]);
      if (name === NAMES.at(-1)) expect(await database.apiKeys.list()).toEqual([]);
      await database.close();
    }
    expect([await applied(pool), await fingerprint(pool)]).toEqual([NAMES, fresh]);
  }, 120_000);

  it('waits for another server that takes longer to upgrade it than any query may', async () => {
    const { pool, url } = await newDatabase('patient');
    const busy = await pool.connect();
    await busy.query(LOCK);
    const database = createAdminDatabase({ url, onIdleError: () => {} });
    const keys = database.apiKeys.list();
    await new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
    busy.release(true);
    expect(await keys).toEqual([]);
    await database.close();
  }, 60_000);
});
