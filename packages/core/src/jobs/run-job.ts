import { SupastorError } from '@supastor/contract/errors';
import type { Clock, OperationLogger } from '../operations/ports.ts';
import type { JobKind } from './job-kind.ts';
import type { JobOutcome, JobStore, Progress, StoredJob } from './job.port.ts';

export interface RunJobOptions<Deps> {
  readonly store: JobStore;
  readonly kinds: ReadonlyMap<string, JobKind<Deps>>;
  readonly deps: Deps;
  readonly clock: Clock;
  readonly logger: OperationLogger;
  readonly onChanged: (job: StoredJob) => void;
}

const REPORT_EVERY_MS = 500;
const LOOK_EVERY_MS = 2000;
/** A job that takes its server down with it every time is not begun for ever. */
const MAX_ATTEMPTS = 20;

/** Why a job ends before its time. */
type Reason = 'cancel' | 'lost' | 'stop';

const WHY: Readonly<Record<Reason, string>> = {
  cancel: 'The job was cancelled.',
  lost: 'Another server goes on with the job.',
  stop: 'The server stops; another one goes on with the job.',
};

/** Runs one begun job to its end and writes the outcome; `stopping` gives it back for another server. */
export async function runJob<Deps>(options: RunJobOptions<Deps>, job: StoredJob, stopping: AbortSignal): Promise<void> {
  const { store, logger, onChanged } = options;
  const ending = new AbortController();
  let reason: Reason | null = null;
  const end = (why: Reason) => {
    reason ??= why;
    ending.abort(new SupastorError('SJ_INTERRUPTED', WHY[reason]));
  };
  const isReason = (why: Reason) => reason === why;
  const onStop = () => end('stop');
  stopping.addEventListener('abort', onStop, { once: true });
  const reporter = createReporter(options, job, end);
  try {
    const outcome = await attempt(options, job, { report: reporter.report, signal: ending.signal, isCancelled: () => reason === 'cancel' });
    await reporter.settle();
    if (isReason('stop') && outcome.state !== 'done') return await store.release(job.id, job.attempts);
    if (isReason('lost')) return logger.debug({ jobId: job.id }, 'another server goes on with the job');
    const finished = await store.finish(job.id, job.attempts, outcome);
    if (finished) onChanged(finished);
  } finally {
    reporter.close();
    stopping.removeEventListener('abort', onStop);
  }
}

interface AttemptTools {
  readonly report: Reporter['report'];
  readonly signal: AbortSignal;
  readonly isCancelled: () => boolean;
}

async function attempt<Deps>({ kinds, deps, logger }: RunJobOptions<Deps>, job: StoredJob, tools: AttemptTools): Promise<JobOutcome> {
  const kind = kinds.get(job.kind);
  if (!kind) return failed('SJ_NOT_FOUND', `This server knows no jobs of kind ${job.kind}.`);
  if (job.attempts > MAX_ATTEMPTS) return failed('SJ_INTERRUPTED', `The job was interrupted ${MAX_ATTEMPTS} times.`);
  try {
    const context = { signal: tools.signal, checkpoint: job.checkpoint, report: tools.report, isCancelled: tools.isCancelled };
    return { state: 'done', result: await kind.run(job.input, deps, context) };
  } catch (error) {
    if (tools.isCancelled()) return { state: 'cancelled' };
    if (error instanceof SupastorError) return failed(error.code, error.message);
    if (!tools.signal.aborted) logger.error({ err: error, jobId: job.id, kind: job.kind }, 'a job failed unexpectedly');
    return failed('SJ_INTERNAL', 'Something unexpected happened; the log has it under the id of the job.');
  }
}

function failed(code: string, message: string): JobOutcome {
  return { state: 'failed', error: { code, message } };
}

interface Reporter {
  readonly report: (progress: Partial<Progress> & { readonly done: number }) => Promise<void>;
  /** Writes what was not written yet. */
  settle(): Promise<void>;
  close(): void;
}

/** Writes progress now and then, and looks every other moment whether the job is to end. */
function createReporter<Deps>(
  { store, clock, logger, onChanged }: RunJobOptions<Deps>,
  job: StoredJob,
  end: (reason: Reason) => void,
): Reporter {
  let latest: Progress = { done: job.done, total: job.total, message: job.message, checkpoint: job.checkpoint };
  let writtenAtMs = clock.now();
  let isDirty = false;
  let ended: Reason | null = null;

  async function write(): Promise<void> {
    isDirty = false;
    writtenAtMs = clock.now();
    const answer = await store.report(job.id, job.attempts, latest);
    if (answer === 'go on') return onChanged({ ...job, ...latest, state: 'running' });
    ended ??= answer;
    end(ended);
  }

  const timer = setInterval(
    () => void write().catch((error: unknown) => logger.debug({ err: error }, 'progress cannot be written yet')),
    LOOK_EVERY_MS,
  );
  return {
    async report(progress) {
      latest = { ...latest, ...progress };
      isDirty = true;
      if (clock.now() - writtenAtMs >= REPORT_EVERY_MS) await write();
      if (ended !== null) throw new SupastorError('SJ_INTERRUPTED', WHY[ended]);
    },
    async settle() {
      if (isDirty && ended === null) await write();
    },
    close: () => clearInterval(timer),
  };
}
