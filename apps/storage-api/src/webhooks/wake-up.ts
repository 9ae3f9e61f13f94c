import { PostgresClient } from '@supastor/adapters/postgres-tls/postgres-client';
import type { Client } from 'pg';

const CHANNEL = 'storage_webhooks';

/** A connection that hears when there is something to send. Only speeds things up: whoever uses it looks from time to time anyway. */
export class WakeUp {
  readonly #url: string;
  readonly #onWake: () => void;
  #client: Client | undefined;

  constructor(url: string, onWake: () => void) {
    this.#url = url;
    this.#onWake = onWake;
  }

  /** Connects, unless connected. @throws when the database is away */
  async start(): Promise<void> {
    if (this.#client !== undefined) return;
    const client = new PostgresClient({ connectionString: this.#url, application_name: 'supastor-storage-webhooks', keepAlive: true });
    client.on('error', () => this.#drop(client));
    client.on('end', () => this.#drop(client));
    client.on('notification', () => this.#onWake());
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      this.#client = client;
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
  }

  async stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => {});
  }

  #drop(client: Client): void {
    if (this.#client === client) this.#client = undefined;
  }
}
