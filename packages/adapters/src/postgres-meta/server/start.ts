import type { LogLevel } from '@supastor/contract/wire/log-record';
import { createLogger } from '../../telemetry/logger.ts';
import { connectWithTls } from './connect-with-tls.ts';
import { refusal } from './guard.ts';
import { makeHeavyModulesLazy } from './lazy-modules.ts';

export interface MetaServerOptions {
  readonly host: string;
  readonly port: number;
  readonly level: LogLevel;
  /** The database that it serves. */
  readonly databaseUrl: string;
}

export interface MetaServer {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts postgres-meta in this process. It reads CRYPTO_KEY from the environment itself, at import.
 * Unlike its own server it opens no second port, reports nothing to anyone, and refuses browsers.
 */
export async function startMetaServer({ host, port, level, databaseUrl }: MetaServerOptions): Promise<MetaServer> {
  const entry = import.meta.resolve('@supabase/postgres-meta');
  makeHeavyModulesLazy(entry);
  connectWithTls(entry, databaseUrl);
  const { build } = await import('@supabase/postgres-meta/dist/server/app.js');
  const logger = createLogger({ service: 'meta', level });
  const app = build({ logger });
  app.addHook('onRequest', async (request, reply) => {
    const reason = refusal({ host: request.headers.host, origin: request.headers.origin }, host);
    if (reason !== null) await reply.code(403).send({ error: reason });
  });
  const url = await app.listen({ host, port });
  return { url, stop: () => app.close() };
}
