import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';

const LOOK_MS = 15_000;

/** Alerts that are open, and the channels that are set up. */
export const openAlertsQuery = queryOptions({
  queryKey: [...keys.alerts, 'active'],
  queryFn: ({ signal }) => call(operations.alertsList, { state: 'active' }, signal),
  refetchInterval: LOOK_MS,
});

export const resolvedAlertsQuery = queryOptions({
  queryKey: [...keys.alerts, 'resolved'],
  queryFn: ({ signal }) => call(operations.alertsList, { state: 'resolved', limit: 50 }, signal),
});

export const silencesQuery = queryOptions({
  queryKey: [...keys.alerts, 'silences'],
  queryFn: ({ signal }) => call(operations.alertsSilences, {}, signal),
});

export const alertRulesQuery = queryOptions({
  queryKey: [...keys.alerts, 'rules'],
  queryFn: ({ signal }) => call(operations.alertsRules, {}, signal),
});
