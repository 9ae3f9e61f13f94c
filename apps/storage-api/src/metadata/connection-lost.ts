import type { PoolClient } from 'pg';

/** The Postgres process behind a connection, so that one can ask later whether it still runs. */
export interface Backend {
  readonly pid: number;
  /** Seconds since 1970 as Postgres writes them; tells a process from a later one with the same pid. */
  readonly startedAt: string;
}

/** A connection broke while statements were under way: whether they were committed is unknown. */
export class ConnectionLost extends Error {
  /** Null when it is not known, or when something stands between us and Postgres. */
  readonly backend: Backend | null;

  constructor(cause: unknown, backend: Backend | null) {
    super(cause instanceof Error ? cause.message : 'the connection to the database was lost', { cause });
    this.name = 'ConnectionLost';
    this.backend = backend;
  }
}

/** The lost connection behind a failure, or undefined when Postgres itself answered, so that nothing was committed. */
export function connectionLostIn(error: unknown): ConnectionLost | undefined {
  if (error instanceof ConnectionLost) return error;
  return error instanceof Error && error.cause instanceof ConnectionLost ? error.cause : undefined;
}

const IDENTIFY = 'select pid, extract(epoch from backend_start)::text as "startedAt" from pg_stat_activity where pid = pg_backend_pid()';

/** Remembers which Postgres process serves which connection. */
export class BackendIndex {
  readonly #backends = new WeakMap<PoolClient, Backend>();

  /** Asks once, in front of whatever else is sent. */
  identify(client: PoolClient): void {
    void this.#ask(client).catch(() => {});
  }

  of(client: PoolClient): Backend | null {
    return this.#backends.get(client) ?? null;
  }

  async #ask(client: PoolClient): Promise<void> {
    const { rows } = await client.query<{ pid: number; startedAt: string | null }>(IDENTIFY);
    const [row] = rows;
    if (row === undefined || row.startedAt === null) return;
    // A pooler between us and Postgres announces a process id of its own; then the process may change under us.
    if ('processID' in client && client.processID === row.pid) this.#backends.set(client, { pid: row.pid, startedAt: row.startedAt });
  }
}
