import { Agent, request } from 'node:http';

export interface RawRequest {
  readonly method: string;
  /** Goes out exactly as given: nothing is normalised or escaped. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  readonly text: string;
}

/** Longer than any answer takes on a busy machine; whoever meets it has found a request that hangs. */
const HANG_MS = 60_000;

/** Sends requests byte for byte over kept-alive connections. */
export class RawHttp {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 16 });
  readonly #base: URL;

  constructor(base: string) {
    this.#base = new URL(base);
  }

  send({ method, path, headers = {}, body }: RawRequest): Promise<RawAnswer> {
    const { hostname, port } = this.#base;
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    return new Promise((resolve, reject) => {
      const call = request({ method, hostname, port, path, agent: this.#agent, headers: { ...headers, ...length } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () => {
          clearTimeout(timer);
          const all = Buffer.concat(chunks);
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: all, text: all.toString('utf8') });
        });
      });
      const timer = setTimeout(() => call.destroy(new Error(`no answer to ${method} ${path} within ${HANG_MS} ms`)), HANG_MS);
      call.once('error', (error) => {
        clearTimeout(timer);
        reject(error);
      });
      call.end(body);
    });
  }

  stop(): void {
    this.#agent.destroy();
  }
}
