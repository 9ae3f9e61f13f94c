import type { DatabaseGrant, DatabaseRole, DatabaseTable } from '@supastor/contract/operations/database';

/** The structure of the database, as postgres-meta tells it. Every method may throw SJ_UPSTREAM_FAILED, SJ_TIMEOUT. */
export interface DatabaseCatalogue {
  schemas(signal: AbortSignal): Promise<readonly { readonly name: string; readonly owner: string }[]>;
  tables(schema: string, signal: AbortSignal): Promise<readonly DatabaseTable[]>;
  roles(signal: AbortSignal): Promise<readonly DatabaseRole[]>;
  grants(schema: string, signal: AbortSignal): Promise<readonly DatabaseGrant[]>;
}
