import { maintenanceDamaged, maintenanceQuarantine, maintenanceRuns } from '@supastor/contract/operations/maintenance';
import { adoptedBytesSchema, maintenanceRunSchema, quarantineRestoredSchema } from '@supastor/contract/wire/maintenance';
import type { MaintenanceAdmin } from '@supastor/core/maintenance/maintenance-admin.port';
import { askOurs, type Send } from './ask-ours.ts';

const NONE = {
  message: 'The storage server has no scan, scrub or quarantine.',
  hint: 'Use the storage server of Supastor (storage.managed: true).',
} as const;

/** The part of our storage server's REST protocol that looks after bytes (`/maintenance`). */
export function createMaintenanceClient(send: Send): MaintenanceAdmin {
  const get = (path: string, signal: AbortSignal) => askOurs(send, { method: 'GET', path: `/maintenance${path}`, signal }, NONE);
  const post = (path: string, body: unknown, signal: AbortSignal) =>
    askOurs(send, { method: 'POST', path: `/maintenance${path}`, body, signal }, NONE);
  return {
    scan: async (options, signal) => maintenanceRunSchema.parse(await post('/scan', options, signal)),
    scrub: async (options, signal) => maintenanceRunSchema.parse(await post('/scrub', options, signal)),
    import: async (options, signal) => maintenanceRunSchema.parse(await post('/import', options, signal)),
    adopted: async (limit, signal) => adoptedBytesSchema.parse(await get(`/adopted?limit=${limit}`, signal)),
    runs: async (limit, signal) => maintenanceRuns.output.parse(await get(`/runs?limit=${limit}`, signal)).runs,
    get: async (id, signal) => maintenanceRunSchema.parse(await get(`/runs/${id}`, signal)),
    cancel: async (id, signal) => maintenanceRunSchema.parse(await post(`/runs/${id}/cancel`, {}, signal)),
    damaged: async (limit, signal) => maintenanceDamaged.output.parse(await get(`/damaged?limit=${limit}`, signal)).damaged,
    async quarantine({ runId, limit }, signal) {
      const run = runId === undefined ? '' : `&runId=${runId}`;
      return maintenanceQuarantine.output.parse(await get(`/quarantine?limit=${limit}${run}`, signal)).entries;
    },
    restore: async (ids, signal) => quarantineRestoredSchema.parse(await post('/quarantine/restore', { ids }, signal)),
  };
}
