import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';

/** People with their roles. */
export const usersQuery = queryOptions({
  queryKey: keys.users,
  queryFn: async ({ signal }) => (await call(operations.usersList, { limit: 500 }, signal)).users,
});

/** Built-in and own roles. */
export const rolesQuery = queryOptions({
  queryKey: keys.roles,
  queryFn: async ({ signal }) => (await call(operations.rolesList, {}, signal)).roles,
});

/** Who is signed in. */
export const sessionsQuery = queryOptions({
  queryKey: keys.sessions,
  queryFn: async ({ signal }) => (await call(operations.sessionsList, {}, signal)).sessions,
});

/** API keys that are not revoked. */
export const apiKeysQuery = queryOptions({
  queryKey: keys.apiKeys,
  queryFn: async ({ signal }) => (await call(operations.apiKeysList, {}, signal)).keys,
});

/** Access keys of the S3 endpoint. */
export const s3KeysQuery = queryOptions({
  queryKey: keys.s3Keys,
  queryFn: async ({ signal }) => (await call(operations.s3KeysList, {}, signal)).keys,
});
