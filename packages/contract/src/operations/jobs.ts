import { z } from 'zod';
import { defineOperation } from './define.ts';
import { plainText } from './text.ts';

export const jobStateSchema = z.enum(['queued', 'running', 'done', 'failed', 'cancelled']);
export type JobState = z.infer<typeof jobStateSchema>;

export const jobSchema = z.object({
  id: z.string(),
  kind: z.string(),
  title: z.string(),
  state: jobStateSchema,
  /** A running job was asked to stop and has not yet. */
  isCancelling: z.boolean(),
  /** Units of the kind, such as objects. */
  done: z.number().int(),
  /** Null while it is not known. */
  total: z.number().int().nullable(),
  message: z.string().nullable(),
  result: z.record(z.string(), z.unknown()).nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  by: z.string(),
  /** How often it was begun; more than once after a crash or a retry. */
  attempts: z.number().int(),
  schedule: z.string().nullable(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
});
export type Job = z.infer<typeof jobSchema>;

const one = z.strictObject({ id: z.uuid().describe('Id of the job') });

export const jobsList = defineOperation({
  name: 'jobs.list',
  summary: 'Long-running work, newest first',
  input: z.strictObject({
    state: jobStateSchema.optional().describe('Only jobs in this state'),
    kind: plainText(100).optional().describe('Only jobs of this kind'),
    limit: z.coerce.number().int().min(1).max(200).default(50).describe('Most entries of one answer'),
    cursor: plainText(200).optional().describe('`nextCursor` of the page before; left out: the first page'),
  }),
  output: z.object({ jobs: z.array(jobSchema), nextCursor: z.string().nullable() }),
  permission: 'jobs:read',
  effect: 'read',
  rest: { method: 'GET', path: '/jobs' },
});

export const jobsGet = defineOperation({
  name: 'jobs.get',
  summary: 'One job with its progress',
  input: one,
  output: jobSchema,
  permission: 'jobs:read',
  effect: 'read',
  rest: { method: 'GET', path: '/jobs/{id}' },
});

export const jobsCancel = defineOperation({
  name: 'jobs.cancel',
  summary: 'Stop a job: one of your own, or with jobs:write any; what it did stays',
  input: one,
  output: jobSchema,
  permission: 'jobs:read',
  effect: 'write',
  rest: { method: 'POST', path: '/jobs/{id}/cancel' },
});

export const jobsRetry = defineOperation({
  name: 'jobs.retry',
  summary: 'Go on with a failed or cancelled job where it stopped: one of your own, or with jobs:write any',
  input: one,
  output: jobSchema,
  permission: 'jobs:read',
  effect: 'write',
  rest: { method: 'POST', path: '/jobs/{id}/retry' },
});

export const jobsRemove = defineOperation({
  name: 'jobs.remove',
  summary: 'Remove a job that is over from the list',
  input: one,
  output: z.object({}),
  permission: 'jobs:write',
  effect: 'destructive',
  rest: { method: 'DELETE', path: '/jobs/{id}' },
});
