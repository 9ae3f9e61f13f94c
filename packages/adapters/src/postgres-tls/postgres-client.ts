import { Client, type ClientConfig } from 'pg';
import { addressOf, connectionOptions } from './connection-options.ts';
import { explainTlsFailure } from './explain-tls-failure.ts';
import { speaksTls } from './speaks-tls.ts';
import { splitTls } from './tls-parameters.ts';

type Callback = (error: Error | null) => void;

/**
 * The driver's client with the TLS of libpq; also as `Client` of a pool. Connecting rejects with SJ_DATABASE_UNREACHABLE, which explains
 * itself, where TLS is what failed.
 */
export class PostgresClient extends Client {
  readonly #mode;

  /** @throws SJ_CONFIG_INVALID for parameters of TLS that cannot be used */
  constructor(config: ClientConfig = {}) {
    const { connectionString = '' } = config;
    super({ ...config, ...connectionOptions(connectionString) });
    this.#mode = splitTls(connectionString).tls.mode;
  }

  override connect(): Promise<Client>;
  override connect(callback: Callback): void;
  override connect(callback?: Callback): Promise<Client> | void {
    if (callback !== undefined) return this.#settle(callback);
    return new Promise((resolve, reject) => {
      this.#settle((error) => {
        if (error) reject(error);
        else resolve(this);
      });
    });
  }

  #settle(done: Callback): void {
    if (this.#mode !== 'prefer') return this.#start(done);
    void this.#startAsPreferred(done);
  }

  async #startAsPreferred(done: Callback): Promise<void> {
    if ((await speaksTls(this)) === false) goWithoutTls(this);
    this.#start(done);
  }

  #start(done: Callback): void {
    super.connect((error: Error | null) => {
      done(error && (explainTlsFailure(error, { host: this.host, port: this.port, mode: this.#mode }) ?? error));
    });
  }
}

/** For libraries that make their own clients: the same connection string with `prefer` decided once. */
export async function settlePreference(url: string): Promise<string> {
  if (splitTls(url).tls.mode !== 'prefer') return url;
  const speaks = await speaksTls(addressOf(url));
  return url.replace(/([?&]sslmode=)prefer/, `$1${speaks === false ? 'disable' : 'require'}`);
}

/** The driver reads both when it connects. */
function goWithoutTls(client: Client): void {
  Reflect.set(client, 'ssl', false);
  Reflect.set(Reflect.get(client, 'connection'), 'ssl', false);
}
