import { chmodSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { SupastorError } from '@supastor/contract/errors';
import { logLevelSchema } from '@supastor/contract/wire/log-record';
import { type ServiceName, serviceNameSchema } from '@supastor/contract/wire/service-status';
import type { LogQuery, StackControl } from '@supastor/core/stack/stack-control.port';
import type { SupervisorClient } from './control-client.ts';
import { placedSpecSchema } from './files/state-file.ts';

const MAX_BODY_BYTES = 1024 * 1024;
const DEFAULT_TAIL = 200;

export interface ControlServer {
  stop(): Promise<void>;
}

/** What can be asked for; only a supervisor knows of specs. */
type Controlled = StackControl & Partial<Pick<SupervisorClient, 'apply' | 'forget' | 'shutdown'>>;

/** Serves `control` as HTTP on a Unix socket that only our own user may open, and those of its group when `mode` says so. */
export async function startControlServer(control: Controlled, socketPath: string, mode = 0o600): Promise<ControlServer> {
  // The supervisor's lock is held, so a socket that is there belongs to nobody.
  rmSync(socketPath, { force: true });
  const server = createServer((request, response) => void serve(control, request, response));
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  chmodSync(socketPath, mode);
  return { stop: () => close(server, socketPath) };
}

async function serve(control: Controlled, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    await route(control, request, response, gone.signal);
  } catch (error) {
    const known =
      error instanceof SupastorError ? error : new SupastorError('SJ_INTERNAL', error instanceof Error ? error.message : String(error));
    if (response.headersSent) response.destroy();
    else sendJson(response, known.httpStatus, known.toBody());
  }
}

async function route(control: Controlled, request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://supervisor');
  const [version, noun, name, verb] = url.pathname.split('/').slice(1);
  const call = `${request.method} ${noun}`;
  if (version !== 'v1') throw unknownRoute(request);
  if (call === 'GET status') return sendJson(response, 200, { services: await control.status() });
  if (call === 'GET logs') return sendLines(response, control.logs(parseLogQuery(url.searchParams), signal));
  if (call === 'GET events') return sendLines(response, control.events(signal));
  if (call === 'POST shutdown' && control.shutdown) {
    await control.shutdown();
    return sendJson(response, 200, {});
  }
  if (call !== 'POST services' || name === undefined) throw unknownRoute(request);
  const service = parseService(name);
  if (verb === 'start' || verb === 'stop' || verb === 'restart') return sendJson(response, 200, await control.act(service, verb));
  if (verb === 'apply' && control.apply) return sendJson(response, 200, await control.apply(await readSpec(request)));
  if (verb !== 'forget' || !control.forget) throw unknownRoute(request);
  await control.forget(service);
  return sendJson(response, 200, {});
}

async function sendLines(response: ServerResponse, values: AsyncIterable<unknown>): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  response.flushHeaders();
  for await (const value of values) {
    if (response.destroyed) return;
    if (response.write(`${JSON.stringify(value)}\n`)) continue;
    await new Promise<void>((resolve) => {
      response.once('drain', resolve);
      response.once('close', resolve);
    });
  }
  response.end();
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function readSpec(request: IncomingMessage) {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const buffer = Buffer.from(chunk);
    size += buffer.length;
    if (size > MAX_BODY_BYTES) throw new SupastorError('SJ_INPUT_INVALID', 'The request is too large');
    chunks.push(buffer);
  }
  try {
    return placedSpecSchema.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
  } catch (error) {
    throw new SupastorError('SJ_INPUT_INVALID', 'Not a service spec', { cause: error });
  }
}

function parseLogQuery(params: URLSearchParams): LogQuery {
  const level = params.get('level');
  const since = params.get('since');
  const tail = Number(params.get('tail') ?? DEFAULT_TAIL);
  return {
    services: params.getAll('service').map(parseService),
    ...(level === null ? {} : { level: logLevelSchema.catch('info').parse(level) }),
    ...(since === null ? {} : { since }),
    tail: Number.isInteger(tail) && tail >= 0 ? tail : DEFAULT_TAIL,
    follow: params.get('follow') === 'true',
  };
}

function parseService(name: string): ServiceName {
  const parsed = serviceNameSchema.safeParse(name);
  if (parsed.success) return parsed.data;
  throw new SupastorError('SJ_SERVICE_UNKNOWN', `There is no service ${name}`, {
    hint: `services: ${serviceNameSchema.options.join(', ')}`,
  });
}

function unknownRoute(request: IncomingMessage): SupastorError {
  return new SupastorError('SJ_NOT_FOUND', `The supervisor does not know ${request.method} ${request.url}`);
}

async function close(server: Server, socketPath: string): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const force = setTimeout(() => server.closeAllConnections(), 500);
  await closed;
  clearTimeout(force);
  rmSync(socketPath, { force: true });
}
