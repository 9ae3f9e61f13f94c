import { SupastorError } from '@supastor/contract/errors';
import type { DatabaseCatalogue } from '@supastor/core/database/database-catalogue.port';
import { createJsonHttp } from '../storage/json-http.ts';
import { createDatabaseCatalogue } from './database-catalogue.ts';

export interface MetaClient {
  readonly catalogue: DatabaseCatalogue;
  /** Resolves when postgres-meta answers that it is healthy. @throws SJ_UPSTREAM_FAILED, SJ_TIMEOUT */
  ping(signal: AbortSignal): Promise<void>;
  close(): void;
}

/** Client of a postgres-meta server at `url`. */
export function createMetaClient({ url }: { readonly url: string }): MetaClient {
  const http = createJsonHttp({ baseUrl: url.replace(/\/$/, ''), serverName: 'meta', timeoutMs: 10_000, maxSockets: 8 });
  return {
    catalogue: createDatabaseCatalogue(http),
    async ping(signal) {
      const { status } = await http.send({ method: 'GET', path: '/health', signal });
      if (status !== 200) throw new SupastorError('SJ_UPSTREAM_FAILED', `The meta server answered its health check with ${status}.`);
    },
    close: () => http.close(),
  };
}
