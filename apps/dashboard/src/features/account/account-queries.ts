import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';

/** Whether the own account has a second factor. */
export const secondFactorQuery = queryOptions({
  queryKey: keys.secondFactor,
  queryFn: ({ signal }) => call(operations.accountSecondFactor, {}, signal),
});

/** The own passkeys. */
export const passkeysQuery = queryOptions({
  queryKey: keys.passkeys,
  queryFn: async ({ signal }) => (await call(operations.accountPasskeys, {}, signal)).passkeys,
});

/** The own sessions. */
export const ownSessionsQuery = queryOptions({
  queryKey: keys.ownSessions,
  queryFn: async ({ signal }) => (await call(operations.accountSessions, {}, signal)).sessions,
});
