import type { Client } from 'pg';

/** First key of the advisory lock that a live process holds on its id. */
export const PRESENCE_LOCK_CLASS = 7303002;

export interface PresenceOptions {
  readonly url: string;
  /** Id of this process; the lock on it is held as long as the connection lives. */
  readonly processId: string;
  /** Notifications to take: channel -> what to do with a payload. */
  readonly channels: Readonly<Record<string, (payload: string) => void>>;
  /** Connected again; what was announced meanwhile is unknown. */
  readonly onConnected: () => void;
}

/** One connection that tells other processes we live, and hears what they announce. Reconnects until closed. */
export interface Presence {
  close(): Promise<void>;
}

const FIRST_DELAY_MS = 200;
const MAX_DELAY_MS = 5000;

export function startPresence(options: PresenceOptions): Presence {
  let client: Client | null = null;
  let timer: NodeJS.Timeout | undefined;
  let delayMs = FIRST_DELAY_MS;
  let closed = false;

  function later(): void {
    client = null;
    if (closed) return;
    timer = setTimeout(() => void connect(), delayMs);
    delayMs = Math.min(MAX_DELAY_MS, delayMs * 2);
  }

  async function connect(): Promise<void> {
    const [{ default: pg }, { PostgresClient }] = await Promise.all([import('pg'), import('../postgres-tls/postgres-client.ts')]);
    const fresh = new PostgresClient({
      connectionString: options.url,
      connectionTimeoutMillis: 3000,
      keepAlive: true,
      application_name: 'supastor-admin',
    });
    client = fresh;
    const lost = () => {
      if (client === fresh) later();
    };
    fresh.on('error', lost);
    fresh.once('end', lost);
    fresh.on('notification', ({ channel, payload }) => options.channels[channel]?.(payload ?? ''));
    try {
      await fresh.connect();
      await fresh.query('select pg_advisory_lock($1, hashtext($2))', [PRESENCE_LOCK_CLASS, options.processId]);
      for (const channel of Object.keys(options.channels)) await fresh.query(`listen ${pg.escapeIdentifier(channel)}`);
      delayMs = FIRST_DELAY_MS;
      options.onConnected();
    } catch {
      lost();
      await fresh.end().catch(() => undefined);
    }
  }

  void connect();
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}
