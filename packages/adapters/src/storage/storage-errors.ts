import { type ErrorCode, SupastorError } from '@supastor/contract/errors';
import type { JsonResponse } from './json-http.ts';

const CODES: Readonly<Record<number, ErrorCode>> = {
  400: 'SJ_INPUT_INVALID',
  404: 'SJ_NOT_FOUND',
  409: 'SJ_CONFLICT',
  413: 'SJ_INPUT_INVALID',
  415: 'SJ_INPUT_INVALID',
  422: 'SJ_INPUT_INVALID',
  429: 'SJ_RATE_LIMITED',
  504: 'SJ_TIMEOUT',
  544: 'SJ_TIMEOUT',
};

/** Turns an error answer of the storage protocol into a catalogue error. The real status is in the body (`statusCode`); HTTP says 400 for most. */
export function toStorageError({ status, body }: JsonResponse): SupastorError {
  const real = statusOf(body) ?? status;
  const message = textField(body, 'message') ?? `storage answered ${status}`;
  if (real === 401 || real === 403) {
    return new SupastorError('SJ_UPSTREAM_FAILED', `The storage server refused our service role key: ${message}`, {
      hint: 'SERVICE_ROLE_KEY must be signed with the secret that the storage server checks with.',
      meta: { upstreamStatus: real },
    });
  }
  return new SupastorError(CODES[real] ?? 'SJ_UPSTREAM_FAILED', message, { meta: { upstreamStatus: real } });
}

function statusOf(body: unknown): number | undefined {
  const value = typeof body === 'object' && body !== null && 'statusCode' in body ? Number(body.statusCode) : Number.NaN;
  return Number.isInteger(value) && value >= 400 ? value : undefined;
}

function textField(body: unknown, name: string): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const value: unknown = Object.getOwnPropertyDescriptor(body, name)?.value;
  return typeof value === 'string' ? value : undefined;
}
