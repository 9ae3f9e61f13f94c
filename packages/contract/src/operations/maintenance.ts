import { z } from 'zod';
import {
  adoptedBytesSchema,
  damagedVersionSchema,
  importOptionsSchema,
  maintenancePageSchema,
  maintenanceRunSchema,
  quarantineEntrySchema,
  quarantineQuerySchema,
  quarantineRestoredSchema,
  quarantineRestoreSchema,
  scanOptionsSchema,
  scrubOptionsSchema,
} from '../wire/maintenance.ts';
import { defineOperation } from './define.ts';

const one = z.strictObject({ id: z.uuid().describe('Id of the run') });

export const maintenanceScan = defineOperation({
  name: 'maintenance.scan',
  summary: 'Compare rows with bytes in both directions; strays move to the quarantine',
  input: scanOptionsSchema,
  output: maintenanceRunSchema,
  permission: 'maintenance:write',
  effect: 'write',
  rest: { method: 'POST', path: '/maintenance/scan' },
});

export const maintenanceScrub = defineOperation({
  name: 'maintenance.scrub',
  summary: 'Read all bytes again and compare them with their checksums',
  input: scrubOptionsSchema,
  output: maintenanceRunSchema,
  permission: 'maintenance:write',
  effect: 'write',
  rest: { method: 'POST', path: '/maintenance/scrub' },
});

export const maintenanceImport = defineOperation({
  name: 'maintenance.import',
  summary: 'Copy what Supabase Storage has stored of a taken-over database into our own layout',
  input: importOptionsSchema,
  output: maintenanceRunSchema,
  permission: 'maintenance:write',
  effect: 'write',
  rest: { method: 'POST', path: '/maintenance/import' },
});

export const maintenanceAdopted = defineOperation({
  name: 'maintenance.adopted',
  summary: 'What a taken-over database still has in the store of Supabase Storage, and what could not be imported',
  input: maintenancePageSchema,
  output: adoptedBytesSchema,
  permission: 'maintenance:read',
  effect: 'read',
  rest: { method: 'GET', path: '/maintenance/adopted' },
});

export const maintenanceRuns = defineOperation({
  name: 'maintenance.runs',
  summary: 'Scans, scrubs and imports, newest first',
  input: maintenancePageSchema,
  output: z.object({ runs: z.array(maintenanceRunSchema) }),
  permission: 'maintenance:read',
  effect: 'read',
  rest: { method: 'GET', path: '/maintenance/runs' },
});

export const maintenanceGet = defineOperation({
  name: 'maintenance.get',
  summary: 'One scan, scrub or import, with what it found so far',
  input: one,
  output: maintenanceRunSchema,
  permission: 'maintenance:read',
  effect: 'read',
  rest: { method: 'GET', path: '/maintenance/runs/{id}' },
});

export const maintenanceCancel = defineOperation({
  name: 'maintenance.cancel',
  summary: 'End a scan, scrub or import at its next step; what it did stays done',
  input: one,
  output: maintenanceRunSchema,
  permission: 'maintenance:write',
  effect: 'write',
  rest: { method: 'POST', path: '/maintenance/runs/{id}/cancel' },
});

export const maintenanceDamaged = defineOperation({
  name: 'maintenance.damaged',
  summary: 'Versions whose bytes are missing or not what was stored',
  input: maintenancePageSchema,
  output: z.object({ damaged: z.array(damagedVersionSchema) }),
  permission: 'maintenance:read',
  effect: 'read',
  rest: { method: 'GET', path: '/maintenance/damaged' },
});

export const maintenanceQuarantine = defineOperation({
  name: 'maintenance.quarantine',
  summary: 'What scans moved out of the way, and until when it is kept',
  input: quarantineQuerySchema,
  output: z.object({ entries: z.array(quarantineEntrySchema) }),
  permission: 'maintenance:read',
  effect: 'read',
  rest: { method: 'GET', path: '/maintenance/quarantine' },
});

export const maintenanceRestore = defineOperation({
  name: 'maintenance.restore',
  summary: 'Put bytes, files and rows back from the quarantine',
  input: quarantineRestoreSchema,
  output: quarantineRestoredSchema,
  permission: 'maintenance:write',
  effect: 'write',
  rest: { method: 'POST', path: '/maintenance/quarantine/restore' },
});
