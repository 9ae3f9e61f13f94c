import { setTimeout as sleep } from 'node:timers/promises';
import { ERRORS, type ErrorCode, SupastorError } from '@supastor/contract/errors';
import { type Job, jobsCancel, jobsGet } from '@supastor/contract/operations/jobs';
import type { OperationClient } from '@supastor/core/operations/client';
import type { CliContext } from '../../context.ts';

const POLL_MS = 300;
const CANCEL_MS = 5000;

/** Waits for a job and tells its progress; interrupted, cancels it. @throws the error with which it failed, SJ_INTERRUPTED */
export async function followJob({ signal, output }: CliContext, client: OperationClient, begun: Job): Promise<Job> {
  let told = '';
  try {
    for (let job = begun; ; job = await client.run(jobsGet, { id: begun.id }, { signal })) {
      if (job.finishedAt !== null) return requireDone(job);
      const line = progressOf(job);
      if (line !== told) output.progress(line);
      told = line;
      await sleep(POLL_MS, undefined, { signal });
    }
  } catch (error) {
    if (signal.aborted) await client.run(jobsCancel, { id: begun.id }, { signal: AbortSignal.timeout(CANCEL_MS) }).catch(() => undefined);
    throw error;
  }
}

function progressOf({ state, done, total, message }: Job): string {
  const count = total === null ? '' : ` (${done} of ${total})`;
  return `${message ?? state}${count}`;
}

function requireDone(job: Job): Job {
  if (job.state === 'done') return job;
  if (job.error === null) throw new SupastorError('SJ_INTERRUPTED', `Job ${job.id} was cancelled.`);
  const { code, message } = job.error;
  throw new SupastorError(isCode(code) ? code : 'SJ_INTERNAL', message, { meta: { jobId: job.id } });
}

function isCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}
