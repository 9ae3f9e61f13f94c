import type { ScanOptions } from '@supastor/contract/wire/maintenance';
import { z } from 'zod';
import type { Logger } from '@supastor/adapters/telemetry/logger';
import { sweepDeadInstances } from '../blobs/collector.ts';
import type { StaleUploads } from '../http/s3/stale-uploads.ts';
import { forgetUnreferencedDamage } from './integrity-queries.ts';
import type { RunProgress } from './run-progress.ts';
import { removeDangling, scanRows } from './scan-rows.ts';
import { scanLooseFiles, scanVersions, type StrayDeps } from './scan-strays.ts';

const PHASES = ['sweep', 'versions', 'files', 'rows', 'remove', 'uploads'] as const;
export const scanPositionSchema = z.object({ phase: z.enum(PHASES).default('sweep'), cursor: z.string().nullable().default(null) });
export type ScanPosition = z.output<typeof scanPositionSchema>;

export interface ScanDeps extends StrayDeps {
  readonly logger: Logger;
  readonly staleUploads: StaleUploads;
}

/** Compares rows with bytes in both directions, from where an interrupted scan had come to. Only what is certain is touched. */
export async function runScan(
  deps: ScanDeps,
  progress: RunProgress,
  options: ScanOptions & { readonly graceSeconds: number },
  from: ScanPosition,
): Promise<void> {
  const graceMs = options.graceSeconds * 1000;
  const steps: Readonly<Record<ScanPosition['phase'], (cursor: string | null) => Promise<void>>> = {
    sweep: () => sweepDeadInstances(deps),
    versions: (cursor) => scanVersions(deps, progress, graceMs, cursor),
    files: () => scanLooseFiles(deps, progress, graceMs),
    rows: (cursor) => scanRows(deps, progress, cursor ?? ''),
    remove: async () => {
      if (options.removeDangling) await removeDangling(deps, progress, options.force);
      await deps.database.transact({ steps: [forgetUnreferencedDamage()] });
    },
    uploads: async () => {
      progress.add('uploadsEnded', await deps.staleUploads.runOnce());
      await deps.store.tidy();
    },
  };
  for (const phase of PHASES.slice(PHASES.indexOf(from.phase))) {
    const cursor = phase === from.phase ? from.cursor : null;
    await progress.save({ phase, cursor });
    await steps[phase](cursor);
  }
  const removed = progress.count('strays') + progress.count('danglingRemoved') + progress.count('uploadsEnded');
  progress.add('removed', removed);
}
