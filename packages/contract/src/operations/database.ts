import { z } from 'zod';
import { defineOperation } from './define.ts';
import { plainText } from './text.ts';

const schemaName = plainText(63).min(1).describe('Name of a database schema');

export const databaseSchemas = defineOperation({
  name: 'database.schemas',
  summary: 'Schemas of the database with their owners',
  input: z.strictObject({}),
  output: z.object({ schemas: z.array(z.object({ name: z.string(), owner: z.string() })) }),
  permission: 'database:read',
  effect: 'read',
  rest: { method: 'GET', path: '/database/schemas' },
});

export const databaseTableSchema = z.object({
  schema: z.string(),
  name: z.string(),
  comment: z.string().nullable(),
  /** Row-level security is on. */
  isSecured: z.boolean(),
  sizeBytes: z.number(),
  /** The planner's estimate. */
  rows: z.number(),
  columns: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      isNullable: z.boolean(),
      default: z.string().nullable(),
      comment: z.string().nullable(),
    }),
  ),
  primaryKey: z.array(z.string()),
});
export type DatabaseTable = z.infer<typeof databaseTableSchema>;

export const databaseTables = defineOperation({
  name: 'database.tables',
  summary: 'Tables of a schema with their columns and whether row-level security is on',
  input: z.strictObject({ schema: schemaName.default('storage') }),
  output: z.object({ tables: z.array(databaseTableSchema) }),
  permission: 'database:read',
  effect: 'read',
  rest: { method: 'GET', path: '/database/tables' },
});

export const databaseRoleSchema = z.object({
  name: z.string(),
  canLogin: z.boolean(),
  isSuperuser: z.boolean(),
  bypassesRls: z.boolean(),
  connectionLimit: z.number(),
  activeConnections: z.number(),
});
export type DatabaseRole = z.infer<typeof databaseRoleSchema>;

export const databaseRoles = defineOperation({
  name: 'database.roles',
  summary: 'Roles of the database and what they may do',
  input: z.strictObject({}),
  output: z.object({ roles: z.array(databaseRoleSchema) }),
  permission: 'database:read',
  effect: 'read',
  rest: { method: 'GET', path: '/database/roles' },
});

export const databaseGrantSchema = z.object({ table: z.string(), role: z.string(), privileges: z.array(z.string()) });
export type DatabaseGrant = z.infer<typeof databaseGrantSchema>;

export const databaseGrants = defineOperation({
  name: 'database.grants',
  summary: 'Which role holds which privilege on the tables of a schema',
  input: z.strictObject({ schema: schemaName.default('storage') }),
  output: z.object({ grants: z.array(databaseGrantSchema) }),
  permission: 'database:read',
  effect: 'read',
  rest: { method: 'GET', path: '/database/grants' },
});
