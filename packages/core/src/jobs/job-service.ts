import { SupastorError } from '@supastor/contract/errors';
import type { IdSource } from '../operations/ports.ts';
import { runJob, type RunJobOptions } from './run-job.ts';
import type { JobQuery, JobQueue, JsonRecord, StoredJob } from './job.port.ts';

export interface JobServiceOptions<Deps> extends RunJobOptions<Deps> {
  readonly queue: JobQueue;
  readonly ids: IdSource;
  /** Names this server while it lives; see the store. */
  readonly worker: string;
  readonly retentionMs: number;
}

export interface JobRequest {
  readonly kind: string;
  readonly title: string;
  readonly input: JsonRecord;
  readonly by: string;
  readonly schedule?: string;
}

export interface JobService {
  start(request: JobRequest): Promise<StoredJob>;
  /** Announces a job that was stored elsewhere. */
  adopt(job: StoredJob): Promise<void>;
  /** @throws SJ_NOT_FOUND */
  get(id: string): Promise<StoredJob>;
  list(query: JobQuery): Promise<{ readonly jobs: readonly StoredJob[]; readonly nextCursor: string | null }>;
  /** @throws SJ_NOT_FOUND, SJ_CONFLICT when it is over */
  cancel(id: string): Promise<StoredJob>;
  /** @throws SJ_NOT_FOUND, SJ_CONFLICT unless it failed or was cancelled */
  retry(id: string): Promise<StoredJob>;
  /** Removes the record of a job that is over. @throws SJ_NOT_FOUND, SJ_CONFLICT while it is not */
  remove(id: string): Promise<StoredJob>;
  /** Takes jobs from the queue until stopped. */
  work(): Promise<void>;
  /** One look for jobs that nobody works on; how many there were. */
  recover(): Promise<number>;
  /** Gives running jobs back. */
  stop(): Promise<void>;
}

/** Long-running work: stored first, then queued, run on any server, taken over when a server dies. */
export function createJobService<Deps>(options: JobServiceOptions<Deps>): JobService {
  const { store, queue, clock, logger, ids, worker, onChanged } = options;
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  const limits = Object.fromEntries(
    [...options.kinds].flatMap(([name, { maxRunning }]) => (maxRunning === undefined ? [] : [[name, maxRunning]])),
  );

  /** The row is what counts: when the queue cannot be told now, {@link JobService.recover} will. */
  async function tell(id: string): Promise<void> {
    await queue.send(id).catch((error: unknown) => logger.debug({ err: error, jobId: id }, 'the queue cannot be told of a job yet'));
  }

  async function adopt(job: StoredJob): Promise<void> {
    onChanged(job);
    await tell(job.id);
  }

  async function take(id: string): Promise<void> {
    if (stopping.signal.aborted) return;
    const job = await store.begin(id, worker, limits);
    if (!job) return;
    onChanged(job);
    const run = runJob(options, job, stopping.signal);
    running.add(run);
    await run.finally(() => running.delete(run));
    if (limits[job.kind] !== undefined && !stopping.signal.aborted) await tellNext(job.kind);
  }

  /** A job of the kind may have waited for this one. */
  async function tellNext(kind: string): Promise<void> {
    const next = await store.nextOf(kind).catch(() => null);
    if (next !== null) await tell(next);
  }

  async function get(id: string): Promise<StoredJob> {
    const job = await store.find(id);
    if (job) return job;
    throw new SupastorError('SJ_NOT_FOUND', `There is no job ${id}.`, { hint: 'List the jobs; old ones are removed.' });
  }

  return {
    async start({ kind, title, input, by, schedule }) {
      const job = await store.add({ id: ids.next(), kind, title, input, by, schedule: schedule ?? null });
      await adopt(job);
      return job;
    },
    adopt,
    get,
    list: (query) => store.list(query),
    async cancel(id) {
      const job = await store.cancel(id);
      if (!job) throw new SupastorError('SJ_CONFLICT', `Job ${id} is ${(await get(id)).state} already.`);
      onChanged(job);
      return job;
    },
    async retry(id) {
      const job = await store.requeue(id);
      if (!job) {
        const { state } = await get(id);
        throw new SupastorError('SJ_CONFLICT', `Job ${id} is ${state}; only failed and cancelled jobs can be tried again.`);
      }
      onChanged(job);
      await tell(id);
      return job;
    },
    async remove(id) {
      const job = await store.remove(id);
      if (job) return job;
      const { state } = await get(id);
      throw new SupastorError('SJ_CONFLICT', `Job ${id} is ${state}; only jobs that are over can be removed.`, {
        hint: 'Cancel it first.',
      });
    },
    work: () => queue.work(take),
    async recover() {
      const stranded = await store.stranded();
      for (const id of stranded) await tell(id);
      await store.forget(clock.now() - options.retentionMs);
      return stranded.length;
    },
    async stop() {
      stopping.abort();
      await Promise.allSettled(running);
      await queue.stop();
    },
  };
}
