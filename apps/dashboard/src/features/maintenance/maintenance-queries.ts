import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';

const LIMIT = 100;
const FOLLOW_MS = 2000;

/** Scans, scrubs and imports, newest first; asked again and again while one is under way. */
export const runsQuery = queryOptions({
  queryKey: [...keys.maintenance, 'runs'],
  queryFn: async ({ signal }) => (await call(operations.maintenanceRuns, { limit: 20 }, signal)).runs,
  refetchInterval: ({ state }) => (state.data?.some((run) => run.state === 'waiting' || run.state === 'running') ? FOLLOW_MS : false),
});

export const damagedQuery = queryOptions({
  queryKey: [...keys.maintenance, 'damaged'],
  queryFn: async ({ signal }) => (await call(operations.maintenanceDamaged, { limit: LIMIT }, signal)).damaged,
});

export const quarantineQuery = queryOptions({
  queryKey: [...keys.maintenance, 'quarantine'],
  queryFn: async ({ signal }) => (await call(operations.maintenanceQuarantine, { limit: LIMIT }, signal)).entries,
});

export const adoptedQuery = queryOptions({
  queryKey: [...keys.maintenance, 'adopted'],
  queryFn: ({ signal }) => call(operations.maintenanceAdopted, { limit: LIMIT }, signal),
});
