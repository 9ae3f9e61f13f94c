import { SupastorError } from '@supastor/contract/errors';
import { backupsCreate, backupsGet, backupsList, backupsPrune, backupsRemove, backupsVerify } from '@supastor/contract/operations/backups';
import { withAdmin } from '../../admin/with-admin.ts';
import type { CliContext } from '../../context.ts';
import { followJob } from './follow-job.ts';
import { formatBackups, formatManifest, formatOutcome } from './format-backups.ts';

export interface WaitFlags {
  /** False after `--no-wait`. */
  readonly wait: boolean;
}

export interface PruneFlags {
  readonly last?: string;
  readonly daily?: string;
  readonly weekly?: string;
  readonly dryRun?: boolean;
}

export async function createBackup(context: CliContext, { wait }: WaitFlags): Promise<void> {
  await withAdmin(context, async ({ client }) => {
    const begun = await client.run(backupsCreate, {}, { signal: context.signal });
    const job = wait ? await followJob(context, client, begun) : begun;
    context.output.result(job, formatOutcome);
  });
}

export async function listBackups(context: CliContext): Promise<void> {
  const found = await withAdmin(context, ({ client }) => client.run(backupsList, {}, { signal: context.signal }));
  context.output.result(found, formatBackups);
}

export async function showBackup(context: CliContext, id: string): Promise<void> {
  const manifest = await withAdmin(context, ({ client }) => client.run(backupsGet, { id }, { signal: context.signal }));
  context.output.result(manifest, formatManifest);
}

export async function verifyBackup(context: CliContext, id: string, { wait }: WaitFlags): Promise<void> {
  await withAdmin(context, async ({ client }) => {
    const begun = await client.run(backupsVerify, { id }, { signal: context.signal });
    const job = wait ? await followJob(context, client, begun) : begun;
    context.output.result(job, formatOutcome);
  });
}

export async function deleteBackup(context: CliContext, id: string): Promise<void> {
  await requireAgreement(context, `This removes backup ${id} for good. Go on?`);
  const removed = await withAdmin(context, ({ client }) => client.run(backupsRemove, { id }, { signal: context.signal }));
  context.output.result(removed, ({ blobs }) => `${id} is removed, and ${blobs} versions that no other backup needs`);
}

/** @throws SJ_USAGE for a number that is none */
export async function pruneBackups(context: CliContext, { dryRun = false, ...flags }: PruneFlags): Promise<void> {
  const counts = {
    last: parseCount('last', flags.last),
    daily: parseCount('daily', flags.daily),
    weekly: parseCount('weekly', flags.weekly),
  };
  if (!dryRun) await requireAgreement(context, 'This removes backups for good (--dry-run says which). Go on?');
  const pruned = await withAdmin(context, ({ client }) => client.run(backupsPrune, { ...counts, dryRun }, { signal: context.signal }));
  context.output.result(pruned, ({ removed, kept, blobs }) => {
    const verb = dryRun ? 'would be removed' : 'removed';
    return [...removed.map((id) => `${verb}: ${id}`), `${kept.length} kept${dryRun ? '' : `, ${blobs} versions removed`}`].join('\n');
  });
}

function parseCount(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new SupastorError('SJ_USAGE', `--${name} does not understand "${text}"`, { hint: 'use a whole number, such as 7' });
}

async function requireAgreement(context: CliContext, question: string): Promise<void> {
  if (!(await context.confirm(question))) throw new SupastorError('SJ_INTERRUPTED', 'nothing was changed');
}
