import { queryOptions } from '@tanstack/react-query';
import { call } from './call.ts';
import { operations } from './operations.ts';
import { keys } from './query-keys.ts';

/** The ways to sign in besides e-mail and password. */
export const methodsQuery = queryOptions({
  queryKey: keys.methods,
  queryFn: ({ signal }) => call(operations.sessionMethods, {}, signal),
  staleTime: Number.POSITIVE_INFINITY,
});
