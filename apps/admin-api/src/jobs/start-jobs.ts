import type { AdminDatabase } from '@supastor/adapters/db/admin-database';
import { createPgBossQueue } from '@supastor/adapters/queue/pg-boss-queue';
import type { Logger } from '@supastor/adapters/telemetry/logger';
import type { EventBus } from '@supastor/core/events/event-bus';
import { toJob } from '@supastor/core/jobs/job-handlers';
import { createJobService, type JobService } from '@supastor/core/jobs/job-service';
import { FOLDER_JOBS } from '@supastor/core/objects/folder-jobs';
import type { StorageAdmin } from '@supastor/core/objects/storage-admin.port';
import type { Clock, IdSource } from '@supastor/core/operations/ports';

export interface JobsOptions {
  readonly database: AdminDatabase;
  readonly databaseUrl: string;
  readonly storage: StorageAdmin;
  readonly events: EventBus;
  readonly processId: string;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
}

export interface RunningJobs {
  readonly service: JobService;
  stop(): Promise<void>;
}

const CONCURRENCY = 4;
const RECOVER_EVERY_MS = 5000;
const RETENTION_MS = 30 * 86_400_000;

/** Jobs of this server. The queue is loaded when there is the first job to run; until then only the table is looked at. */
export function startJobs({ database, databaseUrl, storage, events, processId, clock, ids, logger }: JobsOptions): RunningJobs {
  const queue = createPgBossQueue({
    url: databaseUrl,
    concurrency: CONCURRENCY,
    onError: (error) => logger.warn({ err: error }, 'the job queue has a problem'),
  });
  const service = createJobService({
    store: database.jobs,
    queue,
    kinds: new Map(FOLDER_JOBS.map((kind) => [kind.name, kind])),
    deps: { storage, onChanged: (bucket) => events.emit('object.changed', { bucket }) },
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
  const timer = setInterval(() => void recover(), RECOVER_EVERY_MS);
  return {
    service,
    async stop() {
      clearInterval(timer);
      unsubscribe();
      await service.stop();
    },
  };
}
