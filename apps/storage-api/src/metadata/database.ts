import { PostgresClient } from '@supastor/adapters/postgres-tls/postgres-client';
import type { Logger } from '@supastor/adapters/telemetry/logger';
import { DatabaseError, Pool, type PoolClient } from 'pg';
import { AnswerGuard, PostgresSilent } from './answer-guard.ts';
import { Batch } from './batch.ts';
import { BackendIndex, ConnectionLost } from './connection-lost.ts';
import { isConnectionError, isContention, translateDatabaseError } from './database-error.ts';
import { inScope, leaveScope, type Scope } from './scope.ts';
import { type Step, step } from './step.ts';

export interface DatabaseOptions {
  readonly url: string;
  /** The same database through a pooler in transaction mode; absent: there is none. */
  readonly poolUrl?: string | undefined;
  readonly maxConnections: number;
  readonly logger: Logger;
  /** Longest a single statement may run. */
  readonly statementTimeoutMs?: number;
  /** Longest wait for a connection. */
  readonly connectTimeoutMs?: number;
  /** Connections that nobody used for this long are closed. */
  readonly idleTimeoutMs?: number;
}

export interface Transaction {
  /** Reads sent along in front of the transaction, as the service's own role; they stay valid when it fails. */
  readonly prelude?: readonly Step<unknown>[];
  /** Steps before the role is taken on, as the service's own role. */
  readonly before?: readonly Step<unknown>[];
  /** Steps as the scope's role, or as the service's own role without a scope. */
  readonly steps: readonly Step<unknown>[];
  /** Steps after the role is given back. */
  readonly after?: readonly Step<unknown>[];
  readonly scope?: Scope;
  /** `rollback` probes: everything is tried, nothing stays. */
  readonly end?: 'commit' | 'rollback';
}

/** What may pass beyond the time-out of a statement until the answer of Postgres must be there. */
const GRACE_MS = 5000;
const KEEP_ALIVE_DELAY_MS = 10_000;
/** Scripts and locks that run at the same time beside a pooler. */
const MAX_SESSIONS = 3;
const CONNECT_ATTEMPTS = 5;
const CONNECT_BACKOFF_MS = 100;
const CONTENTION_ATTEMPTS = 5;

/**
 * Connections to Postgres. Statements are prepared once per connection, and those that do not depend on each other's
 * results are sent as one {@link Batch}: one write, one round trip, one transaction.
 */
export class Database {
  readonly #pool: Pool;
  /** Connections that keep what a session has: the same ones when there is no pooler. */
  readonly #sessions: Pool;
  readonly #backends = new BackendIndex();
  readonly #silenceMs: number;
  readonly #prepares: boolean;

