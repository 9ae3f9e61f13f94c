import { usageGet } from '@supastor/contract/operations/catalogue';
import { databaseGrants, databaseRoles, databaseSchemas, databaseTables } from '@supastor/contract/operations/database';
import type { ObjectCatalogue } from '../catalogue/object-catalogue.port.ts';
import type { DatabaseCatalogue } from '../database/database-catalogue.port.ts';
import type { Cache } from './cache.ts';

/** Changes of objects are announced; this is for those that are not, as with the original's server. */
const USAGE_MS = 10_000;
/** Nobody announces what is changed in the database by hand. */
const STRUCTURE_MS = 15_000;
const LOAD_MS = 30_000;

export const OBJECTS_TAG = 'objects';
export const STRUCTURE_TAG = 'structure';

export function bucketTag(bucket: string): string {
  return `bucket:${bucket}`;
}

/** The catalogue, with sums kept until objects change. Searches are always made anew. */
export function cacheUsage(catalogue: ObjectCatalogue, cache: Cache): ObjectCatalogue {
  return {
    search: (conditions, page) => catalogue.search(conditions, page),
    async usage(conditions, by, limit) {
      const { bucket } = conditions;
      const fields = Object.entries(conditions).toSorted(([a], [b]) => (a < b ? -1 : 1));
      const { total, groups } = await cache.remember(
        {
          key: `usage:${JSON.stringify([by, limit, fields])}`,
          tags: [bucket === undefined ? OBJECTS_TAG : bucketTag(bucket)],
          ttlMs: USAGE_MS,
          parse: (value) => usageGet.output.omit({ rest: true }).parse(value),
        },
        () => catalogue.usage(conditions, by, limit),
      );
      return { total, groups };
    },
  };
}

/** What postgres-meta tells, kept for moments: pages of the dashboard ask for the same again and again. */
export function cacheStructure(catalogue: DatabaseCatalogue, cache: Cache): DatabaseCatalogue {
  const keep = <T>(
    key: string,
    kept: { parse(value: unknown): T[] },
    load: (signal: AbortSignal) => Promise<readonly T[]>,
  ): Promise<readonly T[]> =>
    cache.remember(
      { key: `database:${key}`, tags: [STRUCTURE_TAG], ttlMs: STRUCTURE_MS, parse: (value) => kept.parse(value) },
      // Callers share the load, so none of them ends it.
      async () => [...(await load(AbortSignal.timeout(LOAD_MS)))],
    );
  const { schemas, tables } = { schemas: databaseSchemas.output.shape.schemas, tables: databaseTables.output.shape.tables };
  const { roles, grants } = { roles: databaseRoles.output.shape.roles, grants: databaseGrants.output.shape.grants };
  return {
    schemas: () => keep('schemas', schemas, (signal) => catalogue.schemas(signal)),
    tables: (schema) => keep(`tables:${schema}`, tables, (signal) => catalogue.tables(schema, signal)),
    roles: () => keep('roles', roles, (signal) => catalogue.roles(signal)),
    grants: (schema) => keep(`grants:${schema}`, grants, (signal) => catalogue.grants(schema, signal)),
  };
}
