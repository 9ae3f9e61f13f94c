import { Agent as HttpAgent, type IncomingHttpHeaders, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeRfc3986, type Pairs, sha256Hex } from '../../access/sigv4/canonical.ts';
import type { S3StoreSettings } from './settings.ts';
import { signRequest } from './sign-request.ts';
import { answerFailure, connectionFailure, StoreFailure } from './store-failure.ts';

/** A body that can be sent again. */
export type ReplayableBody = Buffer | { readonly sizeBytes: number; open(): Readable };

export interface S3Call {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** Key in the bucket; empty for the bucket itself. */
  readonly key: string;
  readonly query?: Pairs;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: ReplayableBody;
  /** Attempts at most; 1 for a question that is to be answered at once. */
  readonly attempts?: number;
  /** Longest silence, instead of the configured one. */
  readonly timeoutMs?: number;
  /** Statuses besides 2xx that are answers and not failures. */
  readonly expected?: readonly number[];
}

export interface S3Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Must be read to its end or destroyed. */
  readonly body: IncomingMessage;
}

const ATTEMPTS = 4;
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 3000;
const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;
const EMPTY_HASH = sha256Hex('');

/**
 * A client for one bucket: signed requests over pooled connections, with time-outs, tried again after growing, random delays.
 * Bodies are sent with their length and can be sent again, so that nothing is buffered here.
 */
export class S3Client {
  readonly #settings: S3StoreSettings;
  readonly #agent: HttpAgent;
  readonly #isSecure: boolean;
  readonly #hostname: string;
  readonly #port: string;
  readonly #host: string;
  readonly #basePath: string;

  constructor(settings: S3StoreSettings) {
    this.#settings = settings;
    const { bucket, endpoint, region, forcePathStyle, maxSockets } = settings;
    const url = new URL(endpoint ?? `https://s3.${region}.amazonaws.com`);
    this.#isSecure = url.protocol === 'https:';
    this.#hostname = forcePathStyle ? url.hostname : `${bucket}.${url.hostname}`;
    this.#port = url.port;
    this.#host = url.port === '' ? this.#hostname : `${this.#hostname}:${url.port}`;
    const path = url.pathname.replace(/\/+$/, '');
    this.#basePath = forcePathStyle ? `${path}/${encodeRfc3986(bucket)}` : path;
    const options = { keepAlive: true, maxSockets, maxFreeSockets: Math.min(maxSockets, 32), scheduling: 'lifo' as const };
    this.#agent = this.#isSecure ? new HttpsAgent(options) : new HttpAgent(options);
  }

  /** Longest silence of the store. */
  get timeoutMs(): number {
    return this.#settings.timeoutMs;
  }

  /** Path of a key in this bucket, as `x-amz-copy-source` wants it. */
  copySource(key: string): string {
    return `/${encodeRfc3986(this.#settings.bucket)}/${encodePath(key)}`;
  }

  /** Sends a request, again when that may help. @throws StoreFailure */
  async send(call: S3Call): Promise<S3Answer> {
    const { attempts = ATTEMPTS, timeoutMs = this.#settings.timeoutMs } = call;
    const startedAtMs = performance.now();
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#sendOnce(call, timeoutMs);
      } catch (error) {
        const failure = connectionFailure(error);
        const isLate = performance.now() - startedAtMs > timeoutMs;
        if (attempt >= attempts || isLate || !failure.isTransient) throw failure;
        await sleep(Math.random() * Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt));
      }
    }
  }

  /** Like {@link send}, with the body as text. A body that breaks off counts as no answer. */
  async sendForText(call: S3Call): Promise<S3Answer & { readonly text: string }> {
    const { attempts = ATTEMPTS } = call;
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.send(call);
      try {
        return { ...answer, text: await readText(answer.body, call.timeoutMs ?? this.#settings.timeoutMs) };
      } catch (error) {
        if (attempt >= attempts) throw connectionFailure(error);
      }
    }
  }

  stop(): void {
    this.#agent.destroy();
  }

  async #sendOnce(call: S3Call, timeoutMs: number): Promise<S3Answer> {
    const answer = await this.#exchange(call, timeoutMs);
    const { status, body } = answer;
    if ((status >= 200 && status < 300) || call.expected?.includes(status)) return answer;
    const text = call.method === 'HEAD' ? '' : await readText(body, timeoutMs).catch(() => '');
    throw answerFailure(status, text);
  }

  #exchange(call: S3Call, timeoutMs: number): Promise<S3Answer> {
    const { method, key, query = [], body } = call;
    const path = `${this.#basePath}/${encodePath(key)}`;
    const headers = signRequest(
      {
        method,
        host: this.#host,
        path,
        query,
        headers: { ...call.headers, ...lengthOf(call) },
        payloadHash: payloadHash(body),
      },
      this.#settings.credentials,
      this.#settings.region,
      Date.now(),
    );
    const search = query.map(([name, value]) => `${encodeRfc3986(name)}=${encodeRfc3986(value)}`).join('&');
    const target = search === '' ? path : `${path}?${search}`;
    return new Promise((resolve, reject) => {
      const send = this.#isSecure ? httpsRequest : httpRequest;
      const request = send({
        agent: this.#agent,
        method,
        hostname: this.#hostname.replace(/^\[|\]$/g, ''),
        port: this.#port,
        path: target,
        headers,
      });
      // Until there is a socket its time-out does not run.
      const waiting = setTimeout(() => request.destroy(timedOut('NoFreeConnection')), timeoutMs);
      request.once('socket', () => clearTimeout(waiting));
      request.once('close', () => clearTimeout(waiting));
      request.setTimeout(timeoutMs, () => request.destroy(timedOut('ETIMEDOUT')));
      request.on('error', reject);
      request.once('response', (response) => {
        // From here on who reads the body watches the time: a slow reader is not a slow store.
        request.setTimeout(0);
        response.on('error', () => {});
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: response });
      });
      writeBody(request, body);
    });
  }
}

function writeBody(request: ReturnType<typeof httpRequest>, body: ReplayableBody | undefined): void {
  if (body === undefined || Buffer.isBuffer(body)) {
    request.end(body);
    return;
  }
  const source = body.open();
  source.on('error', (error) => request.destroy(error));
  request.once('close', () => source.destroy());
  source.pipe(request);
}

function lengthOf({ method, body }: S3Call): Record<string, string> {
  if (body === undefined) return method === 'PUT' || method === 'POST' ? { 'content-length': '0' } : {};
  return { 'content-length': String(Buffer.isBuffer(body) ? body.length : body.sizeBytes) };
}

/** What is streamed is covered by its Content-MD5, which is signed. */
function payloadHash(body: ReplayableBody | undefined): string {
  if (body === undefined) return EMPTY_HASH;
  return Buffer.isBuffer(body) ? sha256Hex(body) : 'UNSIGNED-PAYLOAD';
}

function encodePath(key: string): string {
  return key.split('/').map(encodeRfc3986).join('/');
}

function timedOut(code: string): StoreFailure {
  return new StoreFailure(`the store did not answer in time (${code})`, { status: 0, code });
}

async function readText(body: IncomingMessage, timeoutMs: number): Promise<string> {
  const timer = setTimeout(() => body.destroy(timedOut('ETIMEDOUT')), timeoutMs);
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      timer.refresh();
      sizeBytes += chunk.length;
      if (sizeBytes > MAX_DOCUMENT_BYTES) throw new StoreFailure('the store answered far too much', { status: 0, code: 'TooLong' });
      chunks.push(chunk);
    }
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
