import { SupastorError } from '@supastor/contract/errors';
import { schedulesRun, SCHEDULABLE } from '@supastor/contract/operations/schedules';
import { type GrantHolder, holds } from '../access/grant.ts';
import type { AuditOutcome, AuditSink } from '../audit/audit-sink.port.ts';
import type { LeaseStore } from '../locks/lease.port.ts';
import type { Clock, IdSource, OperationLogger } from '../operations/ports.ts';
import type { JobService } from './job-service.ts';
import type { StoredJob } from './job.port.ts';
import { titleOf } from './scheduled-jobs.ts';
import type { CronReader, Occurrence, ScheduleStore, StoredSchedule } from './schedule.port.ts';

export interface ScheduleRunnerOptions {
  readonly store: ScheduleStore;
  readonly cron: CronReader;
  readonly jobs: Pick<JobService, 'get' | 'adopt'>;
  /** So that a time has one entry in the trail, however many servers look. */
  readonly leases: LeaseStore;
  /** What somebody holds now; null: they are not let in any more. */
  readonly lookUp: (userId: string) => Promise<GrantHolder | null>;
  readonly audit: AuditSink;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: OperationLogger;
}

/** Later than this is missed. */
const GRACE_MS = 60_000;
const LEASE_MS = 30_000;
const USER_AGENT = 'schedule';

/** @returns one look for schedules whose time has come, which starts their jobs. Several servers may look at the same time. */
export function createScheduleRunner(options: ScheduleRunnerOptions): () => Promise<void> {
  const { store, leases, clock, ids, logger } = options;

  async function runDue(schedule: StoredSchedule): Promise<void> {
    const [lease, owner] = [`schedule ${schedule.id}`, ids.next()];
    if (!(await leases.acquire(lease, owner, LEASE_MS))) return;
    try {
      // Another server may have dealt with it just before.
      const current = await store.find(schedule.id);
      if (current?.nextAtMs === schedule.nextAtMs) await dealWith(options, current);
    } finally {
      await leases.release(lease, owner).catch((error: unknown) => logger.debug({ err: error }, 'the lock of a schedule ends by itself'));
    }
  }

  return async () => {
    for (const schedule of await store.due(clock.now())) {
      try {
        await runDue(schedule);
      } catch (error) {
        logger.error({ err: error, schedule: schedule.name }, 'a schedule cannot be run');
      }
    }
  };
}

/** Decides about the time that has come: run it, leave it out, or stop the schedule. */
async function dealWith(options: ScheduleRunnerOptions, schedule: StoredSchedule): Promise<void> {
  const { store, cron, jobs, lookUp, clock } = options;
  const { id, nextAtMs: atMs, kind, by } = schedule;
  if (atMs === null) return;
  const occurrence: Occurrence = { scheduleId: id, atMs, nextAtMs: cron.next(schedule.cron, schedule.timeZone, clock.now()) };
  const holder = await lookUp(schedule.userId);
  const { permission } = SCHEDULABLE[kind];
  if (!holder || !holds(holder, permission)) {
    return store.pause(occurrence, `${by}, who answers for it, does not hold ${permission} any more`);
  }
  if (schedule.missed === 'skip' && clock.now() - atMs > GRACE_MS) return store.skip(occurrence, 'no server was there for it');
  if (schedule.lastJobId !== null && (await isOpen(jobs, schedule.lastJobId))) {
    return store.skip(occurrence, `job ${schedule.lastJobId} of the time before was not over`);
  }
  await start(options, schedule, occurrence);
}

async function isOpen(jobs: ScheduleRunnerOptions['jobs'], id: string): Promise<boolean> {
  try {
    const { state } = await jobs.get(id);
    return state === 'queued' || state === 'running';
  } catch (error) {
    if (error instanceof SupastorError && error.code === 'SJ_NOT_FOUND') return false;
    throw error;
  }
}

/** Takes the time and starts its job, as an entry of the audit trail. While the trail cannot be written, the time waits. */
async function start({ store, jobs, audit, clock, ids }: ScheduleRunnerOptions, schedule: StoredSchedule, occurrence: Occurrence) {
  const { name, kind, input, by } = schedule;
  const auditId = ids.next();
  const startedMs = clock.now();
  const { name: operation, effect } = schedulesRun;
  const identity = { email: by, sessionId: `schedule:${schedule.id}`, apiKeyId: null };
  await audit.intent(
    {
      auditId,
      at: new Date(startedMs).toISOString(),
      operation,
      effect,
      identity,
      resource: `schedule/${schedule.id}`,
      parameters: { id: schedule.id, kind, input, time: new Date(occurrence.atMs).toISOString() },
      requestId: auditId,
      ip: '',
      userAgent: USER_AGENT,
    },
    { deferrable: false },
  );
  const close = (job: StoredJob | null, code: AuditOutcome['code']) =>
    audit.outcome({
      auditId,
      at: new Date(clock.now()).toISOString(),
      operation,
      outcome: job ? 'done' : 'failed',
      code,
      durationMs: clock.now() - startedMs,
      change: job ? { after: { job: job.id } } : {},
    });
  let job: StoredJob | null;
  try {
    job = await store.take(occurrence, { id: ids.next(), kind, title: titleOf(kind), input, by, schedule: name });
  } catch (error) {
    await close(null, error instanceof SupastorError ? error.code : 'SJ_INTERNAL');
    throw error;
  }
  // Another server took this time, or the schedule was changed.
  await close(job, job ? null : 'SJ_CONFLICT');
  if (job) await jobs.adopt(job);
}