  constructor(options: DatabaseOptions) {
    const { url, poolUrl, maxConnections, logger } = options;
    const { statementTimeoutMs = 30_000, connectTimeoutMs = 5000, idleTimeoutMs = 60_000 } = options;
    this.#silenceMs = statementTimeoutMs + GRACE_MS;
    const shared = {
      Client: PostgresClient,
      connectionTimeoutMillis: connectTimeoutMs,
      idleTimeoutMillis: idleTimeoutMs,
      application_name: 'supastor-storage',
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
    };
    const timeouts = { statement_timeout: statementTimeoutMs, idle_in_transaction_session_timeout: 60_000 };
    this.#prepares = poolUrl === undefined;
    const direct = new Pool({ ...shared, ...timeouts, connectionString: url, max: this.#prepares ? maxConnections : MAX_SESSIONS });
    // A pooler refuses settings that it does not know how to give to whichever process is next.
    this.#pool = poolUrl === undefined ? direct : new Pool({ ...shared, connectionString: poolUrl, max: maxConnections });
    this.#sessions = direct;
    for (const pool of new Set([this.#pool, this.#sessions])) {
      pool.on('error', (error) => logger.warn({ err: error }, 'idle database connection was lost'));
      // A connection in use reports its loss twice: to its statements, and as an event that would end the process.
      pool.on('connect', (client) => {
        client.on('error', () => {});
        if (this.#prepares) this.#backends.identify(client);
      });
    }
  }

  /** Connections in use, idle and waited for. */
  stats(): { total: number; idle: number; waiting: number } {
    return { total: this.#pool.totalCount, idle: this.#pool.idleCount, waiting: this.#pool.waitingCount };
  }

  /** Runs reads as the service's own role, each on its own snapshot; sent again once when the connection breaks or others were in the way. */
  async read(...steps: Step<unknown>[]): Promise<void> {
    try {
      await this.#run(steps);
    } catch (error) {
      // Who was silent for so long is not asked a second time.
      const isOver = error instanceof ConnectionLost && error.cause instanceof PostgresSilent;
      if (isOver || (!isConnectionError(error) && !isContention(error))) throw translateDatabaseError(error);
      await this.#run(steps).catch((again: unknown) => {
        throw translateDatabaseError(again);
      });
    }
  }

  /** Like {@link read}, but sent once, whatever comes of it: for those who have another place to ask. */
  async readOnce(...steps: Step<unknown>[]): Promise<void> {
    await this.#run(steps, 1);
  }

  /**
   * Runs all steps in one transaction and one round trip; the first failing step rolls everything back. Sent again when Postgres
   * gave it up in favour of another transaction.
   */
  async transact(transaction: Transaction): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#run(layOut(transaction));
      } catch (error) {
        if (attempt === CONTENTION_ATTEMPTS || !isContention(error)) throw translateDatabaseError(error);
      }
    }
  }

  /** Like {@link transact}, but for reads that change nothing: sent again once when the connection breaks. */
  async readAs(scope: Scope, ...steps: Step<unknown>[]): Promise<void> {
    await this.readBoth(scope, [], steps);
  }

  /** Reads as the service's own role (`prelude`) and as the scope's role (`steps`), in one round trip on one connection. */
  async readBoth(scope: Scope, prelude: readonly Step<unknown>[], steps: readonly Step<unknown>[]): Promise<void> {
    await this.read(...prelude, ...inScope(scope, steps));
  }

  /** Runs a script (several statements, no parameters) on one connection, which is its own until it ends: also with a pooler. */
  async script<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#connect(this.#sessions);
    let failure: Error | undefined;
    try {
      return await work(client);
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
      throw error;
    } finally {
      client.release(failure);
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...new Set([this.#pool, this.#sessions])].map((pool) => pool.end()));
  }

  async #run(steps: readonly Step<unknown>[], connectAttempts = CONNECT_ATTEMPTS): Promise<void> {
    const client = await this.#connect(this.#pool, connectAttempts);
    let broken: Error | undefined;
    try {
      await send(client, steps, { silenceMs: this.#silenceMs, prepares: this.#prepares });
    } catch (error) {
      if (error instanceof DatabaseError && !isConnectionError(error)) throw error;
      broken = new ConnectionLost(error, this.#backends.of(client));
      throw broken;
    } finally {
      client.release(broken);
    }
  }

  async #connect(pool: Pool, attempts = CONNECT_ATTEMPTS): Promise<PoolClient> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await pool.connect();
      } catch (error) {
        if (attempt >= attempts || !isConnectionError(error)) throw translateDatabaseError(error);
        await new Promise((resolve) => setTimeout(resolve, CONNECT_BACKOFF_MS * attempt));
      }
    }
  }
}

const BEGIN = { name: 'transaction_begin', text: 'begin' };
const ROLLBACK = { name: 'transaction_rollback', text: 'rollback' };

/** A batch commits as it ends, so only what is to be taken back needs a transaction of its own. */
function layOut({ prelude = [], before = [], steps, after = [], scope, end = 'commit' }: Transaction): Step<unknown>[] {
  const scoped = scope === undefined ? steps : inScope(scope, steps);
  const left = scope === undefined || after.length === 0 ? [] : [leaveScope()];
  const work = [...before, ...scoped, ...left, ...after];
  return end === 'commit' ? [...prelude, ...work] : [...prelude, step(BEGIN), ...work, step(ROLLBACK)];
}

interface Sending {
  readonly silenceMs: number;
  readonly prepares: boolean;
}

async function send(client: PoolClient, steps: readonly Step<unknown>[], sending: Sending): Promise<void> {
  try {
    await sendOne(client, steps, sending);
  } catch (error) {
    // What is left of a batch after a refusal was skipped, its rollback included.
    if (error instanceof DatabaseError && steps.some(({ statement }) => statement === BEGIN))
      await sendOne(client, [step(ROLLBACK)], sending);
    throw error;
  }
}

/** @throws PostgresSilent when no statement was done for so long; the connection must be given up then */
async function sendOne(client: PoolClient, steps: readonly Step<unknown>[], { silenceMs, prepares }: Sending): Promise<void> {
  const guard = new AnswerGuard(silenceMs);
  try {
    await Promise.race([client.query(new Batch(steps, { guard, prepares })).done, guard.silent]);
  } finally {
    guard.stop();
  }
}
