import { createRequire } from 'node:module';
import type { PoolClient, PoolConfig } from 'pg';
import { addressOf, connectionOptions } from '../../postgres-tls/connection-options.ts';
import { explainTlsFailure } from '../../postgres-tls/explain-tls-failure.ts';
import { settlePreference } from '../../postgres-tls/postgres-client.ts';
import { splitTls } from '../../postgres-tls/tls-parameters.ts';

type Connected = (error: Error | undefined, client: PoolClient | undefined, done: (release?: unknown) => void) => void;

/** What postgres-meta needs of the driver's pool. */
interface DriverPool {
  readonly options: PoolConfig;
  connect(callback: Connected): void;
}

interface Driver {
  Pool: new (config?: PoolConfig) => DriverPool;
}

/**
 * postgres-meta checks certificates for `verify-full` only, knows no `prefer`, and cuts files off its connection string. Its pools
 * connect as all of ours do instead. Must run before postgres-meta is imported; `from` is a file of that package, and `url` the one
 * database it serves.
 */
export function connectWithTls(from: string, url: string): void {
  const driver: unknown = createRequire(from)('pg');
  if (!isDriver(driver)) throw new Error('the driver of postgres-meta is not what it was');
  const attempt = { ...addressOf(url), mode: splitTls(url).tls.mode };
  const Original = driver.Pool;
  driver.Pool = class extends Original {
    override connect(callback: Connected): void {
      void this.#connect((error, client, done) => callback(error && (explainTlsFailure(error, attempt) ?? error), client, done));
    }

    /** Its pools live for one request, so each of them asks what the server speaks. */
    async #connect(callback: Connected): Promise<void> {
      try {
        Object.assign(this.options, connectionOptions(await settlePreference(url)));
      } catch (error) {
        return callback(error instanceof Error ? error : new Error(String(error)), undefined, () => undefined);
      }
      super.connect(callback);
    }
  };
}

function isDriver(value: unknown): value is Driver {
  return typeof value === 'object' && value !== null && 'Pool' in value && typeof value.Pool === 'function';
}
