import { SupastorError } from '@supastor/contract/errors';
import { BACKUP_PIN } from '@supastor/contract/wire/backup';
import { type ClientConfig, DatabaseError } from 'pg';
import { PostgresClient } from '../postgres-tls/postgres-client.ts';

const BEAT_MS = 20_000;
/** Without a beat for this long the server ends the session, and with it the pin. */
const LONGEST_SILENCE_SECONDS = 120;

/** A connection that may also copy the whole cluster. Plain statements, but no parameters, can be sent over it. */
export async function openReplication(url: string): Promise<PostgresClient> {
  const config: ClientConfig & { readonly replication: string } = {
    connectionString: url,
    replication: 'database',
    application_name: 'supastor backup',
    keepAlive: true,
  };
  const client = new PostgresClient(config);
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (cause) {
    await client.end().catch(() => undefined);
    throw explain(cause);
  }
}

function explain(cause: unknown): unknown {
  if (!(cause instanceof DatabaseError)) return cause;
  const message = `Postgres gives no replication connection, which a backup needs: ${cause.message}`;
  if (cause.code === '53300') {
    return new SupastorError('SJ_CONFLICT', message, { hint: 'Raise max_wal_senders of Postgres; 10 is its default.', cause });
  }
  return new SupastorError('SJ_DATABASE_UNREACHABLE', message, {
    hint: 'The role of postgres.user needs REPLICATION (alter role ... replication), and pg_hba.conf must let it in; wal_level must not be minimal.',
    cause,
  });
}

/** While it is held, no server removes bytes that rows may still name, and nobody else changes the repository. */
export interface Pin {
  /** Aborted when the connection breaks: from then on nothing is kept. */
  readonly lost: AbortSignal;
  /** @throws SJ_DATABASE_UNREACHABLE when it is not held any more */
  check(): Promise<void>;
  release(): Promise<void>;
}

/** @throws SJ_LOCKED while somebody else holds it */
export async function takePin(url: string): Promise<Pin> {
  const client = new PostgresClient({ connectionString: url, application_name: 'supastor backup pin', keepAlive: true });
  const losing = new AbortController();
  const lose = (cause?: unknown) =>
    losing.abort(
      new SupastorError('SJ_DATABASE_UNREACHABLE', 'The connection that keeps the bytes of the backup broke, so it may be incomplete.', {
        hint: 'Make the backup again.',
        cause,
      }),
    );
  client.on('error', lose);
  client.on('end', () => lose());
  try {
    await client.connect();
    await client.query(`set idle_session_timeout = '${LONGEST_SILENCE_SECONDS}s'`);
    const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock($1, $2) as held', [
      BACKUP_PIN.space,
      BACKUP_PIN.key,
    ]);
    if (rows[0]?.held !== true) {
      throw new SupastorError('SJ_LOCKED', 'A backup of this database is being made or removed already.', {
        hint: 'Wait until it is over: supastor jobs list.',
      });
    }
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  const check = async () => {
    losing.signal.throwIfAborted();
    try {
      await client.query('select 1');
    } catch (error) {
      lose(error);
      losing.signal.throwIfAborted();
    }
  };
  const timer = setInterval(() => void check().catch(() => undefined), BEAT_MS);
  return {
    lost: losing.signal,
    check,
    async release() {
      clearInterval(timer);
      await client.end().catch(() => undefined);
    },
  };
}
