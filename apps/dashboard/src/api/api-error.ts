import { common as english } from '../messages/en/common.ts';
import type { Messages } from '../messages/messages.ts';

/** What went wrong while talking to the server, ready to be shown: a sentence, and what to do about it. */
export class ApiError extends Error {
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** Code of the error catalogue, or NETWORK when no answer came. */
  readonly code: string;
  readonly hint: string | undefined;

  constructor(options: { readonly status: number; readonly code: string; readonly message: string; readonly hint?: string | undefined }) {
    super(options.message);
    this.name = 'ApiError';
    this.status = options.status;
    this.code = options.code;
    this.hint = options.hint;
  }
}

/** The error for a request that got no answer. */
export function networkError(): ApiError {
  return new ApiError({
    status: 0,
    code: 'NETWORK',
    message: english.noAnswer,
    hint: english.noAnswerHint,
  });
}

/** Reads an RFC 9457 problem, or makes the best of whatever body came instead. */
export function errorFromProblem(status: number, body: unknown): ApiError {
  const problem: Readonly<Record<string, unknown>> = isRecord(body) ? body : {};
  const message = string(problem['detail']) ?? string(problem['title']) ?? english.serverAnswered(status);
  return new ApiError({
    status,
    code: string(problem['code']) ?? `HTTP_${status}`,
    message,
    hint: string(problem['hint']) ?? fieldHints(problem['errors']),
  });
}

type Words = Pick<Messages['common'], 'unexpected' | 'noAnswer' | 'noAnswerHint'>;

/** The sentence to show for any thrown value. What the server says is in the server's language. */
export function messageOf(error: unknown, t: Words = english): string {
  if (hasNoAnswer(error)) return t.noAnswer;
  return error instanceof Error ? error.message : t.unexpected;
}

/** What to do about a thrown value, when that is known. */
export function hintOf(error: unknown, t: Words = english): string | undefined {
  if (hasNoAnswer(error)) return t.noAnswerHint;
  return error instanceof ApiError ? error.hint : undefined;
}

function hasNoAnswer(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'NETWORK';
}

function fieldHints(errors: unknown): string | undefined {
  if (!Array.isArray(errors)) return undefined;
  const lines = errors
    .filter(isRecord)
    .map((entry) => [path(entry['path'] ?? entry['field']), string(entry['message'])].filter(Boolean).join(': '));
  return lines.length === 0 ? undefined : lines.join('; ');
}

function path(value: unknown): string | undefined {
  return Array.isArray(value) ? value.join('.') : string(value);
}

function string(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
