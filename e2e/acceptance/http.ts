import { Agent, request as httpRequest } from 'node:http';
import { Agent as TlsAgent, request as httpsRequest } from 'node:https';

export interface Call {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface Answer {
  readonly status: number;
  /** Names in lower case; repeated headers are joined by a comma. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
  json(): unknown;
}

const TIMEOUT_MS = 30_000;
const agents = { 'http:': new Agent({ keepAlive: true }), 'https:': new TlsAgent({ keepAlive: true }) } as const;

/** One request whose path goes out exactly as given: nothing is normalised, escaped or added. */
export function send(base: string, method: string, path: string, { headers = {}, body }: Call = {}): Promise<Answer> {
  const { protocol, hostname, port } = new URL(base);
  const isTls = protocol === 'https:';
  const options = {
    method,
    hostname,
    port,
    path,
    agent: agents[isTls ? 'https:' : 'http:'],
    timeout: TIMEOUT_MS,
    headers: {
      ...headers,
      ...(body === undefined || 'transfer-encoding' in headers ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    },
  };
  return new Promise((resolve, reject) => {
    const sent = (isTls ? httpsRequest : httpRequest)(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => resolve(toAnswer(response.statusCode ?? 0, response.headers, Buffer.concat(chunks))));
    });
    sent.once('timeout', () => sent.destroy(new Error(`no answer to ${method} ${path} within ${TIMEOUT_MS} ms`)));
    sent.once('error', reject);
    sent.end(body);
  });
}

/** Connections that wait for a next request would keep the process alive. */
export function closeConnections(): void {
  for (const agent of Object.values(agents)) agent.destroy();
}

function toAnswer(status: number, headers: Readonly<Record<string, string | string[] | undefined>>, body: Buffer): Answer {
  const text = body.toString('utf8');
  return {
    status,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value])),
    body,
    text,
    json() {
      try {
        const parsed: unknown = JSON.parse(text);
        return parsed;
      } catch {
        return undefined;
      }
    },
  };
}
