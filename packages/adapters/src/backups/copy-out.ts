import type { Client, Connection, Submittable } from 'pg';

type Row = readonly (string | null)[];
type Consume = (chunk: Buffer) => Promise<void>;

/** What waits for the consumer may take this much memory before the server is made to wait. */
const HIGH_BYTES = 4 * 1024 * 1024;
const LOW_BYTES = 1024 * 1024;

/**
 * Sends one command that copies out (`COPY ... TO STDOUT`, `BASE_BACKUP`) and hands each piece to `consume`, one after the other. Resolves to
 * the rows of its result sets, as text, once everything is consumed. When `consume` fails or the signal aborts, the connection is closed.
 */
export async function copyOut(client: Client, text: string, consume: Consume, signal: AbortSignal): Promise<readonly Row[]> {
  signal.throwIfAborted();
  const command = new CopyOutCommand(text, consume);
  const abort = () => command.fail(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    client.query(command);
    return await command.done;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** The driver calls the methods whose names begin with `handle` for the messages of the server. */
class CopyOutCommand implements Submittable {
  readonly done: Promise<readonly Row[]>;
  readonly #text: string;
  readonly #consume: Consume;
  readonly #rows: Row[] = [];
  readonly #settle: PromiseWithResolvers<readonly Row[]>;
  #connection: Connection | null = null;
  #waitingBytes = 0;
  #tail: Promise<void> = Promise.resolve();

  constructor(text: string, consume: Consume) {
    this.#text = text;
    this.#consume = consume;
    this.#settle = Promise.withResolvers();
    this.done = this.#settle.promise;
  }

  submit(connection: Connection): void {
    this.#connection = connection;
    connection.query(this.#text);
  }

  /** Ends the command from our side. */
  fail(reason: unknown): void {
    this.#settle.reject(reason);
    this.#connection?.stream.destroy();
  }

  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    // The driver uses the memory again for what comes next.
    const own = Buffer.from(chunk);
    this.#waitingBytes += own.length;
    if (this.#waitingBytes > HIGH_BYTES) this.#connection?.stream.pause();
    this.#tail = this.#tail.then(() => this.#take(own)).catch((error: unknown) => this.fail(error));
  }

  handleDataRow({ fields }: { readonly fields: Row }): void {
    this.#rows.push(fields);
  }

  handleError(error: Error): void {
    this.#settle.reject(error);
  }

  handleReadyForQuery(): void {
    void this.#tail.then(() => this.#settle.resolve(this.#rows));
  }

  async #take(chunk: Buffer): Promise<void> {
    await this.#consume(chunk);
    this.#waitingBytes -= chunk.length;
    if (this.#waitingBytes < LOW_BYTES) this.#connection?.stream.resume();
  }

  handleRowDescription(): void {}
  handleCommandComplete(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
}
