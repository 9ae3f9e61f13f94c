import { setTimeout as sleep } from 'node:timers/promises';
import { parseBytes } from '@supastor/contract/config/field';
import { SupastorError } from '@supastor/contract/errors';
import { maintenanceGet, maintenanceImport, maintenanceScan, maintenanceScrub } from '@supastor/contract/operations/maintenance';
import type { MaintenanceRun } from '@supastor/contract/wire/maintenance';
import type { OperationClient } from '@supastor/core/operations/client';
import { withAdmin } from '../../admin/with-admin.ts';
import type { CliContext } from '../../context.ts';
import { parseDuration } from '../s3-keys/duration.ts';
import { formatRun } from './format-runs.ts';

export interface ScanFlags {
  readonly wait?: boolean;
  readonly grace?: string;
  readonly removeDangling?: boolean;
  readonly force?: boolean;
}

export interface ScrubFlags {
  readonly wait?: boolean;
  readonly onlyDamaged?: boolean;
  readonly rate?: string;
}

export interface ImportFlags {
  readonly wait?: boolean;
  readonly rate?: string;
  readonly removeSource?: boolean;
}

const POLL_MS = 500;

/** Begins a scan and prints it; with `--wait` as it ended. Returns 1 when it failed. */
export async function beginScan(context: CliContext, flags: ScanFlags): Promise<number> {
  const graceSeconds = flags.grace === undefined ? undefined : parseDuration(flags.grace);
  if (graceSeconds === null) {
    throw new SupastorError('SJ_USAGE', `--grace does not understand "${flags.grace}"`, { hint: 'use 0, 10m, 1h or 1d' });
  }
  const options = { graceSeconds, removeDangling: flags.removeDangling ?? false, force: flags.force ?? false };
  return withAdmin(context, async ({ client }) => {
    const begun = await client.run(maintenanceScan, options, { signal: context.signal });
    return report(context, client, begun, flags.wait ?? false);
  });
}

/** Begins a scrub and prints it; with `--wait` as it ended. Returns 1 when it failed. */
export async function beginScrub(context: CliContext, flags: ScrubFlags): Promise<number> {
  const bytesPerSecond = parseRate(flags.rate);
  return withAdmin(context, async ({ client }) => {
    const options = { onlyDamaged: flags.onlyDamaged ?? false, bytesPerSecond };
    const begun = await client.run(maintenanceScrub, options, { signal: context.signal });
    return report(context, client, begun, flags.wait ?? false);
  });
}

/** Begins an import and prints it; with `--wait` as it ended. Returns 1 when it failed, or could not copy everything. */
export async function beginImport(context: CliContext, flags: ImportFlags): Promise<number> {
  const bytesPerSecond = parseRate(flags.rate);
  return withAdmin(context, async ({ client }) => {
    const options = { removeSource: flags.removeSource ?? false, bytesPerSecond };
    const begun = await client.run(maintenanceImport, options, { signal: context.signal });
    return report(context, client, begun, flags.wait ?? false);
  });
}

function parseRate(rate: string | undefined): number | undefined {
  const bytesPerSecond = rate === undefined ? undefined : parseBytes(rate);
  if (bytesPerSecond !== null) return bytesPerSecond;
  throw new SupastorError('SJ_USAGE', `--rate does not understand "${rate}"`, { hint: 'use a size such as 50MB' });
}

async function report(context: CliContext, client: OperationClient, begun: MaintenanceRun, waits: boolean): Promise<number> {
  const run = waits ? await untilEnded(context, client, begun) : begun;
  context.output.result(run, formatRun);
  return run.state === 'failed' || run.state === 'cancelled' || (run.counts['failed'] ?? 0) > 0 ? 1 : 0;
}

async function untilEnded({ signal }: CliContext, client: OperationClient, begun: MaintenanceRun): Promise<MaintenanceRun> {
  for (let run = begun; ; run = await client.run(maintenanceGet, { id: run.id }, { signal })) {
    if (run.finishedAt !== null) return run;
    await sleep(POLL_MS, undefined, { signal });
  }
}
