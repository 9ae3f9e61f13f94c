import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { SupastorError } from '@supastor/contract/errors';

export interface JsonHttpOptions {
  /** Base URL that paths are appended to, without a trailing slash. */
  readonly baseUrl: string;
  /** What the server is called in error messages. */
  readonly serverName: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Longest silence on the connection. */
  readonly timeoutMs: number;
  /** Most bytes of an answer that are read. */
  readonly maxBytes?: number;
  readonly maxSockets?: number;
}

export interface JsonRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface JsonResponse {
  readonly status: number;
  /** Parsed JSON; the text when it is not JSON; null when empty. */
  readonly body: unknown;
}

/** A small JSON client over kept-alive connections. */
export interface JsonHttp {
  /** @throws SJ_UPSTREAM_FAILED when the server cannot be reached or answers too much, SJ_TIMEOUT when it stays silent. */
  send(request: JsonRequest): Promise<JsonResponse>;
  close(): void;
}

export function createJsonHttp(options: JsonHttpOptions): JsonHttp {
  const { baseUrl, timeoutMs, maxBytes = 16_000_000, maxSockets = 32 } = options;
  const secure = baseUrl.startsWith('https:');
  const agentOptions = { keepAlive: true, maxSockets, timeout: timeoutMs };
  const agent = secure ? new HttpsAgent(agentOptions) : new HttpAgent(agentOptions);
  const open = secure ? httpsRequest : httpRequest;

  function exchange({ method, path, body, headers, signal }: JsonRequest): Promise<JsonResponse> {
    const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const allHeaders = {
      accept: 'application/json',
      ...options.headers,
      ...headers,
      ...(payload && { 'content-type': 'application/json', 'content-length': payload.byteLength }),
    };
    return new Promise((resolve, reject) => {
      const request = open(baseUrl + path, { method, agent, headers: allHeaders, signal, timeout: timeoutMs }, (response) => {
        readAll(response, maxBytes).then((text) => resolve({ status: response.statusCode ?? 0, body: parse(text) }), reject);
      });
      request.once('timeout', () => request.destroy(silent(options)));
      request.once('error', reject);
      request.end(payload);
    });
  }

  return {
    send: (request) =>
      exchange(request).catch((error: unknown) => {
        if (error instanceof SupastorError) throw error;
        if (request.signal.aborted && request.signal.reason instanceof SupastorError) throw request.signal.reason;
        throw unreachable(options, error);
      }),
    close: () => agent.destroy(),
  };
}

async function readAll(response: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    size += bytes.byteLength;
    if (size > maxBytes) throw new Error(`the answer is larger than ${maxBytes} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function silent({ serverName, timeoutMs }: JsonHttpOptions): SupastorError {
  return new SupastorError('SJ_TIMEOUT', `The ${serverName} server did not answer within ${timeoutMs / 1000} seconds.`, {
    hint: `Look at its log: supastor logs ${serverName}.`,
  });
}

function unreachable({ serverName }: JsonHttpOptions, cause: unknown): SupastorError {
  const reason = cause instanceof Error ? errorCodeOf(cause) : 'unknown reason';
  return new SupastorError('SJ_UPSTREAM_FAILED', `The ${serverName} server cannot be reached (${reason}).`, {
    hint: 'Check that it runs: supastor status.',
    cause,
  });
}

function errorCodeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
