import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What happens to a request: an answer of the store's own, no connection, no answer at all, the connection cut before or
 * after the store did what it was asked for, a body that ends half-way, an acknowledgement of other bytes.
 */
export type Fault =
  | { readonly kind: 'answer'; readonly status: number; readonly code: string }
  | { readonly kind: 'cut' }
  | { readonly kind: 'cut-after' }
  | { readonly kind: 'hang' }
  | { readonly kind: 'truncate' }
  | { readonly kind: 'late'; readonly delayMs: number }
  | { readonly kind: 'wrong-etag' };

/** Chooses a fault for a request, or null to leave it alone. */
export type FaultRule = (method: string, path: string) => Fault | null;

const NO_FAULT: FaultRule = () => null;

export interface FaultyProxy {
  readonly url: string;
  /** Requests so far. */
  readonly count: () => number;
  inject(rule: FaultRule): void;
  /** Everything works again. */
  heal(): void;
  stop(): Promise<void>;
}

/** Stands between a server and its S3, and breaks what the test wants broken. */
export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  let rule = NO_FAULT;
  let seen = 0;
  const server = createServer((req, res) => {
    seen += 1;
    const fault = rule(req.method ?? '', req.url ?? '');
    void (fault === null ? forward(target, req, res) : misbehave(target, fault, req, res));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    count: () => seen,
    inject: (next) => {
      rule = next;
    },
    heal: () => {
      rule = NO_FAULT;
      // Those that hang would hold the pool.
      server.closeAllConnections();
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function misbehave(target: string, fault: Fault, req: IncomingMessage, res: ServerResponse): Promise<void> {
  switch (fault.kind) {
    case 'answer': {
      req.resume();
      await new Promise((resolve) => req.once('end', resolve));
      res.writeHead(fault.status, { 'content-type': 'application/xml' });
      res.end(`<?xml version="1.0"?><Error><Code>${fault.code}</Code><Message>injected</Message></Error>`);
      return;
    }
    case 'cut':
      req.socket.destroy();
      return;
    case 'cut-after':
      await forward(target, req, res, () => req.socket.destroy());
      return;
    case 'hang':
      req.resume();
      return;
    case 'late':
      await sleep(fault.delayMs);
      await forward(target, req, res);
      return;
    case 'truncate':
      await forward(target, req, res, (answer) => {
        res.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.once('data', (chunk: Buffer) => {
          res.write(chunk.subarray(0, Math.ceil(chunk.length / 2)), () => req.socket.destroy());
        });
      });
      return;
    case 'wrong-etag':
      await forward(target, req, res, (answer) => {
        res.writeHead(answer.statusCode ?? 500, { ...answer.headers, etag: `"${'0'.repeat(32)}"` });
        answer.pipe(res);
      });
  }
}

/** Passes a request on as it came, so that its signature holds, and the answer back or to `onAnswer`. */
function forward(target: string, req: IncomingMessage, res: ServerResponse, onAnswer?: (answer: IncomingMessage) => void): Promise<void> {
  const { hostname, port } = new URL(target);
  return new Promise((resolve) => {
    const outbound = request({ hostname, port, method: req.method, path: req.url, headers: req.headers }, (answer) => {
      answer.on('error', () => {});
      if (onAnswer === undefined) {
        res.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(res);
      } else onAnswer(answer);
      resolve();
    });
    outbound.on('error', () => {
      req.socket.destroy();
      resolve();
    });
    res.on('error', () => {});
    req.on('error', () => outbound.destroy());
    req.pipe(outbound);
  });
}
