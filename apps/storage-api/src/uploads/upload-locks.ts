import type { Logger } from '@supastor/adapters/telemetry/logger';
import { PostgresClient } from '@supastor/adapters/postgres-tls/postgres-client';
import type { Client } from 'pg';
import { failures } from '../errors.ts';

export interface UploadLocksOptions {
  readonly databaseUrl: string;
  readonly logger: Logger;
  /** Longest wait for a lock that someone else holds. */
  readonly waitMs?: number;
}

/** A lock that is held. */
export interface HeldLock {
  /** False once the connection that held it broke: someone else may hold it now. */
  readonly isHeld: boolean;
  release(): Promise<void>;
}

interface Holder {
  /** Connection that holds the lock; null while it is waited for and once it is released. */
  connection: Client | null;
  readonly requestRelease: () => void;
  readonly released: Promise<void>;
  readonly markReleased: () => void;
}

const CHANNEL = 'supastor_upload_release';
const RETRY_MS = 100;
/** A database that restarts is waited for this long. */
const RECONNECT_MS = 5000;
const HEARTBEAT_MS = 3000;
const IDLE_MS = 30_000;
const SQL = {
  lock: 'select pg_try_advisory_lock(hashtextextended($1, 7306)) as held',
  unlock: 'select pg_advisory_unlock(hashtextextended($1, 7306))',
  request: `select pg_notify('${CHANNEL}', $1)`,
};

/**
 * One upload at a time is worked on by one request, across all servers: advisory locks of Postgres, all on one connection
 * per server. They end with the server. Who wants a lock asks its holder, wherever it is, to let go.
 */
export class UploadLocks {
  readonly #options: UploadLocksOptions;
  readonly #holders = new Map<string, Holder>();
  #connection: Promise<Client> | undefined;
  /** The connection, once it stands. */
  #client: Client | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #idleSinceMs = Date.now();

  constructor(options: UploadLocksOptions) {
    this.#options = options;
  }

  /**
   * Waits for the lock. `onRequest` is called when someone else wants it: end soon.
   * @throws ProtocolError ResourceLocked when the holder did not let go in time, or `signal` was aborted
   */
  async acquire(name: string, signal: AbortSignal, onRequest: () => void): Promise<HeldLock> {
    const deadlineMs = Date.now() + (this.#options.waitMs ?? 20_000);
    const holder = await this.#enterLocally(name, { signal, deadlineMs, onRequest });
    try {
      await this.#lockInDatabase(name, holder, { signal, deadlineMs });
    } catch (error) {
      this.#leaveLocally(name, holder);
      throw error;
    }
    return this.#held(name, holder);
  }

  /** The lock if nobody holds it, else null. */
  async tryAcquire(name: string): Promise<HeldLock | null> {
    if (this.#holders.has(name)) return null;
    const holder = this.#createHolder(name, () => {});
    try {
      if (await this.#tryDatabase(name, holder)) return this.#held(name, holder);
    } catch (error) {
      this.#leaveLocally(name, holder);
      throw error;
    }
    this.#leaveLocally(name, holder);
    return null;
  }

  /** Asks every holder at this server to let go, for when it stops. */
  requestAll(): void {
    for (const { requestRelease } of this.#holders.values()) requestRelease();
  }

  async stop(): Promise<void> {
    clearInterval(this.#heartbeat);
    const connection = this.#connection;
    this.#connection = undefined;
    this.#client = undefined;
    await (await connection?.catch(() => undefined))?.end().catch(() => {});
  }

  async #enterLocally(
    name: string,
    { signal, deadlineMs, onRequest }: { signal: AbortSignal; deadlineMs: number; onRequest: () => void },
  ): Promise<Holder> {
    for (let current = this.#holders.get(name); current !== undefined; current = this.#holders.get(name)) {
      current.requestRelease();
      await Promise.race([current.released, pause(deadlineMs - Date.now(), signal)]);
      if (signal.aborted || Date.now() >= deadlineMs) throw failures.locked();
    }
    return this.#createHolder(name, onRequest);
  }

  #held(name: string, holder: Holder): HeldLock {
    const isHeld = () => this.#isHeld(holder);
    return {
      get isHeld() {
        return isHeld();
      },
      release: () => this.#release(name, holder),
    };
  }

  #isHeld({ connection }: Holder): boolean {
    return connection !== null && connection === this.#client;
  }

  #createHolder(name: string, requestRelease: () => void): Holder {
    const { promise: released, resolve: markReleased } = Promise.withResolvers<void>();
    const holder: Holder = { connection: null, requestRelease, released, markReleased };
    this.#holders.set(name, holder);
    return holder;
  }

  async #lockInDatabase(
    name: string,
    holder: Holder,
    { signal, deadlineMs }: { readonly signal: AbortSignal; readonly deadlineMs: number },
  ): Promise<void> {
    const patienceMs = Math.min(deadlineMs, Date.now() + RECONNECT_MS);
    for (;;) {
      try {
        if (await this.#tryDatabase(name, holder)) return;
        await this.#query(SQL.request, name);
      } catch (error) {
        if (Date.now() >= patienceMs) throw error;
      }
      await pause(RETRY_MS, signal);
      if (signal.aborted || Date.now() >= deadlineMs) throw failures.locked();
    }
  }

  async #tryDatabase(name: string, holder: Holder): Promise<boolean> {
    const { rows, client } = await this.#query(SQL.lock, name);
    if (rows[0]?.held !== true) return false;
    holder.connection = client;
    return this.#isHeld(holder);
  }

