import {
  maintenanceAdopted,
  maintenanceCancel,
  maintenanceDamaged,
  maintenanceGet,
  maintenanceImport,
  maintenanceQuarantine,
  maintenanceRestore,
  maintenanceRuns,
  maintenanceScan,
  maintenanceScrub,
} from '@supastor/contract/operations/maintenance';
import type { OperationContext } from '../operations/context.ts';
import { implement } from '../operations/implement.ts';
import type { MaintenanceAdmin } from './maintenance-admin.port.ts';

type Context = OperationContext<{ readonly maintenance: MaintenanceAdmin }>;

export const maintenanceHandlers = {
  'maintenance.scan': implement(maintenanceScan, (options, { deps, signal }: Context) => deps.maintenance.scan(options, signal)),

  'maintenance.scrub': implement(maintenanceScrub, (options, { deps, signal }: Context) => deps.maintenance.scrub(options, signal)),

  'maintenance.import': implement(maintenanceImport, (options, { deps, signal }: Context) => deps.maintenance.import(options, signal)),

  'maintenance.adopted': implement(maintenanceAdopted, ({ limit }, { deps, signal }: Context) => deps.maintenance.adopted(limit, signal)),

  'maintenance.runs': implement(maintenanceRuns, async ({ limit }, { deps, signal }: Context) => ({
    runs: [...(await deps.maintenance.runs(limit, signal))],
  })),

  'maintenance.get': implement(maintenanceGet, ({ id }, { deps, signal }: Context) => deps.maintenance.get(id, signal)),

  'maintenance.cancel': implement(maintenanceCancel, ({ id }, { deps, signal }: Context) => deps.maintenance.cancel(id, signal)),

  'maintenance.damaged': implement(maintenanceDamaged, async ({ limit }, { deps, signal }: Context) => ({
    damaged: [...(await deps.maintenance.damaged(limit, signal))],
  })),

  'maintenance.quarantine': implement(maintenanceQuarantine, async (query, { deps, signal }: Context) => ({
    entries: [...(await deps.maintenance.quarantine(query, signal))],
  })),

  'maintenance.restore': implement(maintenanceRestore, ({ ids }, { deps, signal }: Context) => deps.maintenance.restore(ids, signal)),
};
