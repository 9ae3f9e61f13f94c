import { queryOptions } from '@tanstack/react-query';
import { call } from './call.ts';
import { operations } from './operations.ts';
import { keys } from './query-keys.ts';

/** What whoever is signed in may do: what is offered depends on it, and so does what can be given to a key. */
export const heldPermissionsQuery = queryOptions({
  queryKey: keys.heldPermissions,
  queryFn: async ({ signal }) => (await call(operations.sessionGet, {}, signal)).permissions,
  staleTime: 60_000,
});
