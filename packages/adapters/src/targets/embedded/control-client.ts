import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { ERRORS, type ErrorBody, type ErrorCode, SupastorError } from '@supastor/contract/errors';
import { EVENTS } from '@supastor/contract/events';
import { logRecordSchema } from '@supastor/contract/wire/log-record';
import { type ServiceName, type ServiceStatus, serviceStatusSchema } from '@supastor/contract/wire/service-status';
import type { PlacedSpec } from '@supastor/core/stack/service-spec';
import type { LogQuery, StackControl, StackEvent } from '@supastor/core/stack/stack-control.port';

/** What the supervisor of an embedded stack offers beyond {@link StackControl}. */
export interface SupervisorClient extends StackControl {
  /** Makes a service run with this spec: starts it, or restarts it when it runs with another. Resolves when it is healthy. */
  apply(spec: PlacedSpec, signal?: AbortSignal): Promise<ServiceStatus>;
  /** Forgets a stopped service that is no longer wanted. */
  forget(service: ServiceName, signal?: AbortSignal): Promise<void>;
  /** Stops every service in reverse order, then the supervisor. Resolves once all services have stopped. */
  shutdown(signal?: AbortSignal): Promise<void>;
}

/** Longest a request that changes something may take; a start waits for the health gate. */
const CHANGE_TIMEOUT_MS = 180_000;
const READ_TIMEOUT_MS = 10_000;

/**
 * Speaks to the supervisor behind `socketPath` (HTTP over a Unix socket).
 * Every call fails with SJ_SUPERVISOR_UNREACHABLE when nobody listens there, and with the supervisor's own error otherwise.
 */
export function createControlClient(socketPath: string): SupervisorClient {
  const call = (method: string, path: string, options: CallOptions = {}) => callJson(socketPath, method, path, options);
  const change = (path: string, signal?: AbortSignal, body?: unknown) =>
    call('POST', path, { timeoutMs: CHANGE_TIMEOUT_MS, ...(signal ? { signal } : {}), ...(body === undefined ? {} : { body }) });
  return {
    async status(signal) {
      const body = await call('GET', '/v1/status', signal ? { signal } : {});
      return serviceStatusSchema.array().parse(field(body, 'services'));
    },
    async act(service, action, signal) {
      return serviceStatusSchema.parse(await change(`/v1/services/${service}/${action}`, signal));
    },
    async apply(spec, signal) {
      return serviceStatusSchema.parse(await change(`/v1/services/${spec.name}/apply`, signal, spec));
    },
    async forget(service, signal) {
      await change(`/v1/services/${service}/forget`, signal);
    },
    async shutdown(signal) {
      await change('/v1/shutdown', signal);
    },
    async *logs(query, signal) {
      for await (const line of streamLines(socketPath, `/v1/logs?${logParams(query)}`, signal))
        yield logRecordSchema.parse(JSON.parse(line));
    },
    async *events(signal) {
      for await (const line of streamLines(socketPath, '/v1/events', signal)) {
        const event = parseEvent(JSON.parse(line));
        if (event) yield event;
      }
    },
  };
}

interface CallOptions {
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

async function callJson(socketPath: string, method: string, path: string, options: CallOptions): Promise<unknown> {
  const timeout = AbortSignal.timeout(options.timeoutMs ?? READ_TIMEOUT_MS);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  const response = await open(socketPath, method, path, { ...options, signal });
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response) chunks.push(Buffer.from(chunk));
  } catch (error) {
    throw asConnectionError(error, socketPath, signal);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  const body: unknown = text === '' ? null : JSON.parse(text);
  if ((response.statusCode ?? 500) >= 400) throw errorFromBody(body, response.statusCode ?? 500);
  return body;
}

/** Ends quietly when `signal` is aborted. @throws SJ_SUPERVISOR_UNREACHABLE when the supervisor goes away */
async function* streamLines(socketPath: string, path: string, signal?: AbortSignal): AsyncGenerator<string> {
  let rest = '';
  try {
    const response = await open(socketPath, 'GET', path, signal ? { signal } : {});
    response.setEncoding('utf8');
    for await (const chunk of response) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      if ((response.statusCode ?? 500) < 400) yield* lines.filter((line) => line !== '');
    }
    if ((response.statusCode ?? 500) >= 400) throw errorFromBody(JSON.parse(rest || 'null'), response.statusCode ?? 500);
  } catch (error) {
    if (signal?.aborted) return;
    throw asConnectionError(error, socketPath);
  }
}

function open(socketPath: string, method: string, path: string, options: CallOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const payload = options.body === undefined ? undefined : JSON.stringify(options.body);
    const headers = payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) };
    // No agent: a follower must not hold a pooled connection, and calls are rare.
    const call: ClientRequest = request({ socketPath, method, path, headers, agent: false, signal: options.signal });
    call.once('response', resolve);
    call.on('error', (error) => reject(asConnectionError(error, socketPath, options.signal)));
    call.end(payload);
  });
}

function asConnectionError(error: unknown, socketPath: string, signal?: AbortSignal): unknown {
  if (error instanceof SupastorError) return error;
  if (signal?.aborted) {
    const timedOut = signal.reason instanceof Error && signal.reason.name === 'TimeoutError';
    return timedOut
      ? new SupastorError('SJ_TIMEOUT', 'The supervisor did not answer in time', { hint: 'supastor logs', cause: error })
      : new SupastorError('SJ_INTERRUPTED', 'Interrupted', { cause: error });
  }
  return new SupastorError('SJ_SUPERVISOR_UNREACHABLE', `No supervisor answers at ${socketPath}`, { hint: 'supastor up', cause: error });
}

function errorFromBody(body: unknown, status: number): SupastorError {
  if (isErrorBody(body)) {
    return new SupastorError(body.code, body.message, {
      ...(body.hint === undefined ? {} : { hint: body.hint }),
      ...(body.meta === undefined ? {} : { meta: body.meta }),
    });
  }
  return new SupastorError('SJ_INTERNAL', `The supervisor answered ${status}`);
}

function isErrorBody(body: unknown): body is ErrorBody {
  return isRecord(body) && typeof body['code'] === 'string' && isErrorCode(body['code']) && typeof body['message'] === 'string';
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function field(body: unknown, name: string): unknown {
  return isRecord(body) ? body[name] : undefined;
}

function parseEvent(value: unknown): StackEvent | null {
  const payload = field(value, 'payload');
  switch (field(value, 'name')) {
    case 'service.changed':
      return { name: 'service.changed', payload: EVENTS['service.changed'].parse(payload) };
    case 'stack.applied':
      return { name: 'stack.applied', payload: EVENTS['stack.applied'].parse(payload) };
    case 'stack.stopped':
      return { name: 'stack.stopped', payload: EVENTS['stack.stopped'].parse(payload) };
    default:
      // An event of a newer supervisor is not ours to understand.
      return null;
  }
}

function logParams(query: LogQuery): string {
  const params = new URLSearchParams();
  for (const service of query.services) params.append('service', service);
  if (query.level) params.set('level', query.level);
  if (query.since) params.set('since', query.since);
  params.set('tail', String(query.tail));
  params.set('follow', String(query.follow));
  return params.toString();
}
