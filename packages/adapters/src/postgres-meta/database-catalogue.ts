import { SupastorError } from '@supastor/contract/errors';
import { metaGrantSchema, metaRoleSchema, metaSchemaSchema, metaTableSchema } from '@supastor/contract/wire/postgres-meta';
import type { DatabaseCatalogue } from '@supastor/core/database/database-catalogue.port';
import type { JsonHttp } from '../storage/json-http.ts';

interface Parser<T> {
  parse(value: unknown): T;
}

const within = (schema: string) => `included_schemas=${encodeURIComponent(schema)}&include_system_schemas=true`;

/** Reads the structure of the database through postgres-meta's routes. */
export function createDatabaseCatalogue(http: JsonHttp): DatabaseCatalogue {
  async function read<T>(parser: Parser<T>, path: string, signal: AbortSignal): Promise<T> {
    const { status, body } = await http.send({ method: 'GET', path, signal });
    if (status !== 200) throw new SupastorError('SJ_UPSTREAM_FAILED', `postgres-meta answered ${path.split('?')[0]} with ${status}.`);
    try {
      return parser.parse(body);
    } catch (cause) {
      throw new SupastorError('SJ_UPSTREAM_FAILED', `postgres-meta answered ${path.split('?')[0]} in a shape we do not know.`, { cause });
    }
  }

  return {
    schemas: (signal) => read(metaSchemaSchema.array(), '/schemas?include_system_schemas=false', signal),
    tables: async (schema, signal) => {
      const tables = await read(metaTableSchema.array(), `/tables?${within(schema)}&include_columns=true`, signal);
      return tables.map((table) => ({
        schema: table.schema,
        name: table.name,
        comment: table.comment,
        isSecured: table.rls_enabled,
        sizeBytes: table.bytes,
        rows: table.live_rows_estimate,
        columns: table.columns.map((column) => ({
          name: column.name,
          type: column.data_type,
          isNullable: column.is_nullable,
          default: column.default_value,
          comment: column.comment,
        })),
        primaryKey: table.primary_keys.map(({ name }) => name),
      }));
    },
    roles: async (signal) => {
      const roles = await read(metaRoleSchema.array(), '/roles?include_default_roles=false', signal);
      return roles.map((role) => ({
        name: role.name,
        canLogin: role.can_login,
        isSuperuser: role.is_superuser,
        bypassesRls: role.can_bypass_rls,
        connectionLimit: role.connection_limit,
        activeConnections: role.active_connections,
      }));
    },
    grants: async (schema, signal) => {
      const tables = await read(metaGrantSchema.array(), `/table-privileges?${within(schema)}`, signal);
      return tables.flatMap(({ name, privileges }) => {
        const byRole = Map.groupBy(privileges, ({ grantee }) => grantee);
        return [...byRole].map(([role, held]) => ({ table: name, role, privileges: held.map((each) => each.privilege_type).toSorted() }));
      });
    },
  };
}
