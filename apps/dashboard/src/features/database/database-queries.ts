import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';

export const schemasQuery = queryOptions({
  queryKey: [...keys.database, 'schemas'],
  queryFn: ({ signal }) => call(operations.databaseSchemas, {}, signal),
});

export const tablesQuery = (schema: string) =>
  queryOptions({
    queryKey: [...keys.database, 'tables', schema],
    queryFn: ({ signal }) => call(operations.databaseTables, { schema }, signal),
  });

export const grantsQuery = (schema: string) =>
  queryOptions({
    queryKey: [...keys.database, 'grants', schema],
    queryFn: ({ signal }) => call(operations.databaseGrants, { schema }, signal),
  });

export const rolesQuery = queryOptions({
  queryKey: [...keys.database, 'roles'],
  queryFn: ({ signal }) => call(operations.databaseRoles, {}, signal),
});
