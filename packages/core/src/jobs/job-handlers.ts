import { SupastorError } from '@supastor/contract/errors';
import { type Job, jobsCancel, jobsGet, jobsList, jobsRemove, jobsRetry } from '@supastor/contract/operations/jobs';
import { holds } from '../access/grant.ts';
import { type Identity, requireIdentity } from '../access/identity.ts';
import type { OperationContext } from '../operations/context.ts';
import { implement } from '../operations/implement.ts';
import { isoOrNull } from '../operations/iso-time.ts';
import { requireDatabase } from '../operations/require-database.ts';
import type { JobService } from './job-service.ts';
import type { StoredJob } from './job.port.ts';

/** Null: the server has no database. */
type Context = OperationContext<{ readonly jobs: JobService | null }>;

export const jobHandlers = {
  'jobs.list': implement(jobsList, async ({ state, kind, limit, cursor }, { deps }: Context) => {
    const { jobs, nextCursor } = await requireJobs(deps.jobs).list({ state, kind, limit, cursor });
    return { jobs: jobs.map(toJob), nextCursor };
  }),

  'jobs.get': implement(jobsGet, async ({ id }, { deps }: Context) => toJob(await requireJobs(deps.jobs).get(id))),

  'jobs.cancel': implement(jobsCancel, async ({ id }, { deps, identity }: Context) => {
    const jobs = requireJobs(deps.jobs);
    refuseOthers(await jobs.get(id), requireIdentity(identity));
    return toJob(await jobs.cancel(id));
  }),

  'jobs.retry': implement(jobsRetry, async ({ id }, { deps, identity }: Context) => {
    const jobs = requireJobs(deps.jobs);
    refuseOthers(await jobs.get(id), requireIdentity(identity));
    return toJob(await jobs.retry(id));
  }),

  'jobs.remove': implement(jobsRemove, async ({ id }, { deps, recordChange }: Context) => {
    const job = await requireJobs(deps.jobs).remove(id);
    recordChange({ before: toJob(job) });
    return {};
  }),
};

function refuseOthers(job: StoredJob, identity: Identity): void {
  if (job.by === identity.email || holds(identity, 'jobs:write')) return;
  throw new SupastorError('SJ_FORBIDDEN', `Job ${job.id} was started by somebody else, and you do not hold jobs:write.`);
}

/** @throws SJ_DATABASE_UNREACHABLE when the server has no database */
export function requireJobs(jobs: JobService | null): JobService {
  return requireDatabase(jobs, 'cannot keep jobs');
}

/** A job as doors show it. */
export function toJob({ createdAtMs, startedAtMs, finishedAtMs, ...job }: StoredJob): Job {
  return { ...job, createdAt: new Date(createdAtMs).toISOString(), startedAt: isoOrNull(startedAtMs), finishedAt: isoOrNull(finishedAtMs) };
}
