import {
  maintenanceAdopted,
  maintenanceCancel,
  maintenanceDamaged,
  maintenanceQuarantine,
  maintenanceRestore,
  maintenanceRuns,
} from '@supastor/contract/operations/maintenance';
import { withAdmin } from '../../admin/with-admin.ts';
import type { CliContext } from '../../context.ts';
import { formatAdopted, formatDamaged, formatQuarantine, formatRun, formatRuns } from './format-runs.ts';

const MOST = 1000;

export async function listRuns(context: CliContext): Promise<void> {
  const found = await withAdmin(context, ({ client }) => client.run(maintenanceRuns, {}, { signal: context.signal }));
  context.output.result(found, ({ runs }, style) => formatRuns(runs, style));
}

export async function cancelRun(context: CliContext, id: string): Promise<void> {
  const run = await withAdmin(context, ({ client }) => client.run(maintenanceCancel, { id }, { signal: context.signal }));
  context.output.result(run, formatRun);
}

export async function listDamaged(context: CliContext): Promise<void> {
  const found = await withAdmin(context, ({ client }) => client.run(maintenanceDamaged, { limit: MOST }, { signal: context.signal }));
  context.output.result(found, ({ damaged }, style) => formatDamaged(damaged, style));
}

export async function showAdopted(context: CliContext): Promise<void> {
  const found = await withAdmin(context, ({ client }) => client.run(maintenanceAdopted, { limit: MOST }, { signal: context.signal }));
  context.output.result(found, formatAdopted);
}

export async function listQuarantine(context: CliContext): Promise<void> {
  const found = await withAdmin(context, ({ client }) => client.run(maintenanceQuarantine, { limit: MOST }, { signal: context.signal }));
  context.output.result(found, ({ entries }, style) => formatQuarantine(entries, style));
}

/** Returns 1 when something could not be put back. */
export async function restoreEntries(context: CliContext, ids: readonly string[]): Promise<number> {
  const wanted = { ids: [...ids] };
  const done = await withAdmin(context, ({ client }) => client.run(maintenanceRestore, wanted, { signal: context.signal }));
  context.output.result(done, ({ restored, refused }, style) =>
    [`${restored.length} restored`, ...refused.map(({ id, reason }) => style.red(`${id}: ${reason}`))].join('\n'),
  );
  return done.refused.length === 0 ? 0 : 1;
}
