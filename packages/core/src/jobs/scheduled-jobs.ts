import { SupastorError } from '@supastor/contract/errors';
import { auditPrune } from '@supastor/contract/operations/audit';
import { SCHEDULABLE, type ScheduledKind } from '@supastor/contract/operations/schedules';
import type { MaintenanceRun } from '@supastor/contract/wire/maintenance';
import type { AuditLog } from '../audit/audit-log.ts';
import type { ObjectCatalogue } from '../catalogue/object-catalogue.port.ts';
import { BACKUP_CREATE_JOB, type BackupJobDeps } from '../backups/backup-jobs.ts';
import type { MaintenanceAdmin } from '../maintenance/maintenance-admin.port.ts';
import type { JobContext, JobKind } from './job-kind.ts';
import type { JsonRecord } from './job.port.ts';

/** What the jobs of schedules reach the world through. */
export interface ScheduledJobDeps extends BackupJobDeps {
  readonly maintenance: Pick<MaintenanceAdmin, 'scan' | 'scrub' | 'get' | 'cancel'>;
  readonly auditLog: Pick<AuditLog, 'verify' | 'prune'>;
  readonly catalogue: Pick<ObjectCatalogue, 'usage'>;
}

const TITLES: Readonly<Record<ScheduledKind, string>> = {
  'backups.create': 'Make a backup',
  'maintenance.scan': 'Compare rows with bytes',
  'maintenance.scrub': 'Read all bytes again',
  'audit.verify': 'Check the audit trail',
  'audit.prune': 'Remove old entries of the audit trail',
  'usage.get': 'Sum up usage',
};

/** What such a job is called in lists. */
export function titleOf(kind: ScheduledKind): string {
  return TITLES[kind];
}

const DAY_MS = 86_400_000;
const LOOK_MS = 2000;

/** Each is heavy on one thing that all share, so one of a kind runs at a time, over all servers. */
export const SCHEDULED_JOBS: readonly (JobKind<ScheduledJobDeps> & { readonly name: ScheduledKind })[] = [
  BACKUP_CREATE_JOB,
  {
    name: 'maintenance.scan',
    maxRunning: 1,
    run: (input, deps, context) =>
      followRun((signal) => deps.maintenance.scan(SCHEDULABLE['maintenance.scan'].input.parse(input), signal), deps, context),
  },
  {
    name: 'maintenance.scrub',
    maxRunning: 1,
    run: (input, deps, context) =>
      followRun((signal) => deps.maintenance.scrub(SCHEDULABLE['maintenance.scrub'].input.parse(input), signal), deps, context),
  },
  {
    name: 'audit.verify',
    maxRunning: 1,
    async run(_, { auditLog }, { signal }) {
      const { firstBad, rows, checkpoints } = await auditLog.verify(null, signal);
      if (!firstBad) return { rows, checkpoints };
      throw new SupastorError(
        'SJ_CONFLICT',
        `The audit trail is not intact: row ${firstBad.seq} is ${firstBad.problem}, ${firstBad.detail}`,
      );
    },
  },
  {
    name: 'audit.prune',
    maxRunning: 1,
    async run(input, { auditLog }, { signal }) {
      const { olderThanDays } = auditPrune.input.parse(input);
      return { ...(await auditLog.prune(olderThanDays * DAY_MS, signal)) };
    },
  },
  {
    name: 'usage.get',
    maxRunning: 1,
    async run(input, { catalogue }) {
      const { by, limit } = SCHEDULABLE['usage.get'].input.parse(input);
      const { total, groups } = await catalogue.usage({}, by, limit);
      return { by, total, groups };
    },
  },
];

/** The storage server does the work; the job follows it, also when another server of the control plane goes on with the job. */
async function followRun(
  begin: (signal: AbortSignal) => Promise<MaintenanceRun>,
  { maintenance, sleep }: ScheduledJobDeps,
  { signal, checkpoint, report, isCancelled }: JobContext,
): Promise<JsonRecord> {
  const known = checkpoint?.['runId'];
  let run = typeof known === 'string' ? await maintenance.get(known, signal) : await begin(signal);
  try {
    await report({ done: 0, checkpoint: { runId: run.id } });
    while (run.finishedAt === null) {
      await sleep(LOOK_MS, signal);
      run = await maintenance.get(run.id, signal);
      await report({ done: Object.values(run.counts)[0] ?? 0, checkpoint: { runId: run.id } });
    }
  } catch (error) {
    if (isCancelled()) await maintenance.cancel(run.id, AbortSignal.timeout(LOOK_MS)).catch(() => undefined);
    throw error;
  }
  if (run.state === 'done') return { runId: run.id, ...run.counts };
  throw new SupastorError(
    'SJ_UPSTREAM_FAILED',
    `The storage server says that the run ${run.id} is ${run.state}: ${run.error ?? 'no reason'}`,
  );
}
