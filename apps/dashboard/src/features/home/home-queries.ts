import type { Preferences } from '@supastor/contract/operations/preferences';
import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';

const RENEW_MS = 10_000;
const SHOWN = 12;
/** Signing in and arranging this very page are no news. */
const QUIET = /^session\.|^account\.savePreferences$/;
const READ = 60;

/** Traffic, what is stored, the disk. */
export const overviewQuery = queryOptions({
  queryKey: keys.overview,
  queryFn: ({ signal }) => call(operations.metricsOverview, {}, signal),
  refetchInterval: RENEW_MS,
});

/** What was changed lately, as the audit trail has it. */
export const changesQuery = queryOptions({
  queryKey: keys.audit({ home: true }),
  queryFn: async ({ signal }) => {
    const { entries } = await call(operations.auditList, { limit: READ }, signal);
    return entries.filter(({ operation }) => !QUIET.test(operation)).slice(0, SHOWN);
  },
  refetchInterval: RENEW_MS,
});

/** The newest jobs. */
export const recentJobsQuery = queryOptions({
  queryKey: [...keys.jobs, 'recent'],
  queryFn: ({ signal }) => call(operations.jobsList, { limit: SHOWN }, signal),
  refetchInterval: RENEW_MS,
});

/** Services as the live connection keeps them. */
export const serviceMapQuery = queryOptions({
  queryKey: keys.services,
  queryFn: ({ signal }) => call(operations.servicesList, {}, signal),
});

/** How one has arranged the page. */
export const preferencesQuery = queryOptions({
  queryKey: keys.preferences,
  queryFn: ({ signal }) => call(operations.accountPreferences, {}, signal),
  staleTime: 60_000,
});

export function savePreferences(changed: Partial<Preferences>): Promise<Preferences> {
  return call(operations.accountSavePreferences, changed);
}
