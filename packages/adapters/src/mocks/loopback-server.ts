import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type MockHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

export interface LoopbackServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';
const LOOPBACK_NAMES = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i;

/** An HTTP server on loopback that strangers' pages cannot use: neither by another name of this machine nor by a form of theirs. */
export async function startLoopbackServer(port: number, handle: MockHandler): Promise<LoopbackServer> {
  const server = createServer((request, response) => void answer(handle, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, resolve);
  });
  const address = portOf(server.address());
  return {
    url: `http://${HOST}:${address}`,
    port: address,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(handle: MockHandler, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    if (request.url === '/health') return sendJson(response, 200, { status: 'ok' });
    if (!LOOPBACK_NAMES.test(request.headers.host ?? '')) {
      return sendJson(response, 421, { error: 'a mock answers on loopback only', hint: 'open it as http://127.0.0.1:<port>' });
    }
    await handle(request, response);
  } catch (error) {
    if (response.headersSent) response.destroy();
    else sendJson(response, error instanceof BadRequest ? 400 : 500, { error: error instanceof Error ? error.message : String(error) });
  }
}

/** What a caller did wrong. */
export class BadRequest extends Error {}

/** Whether a page of another site has sent this. Programs send no such header. */
export function isFromElsewhere({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify(value));
}

export function redirect(response: ServerResponse, location: string): void {
  response.writeHead(303, { location }).end();
}

/** The body as bytes. @throws BadRequest when it is longer than `maxBytes` */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    length += bytes.length;
    if (length > maxBytes) throw new BadRequest(`the body is longer than ${maxBytes} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