  async #release(name: string, holder: Holder): Promise<void> {
    // Without the connection there is nothing left to unlock.
    if (this.#isHeld(holder)) await this.#query(SQL.unlock, name).catch(() => {});
    this.#leaveLocally(name, holder);
  }

  #leaveLocally(name: string, holder: Holder): void {
    holder.connection = null;
    if (this.#holders.get(name) === holder) this.#holders.delete(name);
    holder.markReleased();
    if (this.#holders.size === 0) this.#idleSinceMs = Date.now();
  }

  async #query(text: string, name: string): Promise<{ readonly rows: readonly { held?: boolean }[]; readonly client: Client }> {
    let client: Client | undefined;
    try {
      client = await (this.#connection ??= this.#connect());
      const { rows } = await client.query<{ held?: boolean }>(text, [name]);
      return { rows, client };
    } catch (error) {
      // Whether the lock was taken is unknown now; it goes away with the connection.
      if (client !== undefined) this.#drop(client);
      throw failures.databaseUnavailable(error);
    }
  }

  async #connect(): Promise<Client> {
    const client = new PostgresClient({
      connectionString: this.#options.databaseUrl,
      application_name: 'supastor-storage-locks',
      connectionTimeoutMillis: 5000,
      query_timeout: 5000,
      keepAlive: true,
    });
    const lose = () => this.#lose(client);
    client.on('error', lose);
    client.on('end', lose);
    client.on('notification', ({ payload }) => this.#holders.get(payload ?? '')?.requestRelease());
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
    } catch (error) {
      this.#connection = undefined;
      throw error;
    }
    this.#client = client;
    clearInterval(this.#heartbeat);
    this.#heartbeat = setInterval(() => void this.#beat(client), HEARTBEAT_MS);
    this.#heartbeat.unref();
    return client;
  }

  /** Finds a connection that died silently, and lets one go that nobody needs. */
  async #beat(client: Client): Promise<void> {
    if (this.#holders.size === 0 && Date.now() - this.#idleSinceMs > IDLE_MS) return this.stop();
    await client.query('select 1').catch(() => this.#drop(client));
  }

  #drop(client: Client): void {
    this.#lose(client);
    client.end().catch(() => {});
  }

  /** Postgres gave all locks of the connection away: whoever relies on one must stop. */
  #lose(client: Client): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    this.#connection = undefined;
    clearInterval(this.#heartbeat);
    if (this.#holders.size === 0) return;
    this.#options.logger.warn({ uploads: this.#holders.size }, 'the connection that holds upload locks was lost');
    for (const { connection, requestRelease } of this.#holders.values()) if (connection === client) requestRelease();
  }
}

/** Resolves after `ms`, or at once when the signal is aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, Math.max(0, ms));
    // What it waits for may have come long before; the process need not stay for it.
    timer.unref();
    signal.addEventListener('abort', done, { once: true });
  });
}
