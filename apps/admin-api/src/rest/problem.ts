import { type ErrorCode, ERRORS, SupastorError } from '@supastor/contract/errors';
import type { Problem } from '@supastor/contract/wire/problem';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Answers with `application/problem+json`; the one place where errors become HTTP. Bugs are logged and say nothing outside. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { problem, retryAfterSeconds } = problemOf(error, request.id);
  if (problem.status >= 500) logFailure(error, problem, request);
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="supastor"');
  return reply.code(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}

/** A failure of something behind us is a warning; only bugs are errors with a stack. */
export function logFailure(error: unknown, { code, detail }: Problem, request: FastifyRequest): void {
  if (error instanceof SupastorError && error.code !== 'SJ_INTERNAL') request.log.warn({ code, detail }, 'request failed');
  else request.log.error({ err: error, code }, 'request failed');
}

export interface ProblemAnswer {
  readonly problem: Problem;
  readonly retryAfterSeconds?: number | undefined;
}

/** The problem that an error is to the outside, and when to try again. */
export function problemOf(error: unknown, instance: string): ProblemAnswer {
  if (error instanceof SupastorError) return fromCatalogue(error, instance);
  const status = clientErrorStatus(error);
  if (status === undefined) {
    return { problem: build('SJ_INTERNAL', 500, 'Something unexpected happened; the log has it under this request id.', instance) };
  }
  const detail = error instanceof Error ? withoutQuery(error.message) : 'The request cannot be read.';
  const code = CODES_BY_STATUS[status] ?? 'SJ_INPUT_INVALID';
  return { problem: build(code, status, detail, instance) };
}

/** The framework quotes the whole address of a request it cannot route; what is behind the question mark may be a secret. */
function withoutQuery(message: string): string {
  return message.replace(/\?.*'/s, "'");
}

const CODES_BY_STATUS: Readonly<Record<number, ErrorCode>> = { 403: 'SJ_FORBIDDEN', 404: 'SJ_NOT_FOUND', 503: 'SJ_NOT_RUNNING' };

function fromCatalogue(error: SupastorError, instance: string): ProblemAnswer {
  const problem = build(error.code, error.httpStatus, error.message, instance);
  const errors = error.meta?.['errors'];
  const retryAfter = error.meta?.['retryAfterSeconds'];
  return {
    problem: {
      ...problem,
      ...(error.hint !== undefined && { hint: error.hint }),
      ...(isFieldErrors(errors) && { errors: [...errors] }),
    },
    retryAfterSeconds: typeof retryAfter === 'number' ? retryAfter : undefined,
  };
}

function build(code: ErrorCode, status: number, detail: string, instance: string): Problem {
  return { type: `urn:supastor:error:${code}`, title: ERRORS[code].title, status, detail, code, instance };
}

/** Status of an error that the framework raised because of the request itself; undefined for bugs. */
function clientErrorStatus(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number') return undefined;
  const fromFastify = 'code' in error && typeof error.code === 'string' && error.code.startsWith('FST_');
  const fromStatic = 'expose' in error && error.expose === true;
  const { statusCode } = error;
  return (fromFastify || fromStatic) && ((statusCode >= 400 && statusCode < 500) || statusCode === 503) ? statusCode : undefined;
}

function isFieldErrors(value: unknown): value is readonly { path: string; message: string }[] {
  return Array.isArray(value);
}
