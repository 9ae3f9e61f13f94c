import { isDeepStrictEqual } from 'node:util';
import { Mismatch } from './check.ts';
import type { Answer } from './http.ts';

/** @throws Mismatch unless both are deeply equal */
export function same(got: unknown, expected: unknown, what = 'value'): void {
  if (!isDeepStrictEqual(got, expected)) throw new Mismatch(what, expected, got);
}

/** @throws Mismatch unless `got` has all of `expected`, at any depth; it may have more fields */
export function like(got: unknown, expected: unknown, what = 'value'): void {
  if (!contains(got, expected)) throw new Mismatch(what, expected, got);
}

/** @throws Mismatch unless the text matches */
export function matches(got: string | undefined, pattern: RegExp, what = 'text'): void {
  if (got === undefined || !pattern.test(got)) throw new Mismatch(what, String(pattern), got);
}

/** @throws Mismatch unless the condition holds */
export function holds(condition: boolean, what: string, got: unknown = condition): asserts condition {
  if (!condition) throw new Mismatch(what, true, got);
}

/** Status and whole text of an answer: the order of keys counts. */
export function answered(answer: Answer, status: number, text: string): void {
  same([answer.status, answer.text], [status, text], 'status and body');
}

export interface WireError {
  /** Status inside the body, a text. */
  readonly statusCode?: string;
  readonly error?: string;
  readonly message?: string;
  readonly code?: string;
}

/** An error of the REST door: HTTP 400 unless said otherwise, the real status in the body. */
export function failed(answer: Answer, expected: WireError, httpStatus = 400): void {
  same(answer.status, httpStatus, `HTTP status (body ${answer.text.slice(0, 300)})`);
  like(answer.json(), expected, 'error body');
}

/** What storage-js gives for success: no error. Returns the data. */
export function data<T>(result: { readonly data: T | null; readonly error: unknown }, what = 'client call'): T {
  if (result.error !== null || result.data === null) throw new Mismatch(`${what} succeeds`, null, describe(result.error));
  return result.data;
}

/** What storage-js gives for a failure. */
export function refused(result: { readonly error: unknown }, expected: Readonly<Record<string, unknown>> = {}, what = 'client call'): void {
  if (result.error === null || result.error === undefined) throw new Mismatch(`${what} is refused`, expected, null);
  like(describe(result.error), expected, what);
}

function describe(error: unknown): unknown {
  return error instanceof Error ? { ...Object.fromEntries(Object.entries(error)), message: error.message } : error;
}

function contains(got: unknown, expected: unknown): boolean {
  if (!isRecord(expected) || !isRecord(got)) return isDeepStrictEqual(got, expected);
  return Object.entries(expected).every(([key, value]) => contains(got[key], value));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
