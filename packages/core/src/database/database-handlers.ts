import { SupastorError } from '@supastor/contract/errors';
import { databaseGrants, databaseRoles, databaseSchemas, databaseTables } from '@supastor/contract/operations/database';
import type { OperationContext } from '../operations/context.ts';
import { implement } from '../operations/implement.ts';
import type { DatabaseCatalogue } from './database-catalogue.port.ts';

/** Null: the server knows no postgres-meta. */
type Context = OperationContext<{ readonly databaseCatalogue: DatabaseCatalogue | null }>;

export const databaseHandlers = {
  'database.schemas': implement(databaseSchemas, async (_, { deps, signal }: Context) => ({
    schemas: [...(await requireMeta(deps).schemas(signal))],
  })),
  'database.tables': implement(databaseTables, async ({ schema }, { deps, signal }: Context) => ({
    tables: [...(await requireMeta(deps).tables(schema, signal))],
  })),
  'database.roles': implement(databaseRoles, async (_, { deps, signal }: Context) => ({
    roles: [...(await requireMeta(deps).roles(signal))],
  })),
  'database.grants': implement(databaseGrants, async ({ schema }, { deps, signal }: Context) => ({
    grants: [...(await requireMeta(deps).grants(schema, signal))],
  })),
};

function requireMeta({ databaseCatalogue }: Context['deps']): DatabaseCatalogue {
  if (databaseCatalogue) return databaseCatalogue;
  throw new SupastorError('SJ_UPSTREAM_FAILED', 'The admin server knows no postgres-meta.', {
    hint: 'Set SUPASTOR_META_URL of the admin server.',
  });
}
