import { setTimeout as sleep } from 'node:timers/promises';
import type { AdminDatabase } from '@supastor/adapters/db/admin-database';
import { cronReader } from '@supastor/adapters/queue/cron-reader';
import { createPgBossQueue } from '@supastor/adapters/queue/pg-boss-queue';
import type { Logger } from '@supastor/adapters/telemetry/logger';
import { BACKUP_VERIFY_JOB } from '@supastor/core/backups/backup-jobs';
import type { EventBus } from '@supastor/core/events/event-bus';
import type { JobKind } from '@supastor/core/jobs/job-kind';
import { toJob } from '@supastor/core/jobs/job-handlers';
import { createJobService, type JobService } from '@supastor/core/jobs/job-service';
import { createScheduleRunner, type ScheduleRunnerOptions } from '@supastor/core/jobs/schedule-runner';
import { SCHEDULED_JOBS, type ScheduledJobDeps } from '@supastor/core/jobs/scheduled-jobs';
import { createSchedules, type Schedules } from '@supastor/core/jobs/schedules';
import { FOLDER_JOBS, type FolderJobDeps } from '@supastor/core/objects/folder-jobs';
import type { Clock, IdSource } from '@supastor/core/operations/ports';

export interface JobsOptions {
  readonly database: AdminDatabase;
  readonly databaseUrl: string;
  readonly deps: Pick<FolderJobDeps, 'storage'> & Omit<ScheduledJobDeps, 'sleep'>;
  readonly audit: ScheduleRunnerOptions['audit'];
  readonly lookUp: ScheduleRunnerOptions['lookUp'];
  readonly events: EventBus;
  readonly processId: string;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
}

export interface RunningJobs {
  readonly service: JobService;
  readonly schedules: Schedules;
  stop(): Promise<void>;
}

const CONCURRENCY = 4;
const RECOVER_EVERY_MS = 5000;
const SCHEDULES_EVERY_MS = 2000;
const RETENTION_MS = 30 * 86_400_000;

/** Jobs of this server. The queue is loaded when there is the first job to run; until then only the table is looked at. */
export function startJobs(options: JobsOptions): RunningJobs {
  const { database, databaseUrl, events, processId, clock, ids, logger } = options;
  const queue = createPgBossQueue({
    url: databaseUrl,
    concurrency: CONCURRENCY,
    onError: (error) => logger.warn({ err: error }, 'the job queue has a problem'),
  });
  const service = createJobService({
    store: database.jobs,
    queue,
    kinds: new Map<string, JobKind<FolderJobDeps & ScheduledJobDeps>>(
      [...FOLDER_JOBS, ...SCHEDULED_JOBS, BACKUP_VERIFY_JOB].map((kind) => [kind.name, kind]),
    ),
    deps: {
      ...options.deps,
      onChanged: (bucket) => events.emit('object.changed', { bucket }),
      sleep: (ms, signal) => sleep(ms, undefined, { signal }),
    },
    clock,
    ids,
    logger,
    worker: processId,
    retentionMs: RETENTION_MS,
    onChanged: (job) => events.emit('job.changed', toJob(job)),
  });
  let working: Promise<void> | null = null;
  const work = () => {
    working ??= service.work().catch((error: unknown) => {
      working = null;
      logger.warn({ err: error }, 'jobs cannot be taken from the queue yet');
    });
  };
  const unsubscribe = events.on('job.changed', ({ state }) => {
    if (state === 'queued') work();
  });
  async function recover(): Promise<void> {
    try {
      if ((await service.recover()) > 0) work();
    } catch (error) {
      logger.debug({ err: error }, 'stranded jobs cannot be looked for yet');
    }
  }
  const { schedules: store, leases } = database;
  const runDue = createScheduleRunner({ ...options, store, leases, cron: cronReader, jobs: service });
  let running: Promise<void> | null = null;
  const lookAtSchedules = () => {
    running ??= runDue()
      .catch((error: unknown) => logger.debug({ err: error }, 'schedules cannot be looked at yet'))
      .finally(() => (running = null));
  };
  const timers = [setInterval(() => void recover(), RECOVER_EVERY_MS), setInterval(lookAtSchedules, SCHEDULES_EVERY_MS)];
  return {
    service,
    schedules: createSchedules({ store, cron: cronReader, jobs: service, clock, ids }),
    async stop() {
      for (const timer of timers) clearInterval(timer);
      await running;
      unsubscribe();
      await service.stop();
    },
  };
}
