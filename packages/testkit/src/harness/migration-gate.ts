import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';

/** A lock of the test's own, at which a migration waits. */
const LOCK = 4_242;
const POLL_MS = 10;

interface GateOptions {
  /** Of applied migrations, with a column `name`. */
  readonly table: string;
  /** Makes the table as the server would, where nothing was migrated yet. */
  readonly prepare: string;
  /** Name of the migration that is to wait. */
  readonly migration: string;
}

/** Lets a migration do its work and then wait, in the middle of its transaction, until the gate is opened. */
export class MigrationGate {
  readonly #pool: Pool;
  readonly #holder: PoolClient;
  readonly #table: string;

  private constructor(pool: Pool, holder: PoolClient, table: string) {
    this.#pool = pool;
    this.#holder = holder;
    this.#table = table;
  }

  static async close(pool: Pool, { table, prepare, migration }: GateOptions): Promise<MigrationGate> {
    await pool.query(`${prepare};
      create function public.wait_at_gate() returns trigger language plpgsql as $$ begin
        perform pg_advisory_xact_lock(${LOCK}); return new; end $$;
      create trigger gate before insert on ${table}
        for each row when (new.name = '${migration}') execute function public.wait_at_gate()`);
    const holder = await pool.connect();
    await holder.query('select pg_advisory_lock($1)', [LOCK]);
    return new MigrationGate(pool, holder, table);
  }

  /** Process id of the backend whose migration waits. */
  async arrival(): Promise<number> {
    for (;;) {
      const { rows } = await this.#holder.query<{ pid: number }>(
        `select pid from pg_locks where locktype = 'advisory' and objid = $1 and not granted
         and database = (select oid from pg_database where datname = current_database())`,
        [LOCK],
      );
      if (rows[0] !== undefined) return rows[0].pid;
      await sleep(POLL_MS);
    }
  }

  /** Lets go of whoever waits; then the gate is as if it had never been. */
  async open(): Promise<void> {
    await this.#holder.query('select pg_advisory_unlock($1)', [LOCK]);
    this.#holder.release();
    await this.#pool.query(`drop trigger gate on ${this.#table}; drop function public.wait_at_gate`);
  }
}
